"""Tests of the digests of output data: what the way from kernel to file does to data does not show, an edit does."""

from __future__ import annotations

import hashlib
import io
import json
from base64 import b64encode, encodebytes

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_client.jsonutil import json_default

from vault_magic.output_data import PROVED, digest_bundle, digest_data

_TEXTS = ("text/plain", "text/html", "image/svg+xml")
_PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Loud(str):
    """A text that is not its own methods, as escaped markup is."""

    def replace(self, *_: object) -> str:
        return "replaced"

    def __str__(self) -> str:
        return "other"


# Frozen: digests of this form are in people's notebooks.
@pytest.mark.parametrize(
    ("mime", "value", "normal"),
    [
        pytest.param("text/plain", "a\nb", "a\nb", id="text"),
        pytest.param("text/plain", "", "", id="empty"),
        pytest.param("text/html", "<b> a </b>\n", "<b> a </b>\n", id="blanks-count"),
        pytest.param("image/svg+xml", "<svg/>", "<svg/>", id="svg"),
        pytest.param("text/plain", ["a\n", "b"], "a\nb", id="lines"),
        pytest.param("text/plain", ("a\n", "b"), "a\nb", id="lines-before-json"),
        pytest.param("text/plain", [], "", id="no-lines"),
        pytest.param("text/plain", "a\r\nb\rc", "a\nb\nc", id="line-ends"),
        pytest.param("text/plain", ["a\r", "\nb"], "a\nb", id="line-end-that-was-split"),
        pytest.param("text/plain", "zażółć \U0001f600\x0c\x85\u2028", "zażółć \U0001f600\x0c\x85\u2028", id="unicode"),
        pytest.param("text/html", _Loud("a\r\n"), "a\n", id="subclass-of-text"),
        pytest.param("text/plain", b"abc", "YWJj", id="bytes-as-text"),
        pytest.param("image/png", _PNG, b64encode(_PNG).decode(), id="png-bytes"),
        pytest.param("image/png", encodebytes(_PNG).decode(), b64encode(_PNG).decode(), id="png-in-lines"),
        pytest.param("image/png", ["iVBO\n", "Rw0K\n"], "iVBORw0K", id="png-as-list"),
        pytest.param("image/png", " iVBO\r\n\tRw0K ", "iVBORw0K", id="png-with-blanks"),
    ],
)
def test_digest_is_of_the_normal_form(mime: str, value: object, normal: str) -> None:
    assert digest_data(mime, value) == _hash(normal)


@pytest.mark.parametrize(
    ("mime", "value"),
    [
        pytest.param("application/json", "1", id="numbers-are-rewritten"),
        pytest.param("text/markdown", "a", id="not-proved"),
        pytest.param("image/jpeg", b"a", id="other-image"),
        pytest.param("TEXT/PLAIN", "a", id="other-case"),
        pytest.param("text/plain", None, id="null"),
        pytest.param("text/plain", 1, id="number"),
        pytest.param("text/plain", {"a": 1}, id="object"),
        pytest.param("text/plain", ["a", 1], id="list-of-other-things"),
        pytest.param("text/plain", memoryview(b"abc"), id="view"),
        pytest.param("text/plain", "a\ud800", id="half-of-a-pair"),
        pytest.param("text/plain", "a\udc80", id="byte-that-messages-replace"),
        pytest.param("image/png", "a\ud800", id="half-of-a-pair-in-png"),
    ],
)
def test_what_is_not_proved_has_no_digest(mime: str, value: object) -> None:
    assert digest_data(mime, value) is None
    assert digest_bundle({mime: value, "text/html": "<b>"}) == {"text/html": _hash("<b>")}


def test_bundle_is_digested_by_type() -> None:
    data = {"image/png": _PNG, "text/plain": "a", "application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    assert digest_bundle(data) == {"text/plain": _hash("a"), "image/png": _hash(b64encode(_PNG).decode())}


_LEGAL = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\x0b\x0c\x1c\x85\u2028"), max_size=30)
_VALUES = dict.fromkeys(_TEXTS, _LEGAL) | {"image/png": st.binary(max_size=200)}


def _send(data: dict[str, object]) -> dict[str, object]:
    """Return data as a front end gets it from a kernel."""
    sent: dict[str, object] = json.loads(json.dumps(data, default=json_default))
    return sent


def _save(data: dict[str, object]) -> dict[str, object]:
    """Return data as it lies in a saved file."""
    output = nbformat.v4.new_output("display_data", data=data)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(id="a", outputs=[output])])
    saved: dict[str, object] = json.loads(nbformat.writes(notebook))["cells"][0]["outputs"][0]["data"]
    return saved


def _read(data: dict[str, object]) -> dict[str, object]:
    """Return saved data as nbformat reads it."""
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "",
        "execution_count": None,
        "outputs": [output],
    }
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    return dict(nbformat.reads(text, as_version=4).cells[0].outputs[0].data)


@given(st.fixed_dictionaries({}, optional=_VALUES))
def test_way_from_kernel_to_file_and_back_does_not_show(data: dict[str, object]) -> None:
    marked = digest_bundle(data)
    assert set(marked) == set(data)
    saved = _save(_send(data))
    assert digest_bundle(saved) == marked
    assert digest_bundle(_read(saved)) == marked
    assert digest_bundle(_save(_read(saved))) == marked


@given(_LEGAL, st.sampled_from(["\n", "\r\n", "\r"]))
def test_line_ends_of_another_system_do_not_show(text: str, end: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert digest_data("text/plain", lines.replace("\n", end)) == digest_data("text/plain", lines)


@given(st.binary(max_size=300), st.integers(1, 80))
def test_line_breaks_of_base64_do_not_show(image: bytes, width: int) -> None:
    text = b64encode(image).decode()
    wrapped = "\n".join(text[start : start + width] for start in range(0, len(text), width)) + "\n"
    assert digest_data("image/png", wrapped) == digest_data("image/png", image)


@given(st.sampled_from(_TEXTS), _LEGAL, _LEGAL)
def test_texts_are_equal_as_python_reads_their_line_ends(mime: str, one: str, other: str) -> None:
    read = [io.StringIO(text, newline=None).read() for text in (one, other)]
    assert (digest_data(mime, one) == digest_data(mime, other)) is (read[0] == read[1])
    assert digest_data(mime, f"{one}x") != digest_data(mime, one)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_other_image_has_another_digest(one: bytes, other: bytes) -> None:
    assert (digest_data("image/png", one) == digest_data("image/png", other)) is (one == other)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*PROVED, "text/latex"]) | st.text(), _ANYTHING, max_size=4))
def test_any_data_is_digested_or_passed_over(data: dict[str, object]) -> None:
    assert set(digest_bundle(data)) <= {*PROVED} & {*data}
