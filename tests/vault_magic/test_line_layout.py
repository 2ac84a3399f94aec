"""The layout of a line about an object: what passes for a line that we wrote is one, to the last byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.identity import Identity
from vault_magic.ledger import Ledger
from vault_magic.line_layout import identify_line
from vault_magic.manifest import ObjectLine, Producer, parse_object
from vault_magic.record import CellRef, Input

_NULL = '{"path": "a", "format": null, "bytes": 7, "crc32": "0", "sha256": null, "schema": null, "producer": null}'
_MADE = _NULL.replace(
    '"producer": null',
    '"producer": {"notebook": null, "command": "c", "cell": null, "inputs": [], "generation": 1, "ledger": null}',
)

_COUNTS = st.none() | st.integers(0, 2**40)
_DIGESTS = st.none() | st.text()
_IDENTITIES = st.builds(
    Identity, _DIGESTS, sha256=_DIGESTS, format=_DIGESTS, schema=_DIGESTS, bytes=_COUNTS, unstable=st.booleans()
)
_CELLS = st.builds(CellRef, st.text(), st.text(), st.integers(0, 9), id=_DIGESTS, count=_COUNTS)
_PRODUCERS = st.builds(
    Producer,
    st.text(),
    notebook=_DIGESTS,
    cell=st.none() | _CELLS,
    ledger=st.none() | st.builds(Ledger, st.integers(0, 9), st.text(), st.integers(0, 9)),
    inputs=st.lists(st.builds(Input, st.text(), _DIGESTS, _IDENTITIES), max_size=2).map(tuple),
    generation=_COUNTS,
)
LINES = st.builds(ObjectLine, st.text(), _IDENTITIES, st.none() | _PRODUCERS)


@given(LINES)
def test_every_line_that_we_write_is_recognised(line: ObjectLine) -> None:
    assert identify_line(line.text.removesuffix(b",\n")) == (line.path, line.identity)


@pytest.mark.parametrize("line", [_NULL, _MADE], ids=["foreign", "made"])
def test_plain_line_is_recognised(line: str) -> None:
    assert identify_line(line.encode()) == ("a", Identity("0", bytes=7))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="empty"),
        pytest.param("<<<<<<< HEAD", id="conflict"),
        pytest.param("null", id="null"),
        pytest.param(_MADE[:-2], id="cut"),
        pytest.param(f"{_MADE} ", id="blank-behind"),
        pytest.param(_MADE.replace(": ", ":"), id="no-blanks"),
        pytest.param(_MADE.replace('"path": "a", ', ""), id="no-path"),
        pytest.param(_MADE.replace('"path": "a"', '"path": "a", "path": "a"'), id="field-twice"),
        pytest.param(_MADE.replace('"command": "c"', '"command": "b", "command": "c"'), id="field-inside-twice"),
        pytest.param(_MADE.replace('"path": "a"', '"path": "a", "later": 1'), id="unknown-field"),
        pytest.param(_MADE.replace('"inputs"', '"later": 1, "inputs"'), id="unknown-field-inside"),
        pytest.param(_MADE.replace('"bytes": 7, "crc32": "0"', '"crc32": "0", "bytes": 7'), id="other-order"),
        pytest.param(_MADE.replace("7", "7.0"), id="number-with-a-point"),
        pytest.param(_MADE.replace("7", '"7"'), id="number-as-text"),
        pytest.param(_MADE.replace('"path": "a"', '"path": "\\u0061"'), id="escaped-without-need"),
        pytest.param(_MADE.replace('"schema": null', '"schema": null, "unstable": false'), id="default-written"),
    ],
)
def test_any_other_line_is_left_to_the_parser(line: str) -> None:
    assert identify_line(line.encode()) is None


@given(st.data())
def test_what_passes_after_an_edit_would_be_written_the_same(data: st.DataObject) -> None:
    line = data.draw(st.sampled_from([_NULL, _MADE]) | LINES.map(lambda one: one.text.decode().removesuffix(",\n")))
    at = data.draw(st.integers(0, len(line)))
    gone, new = data.draw(st.integers(0, 3)), data.draw(st.text('{}[]":,0 a\\uné\t', max_size=3))
    edited = f"{line[:at]}{new}{line[at + gone :]}".encode()
    if identify_line(edited) is not None:
        assert parse_object(edited).text == edited + b",\n"
