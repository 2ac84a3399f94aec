"""What is marked with which cell, on what sends outputs as a kernel does."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.events import EventManager, available_events

from vault_magic.ipython import marks
from vault_magic.ipython.marks import OutputMarks
from vault_magic.mark import Mark, read_mark
from vault_magic.output_data import digest_bundle
from vault_magic.session import build_run

RUNS = {"a": build_run("show()", sent_id="a", count=1), "b": build_run("show(2)", sent_id="b", count=2)}
TEXT = {"text/plain": "1"}


class Publisher:
    """Sends displays, as ipykernel's does."""

    def __init__(self) -> None:
        self.parent_header: object = {"msg_id": "a"}
        self.sent: list[dict[str, Any]] = []

    def publish(self, data: Any, metadata: Any = None, transient: Any = None, update: Any = False) -> None:
        self.sent.append({"data": data, "metadata": metadata, "transient": transient, "update": update})


class Results:
    """Sends results, as ipykernel's display hook does."""

    parent_header: object = None  # that of the message counts

    def __init__(self) -> None:
        self.msg: Any = None
        self.sent: list[Any] = []

    def finish_displayhook(self) -> None:
        self.sent.append(self.msg)


class Kernel:
    """A shell with both, and marks on what they send."""

    def __init__(self) -> None:
        self.displays, self.results = Publisher(), Results()
        senders: Any = SimpleNamespace(display_pub=self.displays, displayhook=self.results)
        senders.events = EventManager(senders, available_events)
        self.shell: Any = senders
        tracker: Any = SimpleNamespace(find_run=RUNS.get, session_id="s")
        self.tracker = tracker
        self.marks = OutputMarks(senders, tracker)

    def show(self, data: Any, metadata: Any = None, *, cell: object = "a", **options: Any) -> dict[str, Any]:
        """Display from a cell, and return what was sent."""
        self.displays.parent_header = {"msg_id": cell}
        self.displays.publish(data, metadata, **options)
        return self.displays.sent[-1]

    def show_id(self, cell: str, *, update: bool = False) -> str | None:
        """Display an id from a cell, and return the cell of the mark that was sent."""
        return find_cell(self.show(TEXT, cell=cell, transient={"display_id": "k"}, update=update)["metadata"])

    def give(self, message: Any) -> Any:
        """Send a result, and return what was sent."""
        self.results.msg = message
        self.results.finish_displayhook()
        return self.results.sent[-1]


@pytest.fixture
def kernel() -> Kernel:
    """Return a kernel whose outputs are marked."""
    return Kernel()


def find_mark(metadata: Any) -> Mark | None:
    """Return the mark in the metadata of an output."""
    return read_mark(metadata["vault_cell"]) if "vault_cell" in (metadata or {}) else None


def find_cell(metadata: Any) -> str | None:
    """Return the cell that a mark tells."""
    mark = find_mark(metadata)
    return next((name for name, run in RUNS.items() if mark and mark.sha256 == run.digest.source), None)


def build_result(data: Any, metadata: Any, *, cell: str = "a") -> dict[str, Any]:
    """Return the message of a result."""
    return {"parent_header": {"msg_id": cell}, "content": {"data": data, "metadata": metadata}}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"text/plain": "1", "text/html": "<b>1</b>"}, id="table"),
        pytest.param({"text/plain": "<Figure>", "image/png": b"\x89PNG"}, id="bytes"),
        pytest.param({"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "w"}, id="widget"),
        pytest.param({"application/javascript": "1"}, id="nothing-proved"),
    ],
)
def test_display_and_result_are_marked_with_their_cell_and_data(kernel: Kernel, data: dict[str, object]) -> None:
    digest = RUNS["a"].digest
    expected = Mark("s", digest.source, digest.code, 1, count=1, data=digest_bundle(data))
    shown, given_ = kernel.show(data), kernel.give(build_result(data, {}))
    assert find_mark(shown["metadata"]) == find_mark(given_["content"]["metadata"]) == expected
    assert shown["data"] is given_["content"]["data"] is data


def test_what_the_caller_gave_stays_as_it_was(kernel: Kernel) -> None:
    metadata = {"image/png": {"width": 1}}
    shown, result = kernel.show(TEXT, metadata), kernel.give(build_result(TEXT, metadata))
    assert shown["metadata"] | metadata == shown["metadata"]
    assert result["content"]["metadata"] | metadata == result["content"]["metadata"]
    assert metadata == {"image/png": {"width": 1}}


def test_record_of_a_command_stands_alone(kernel: Kernel) -> None:
    assert kernel.show(TEXT, {"vault": {}})["metadata"] == {"vault": {}}


@pytest.mark.parametrize(
    ("metadata", "options"),
    [
        pytest.param(None, {"cell": "callback"}, id="no-cell"),
        pytest.param({"a": 1}, {"cell": "callback"}, id="no-cell-with-metadata"),
        pytest.param(None, {"cell": None}, id="no-request"),
        pytest.param(None, {"update": True}, id="update-of-nothing"),
        pytest.param(None, {"update": True, "transient": {"display_id": "k"}}, id="update-of-an-unknown-output"),
        pytest.param(None, {"transient": {"display_id": 3}}, id="id-as-number"),
        pytest.param([1], {}, id="metadata-as-list"),
    ],
)
def test_what_no_cell_is_known_for_is_sent_as_it_is(kernel: Kernel, metadata: object, options: dict[str, Any]) -> None:
    assert kernel.show(TEXT, metadata, **options)["metadata"] == metadata


@pytest.mark.parametrize("header", [None, {}, "m", {"msg_id": []}], ids=["none", "empty", "text", "list"])
def test_strange_header_is_that_of_no_cell(kernel: Kernel, header: object) -> None:
    kernel.displays.parent_header = header
    kernel.displays.publish(TEXT)
    message = {**build_result(TEXT, {}), "parent_header": header}
    assert kernel.displays.sent[-1]["metadata"] is None
    assert kernel.give(message)["content"]["metadata"] == {}


@pytest.mark.parametrize(
    "message",
    [None, {}, {"content": None}, build_result({}, None), build_result(None, {}), build_result([1], {})],
    ids=["none", "empty", "no-content", "no-data", "null", "list"],
)
def test_strange_result_is_sent_as_it_is(kernel: Kernel, message: Any) -> None:
    before = repr(message)
    assert repr(kernel.give(message)) == before


def test_positional_arguments_are_handed_on(kernel: Kernel) -> None:
    kernel.displays.publish(TEXT, {}, {"display_id": "k"}, True)
    assert kernel.displays.sent == [{"data": TEXT, "metadata": {}, "transient": {"display_id": "k"}, "update": True}]


@pytest.mark.parametrize(
    ("steps", "cells"),
    [
        pytest.param(["a"], ["a"], id="display"),
        pytest.param(["a", "a!", "a!"], ["a", "a", "a"], id="updates-in-the-cell"),
        pytest.param(["a", "b!"], ["a", "a"], id="update-from-another-cell"),
        pytest.param(["a", "b"], ["a", None], id="display-in-another-cell"),
        pytest.param(["a", "b", "a!"], ["a", None, None], id="update-of-both"),
        pytest.param(["a", "b!", "a", "b!"], ["a", "a", "a", "a"], id="run-again"),
        pytest.param(["a!"], [None], id="update-alone"),
    ],
)
def test_output_with_an_id_is_marked_with_the_cell_that_displayed_it(
    kernel: Kernel, steps: list[str], cells: list[str | None]
) -> None:
    assert [kernel.show_id(step[0], update=step.endswith("!")) for step in steps] == cells


def test_data_that_others_may_replace_are_not_digested(kernel: Kernel) -> None:
    mark = find_mark(kernel.show(TEXT, transient={"display_id": "k"})["metadata"])
    assert mark is not None
    assert mark.data == {}


def test_data_that_a_hook_may_change_are_not_digested(kernel: Kernel) -> None:
    for sender in (kernel.displays, kernel.results):
        vars(sender)["_hooks"] = [lambda message: message]
    shown, result = kernel.show(TEXT), kernel.give(build_result(TEXT, {}))
    for metadata in (shown["metadata"], result["content"]["metadata"]):
        assert find_cell(metadata) == "a"
        assert metadata["vault_cell"]["data"] == {}


def test_data_that_another_extension_may_change_are_not_digested() -> None:
    shell: Any = SimpleNamespace(display_pub=Publisher(), displayhook=Results())
    shell.events = EventManager(shell, available_events)
    send = shell.display_pub.publish
    shell.display_pub.publish = lambda data, metadata=None, **options: send(
        {**data, "text/plain": "2"}, metadata, **options
    )
    OutputMarks(shell, SimpleNamespace(find_run=RUNS.get, session_id="s"))  # type: ignore[arg-type]
    shell.display_pub.publish(TEXT)
    (sent,) = shell.display_pub.sent
    assert (find_cell(sent["metadata"]), sent["metadata"]["vault_cell"]["data"]) == ("a", {})


def test_output_of_any_thread_is_marked(kernel: Kernel) -> None:
    thread = threading.Thread(target=kernel.displays.publish, args=[TEXT])
    thread.start()
    thread.join()
    assert find_cell(kernel.displays.sent[0]["metadata"]) == "a"


@pytest.mark.parametrize("error", [ValueError, RecursionError, MemoryError])
def test_mark_that_cannot_be_made_does_not_stop_the_output(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(marks, "digest_bundle", fail)
    assert kernel.show(TEXT, {"a": 1})["metadata"] == {"a": 1}
    assert kernel.give(build_result(TEXT, {"a": 1}))["content"]["metadata"] == {"a": 1}


_ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text() | st.sampled_from(["display_id"]), inner),
    max_leaves=4,
)


@given(_ANYTHING, _ANYTHING, _ANYTHING, _ANYTHING)
def test_anything_is_sent(data: Any, metadata: Any, transient: Any, update: Any) -> None:
    sent = Kernel().show(data, metadata, transient=transient, update=update)
    assert {key: value for key, value in sent.items() if key != "metadata"} == {
        "data": data,
        "transient": transient,
        "update": update,
    }


def test_nothing_is_left_afterwards(kernel: Kernel) -> None:
    held = kernel.displays.publish
    kernel.marks.detach()
    kernel.shell.events.trigger("pre_run_cell", None)
    assert "publish" not in vars(kernel.displays)
    assert "finish_displayhook" not in vars(kernel.results)
    held(TEXT)  # somebody may have kept it
    assert kernel.displays.sent[-1]["metadata"] is None


def test_outputs_that_were_captured_at_first_are_marked_from_the_next_cell_on(kernel: Kernel) -> None:
    kernel.marks.detach()
    kernel.shell.display_pub = SimpleNamespace(publish=None)  # as under `%%capture`
    kernel.marks = OutputMarks(kernel.shell, kernel.tracker)
    assert kernel.show(TEXT)["metadata"] is None
    kernel.shell.display_pub = kernel.displays
    kernel.shell.events.trigger("pre_run_cell", None)
    assert find_cell(kernel.show(TEXT)["metadata"]) == "a"


def test_capture_inside_a_cell_changes_nothing(kernel: Kernel) -> None:
    kernel.shell.display_pub = captured = SimpleNamespace(publish=None)
    kernel.shell.events.trigger("pre_run_cell", None)
    assert captured.publish is None
    assert find_cell(kernel.show(TEXT)["metadata"]) == "a"


def test_next_cell_adds_nothing(kernel: Kernel) -> None:
    before = vars(kernel.displays)["publish"]
    kernel.shell.events.trigger("pre_run_cell", None)
    assert vars(kernel.displays)["publish"] is before
