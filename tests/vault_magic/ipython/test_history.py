"""The cells that ran before, from the history of the session, where it can be trusted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from vault_magic.ipython import history
from vault_magic.ipython.history import read_history


def _shell(texts: object, *, count: int) -> Any:
    manager = SimpleNamespace(input_hist_raw=texts)
    return SimpleNamespace(history_manager=manager, displayhook=SimpleNamespace(prompt_count=count))


@pytest.mark.parametrize(
    ("texts", "count", "running", "known"),
    [
        pytest.param(["", "x", "y", "load"], 3, "load", {1: "x", 2: "y"}, id="loaded-in-a-cell"),
        pytest.param(["", "load"], 1, "load", {}, id="loaded-in-the-first-cell"),
        pytest.param(["", "x", "load"], 2, "load\n\n", {1: "x"}, id="line-ends-that-the-history-drops"),
        pytest.param(["", "x", "y"], 2, None, {1: "x", 2: "y"}, id="loaded-between-cells"),
        pytest.param([""], 0, None, {}, id="loaded-at-the-start"),
        pytest.param(["", "x", "load"], 3, "load", {}, id="one-left-out"),
        pytest.param(["", "x", "y", "load"], 2, "load", {}, id="one-too-many"),
        pytest.param(["", "x", "other"], 2, "load", {}, id="another-cell-is-last"),
        pytest.param(["", "load"], 0, "load", {}, id="counts-begun-anew"),
        pytest.param(["", "", " ", "x", "load"], 4, "load", {3: "x"}, id="blanked"),
        pytest.param([""], 1, "load", {}, id="emptied"),
        pytest.param([], -1, "load", {}, id="not-even-the-first-entry"),
        pytest.param(["", None, "load"], 2, "load", {}, id="no-texts"),
        pytest.param(None, 1, "load", {}, id="none"),
    ],
)
def test_history_is_read_where_counts_fit(
    texts: object, count: int, running: str | None, known: dict[int, str]
) -> None:
    assert read_history(_shell(texts, count=count), running=running) == known


def test_shell_without_history_has_none() -> None:
    shell: Any = SimpleNamespace(history_manager=None, displayhook=SimpleNamespace(prompt_count=1))
    assert read_history(shell, running="load") == {}


def test_only_the_latest_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "LIMIT", 2)
    assert read_history(_shell(["", "x", "y", "z", "load"], count=4), running="load") == {2: "y", 3: "z"}
