"""Kept lines: a manifest that is read by lines says and writes what it does when it is parsed as a whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vault_magic.test_line_layout import LINES
from vault_magic.errors import FormatError
from vault_magic.identity import Identity
from vault_magic.kept_lines import KeptObject, keep_lines, parse_kept
from vault_magic.manifest import (
    ImportLine,
    Manifest,
    ObjectLine,
    Producer,
    encode_manifest,
    parse_manifest,
    render_manifest,
)
from vault_magic.record import CellRef

_FIRST = ObjectLine("a", Identity("0", "11", "tsv", bytes=7), Producer("store a in zażółć", generation=3))
_SECOND = ObjectLine("b", Identity(None))
_IMPORT = ImportLine("a", Identity("0"), notebook="n.ipynb", cell=CellRef("66", "77", 1))
_MANIFEST = Manifest("v", objects=(_FIRST, _SECOND), imports=(_IMPORT,), unknown={"later": [1.5, None]})
_TEXT = render_manifest(_MANIFEST)
_LINES = _TEXT.splitlines(keepends=True)
_OBJECT = next(line for line in _LINES if line.startswith('{"path": "a"'))


def test_kept_line_tells_who_made_the_object() -> None:
    kept = keep_lines(_MANIFEST).objects
    assert all(isinstance(line, KeptObject) for line in kept)
    assert [(line.path, line.identity, line.producer) for line in kept] == [
        (line.path, line.identity, line.producer) for line in _MANIFEST.objects
    ]
    assert [line.to_json() for line in kept] == [line.to_json() for line in _MANIFEST.objects]


@given(st.lists(LINES, max_size=4, unique_by=lambda line: line.path), st.booleans())
def test_lines_that_are_kept_are_written_the_same(lines: list[ObjectLine], encrypted: bool) -> None:
    manifest = Manifest("v", encrypted=encrypted, imports=(_IMPORT,)).replace_objects(lines)
    text = encode_manifest(manifest)
    read = parse_kept(text)
    assert read is not None
    assert encode_manifest(read) == encode_manifest(keep_lines(manifest)) == text
    assert [line.to_json() for line in read.objects] == [line.to_json() for line in manifest.objects]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(json.dumps(json.loads(_TEXT)), id="on-one-line"),
        pytest.param(json.dumps(json.loads(_TEXT), indent=1), id="indented"),
        pytest.param(_TEXT.replace("\n", "\r\n"), id="line-ends-of-windows"),
        pytest.param(_TEXT.replace(_OBJECT, f"\n{_OBJECT}"), id="empty-line"),
        pytest.param(_TEXT.replace(_OBJECT, _OBJECT[:-2] + _OBJECT[:-2] + ",\n"), id="no-comma-between"),
        pytest.param(_TEXT.replace(",\nnull],", "null],"), id="no-comma-behind"),
        pytest.param(_TEXT.replace(_OBJECT, _OBJECT * 2), id="same-object-twice"),
        pytest.param(_TEXT.replace(_OBJECT, f"<<<<<<< HEAD\n{_OBJECT}=======\n>>>>>>> theirs\n"), id="conflict"),
        pytest.param(_TEXT.replace('"later"', '<<<<<<< HEAD\n"later"'), id="conflict-at-the-top"),
        pytest.param(_TEXT.replace('"schema_version": 1', '"schema_version": 2'), id="newer"),
        pytest.param(_TEXT.replace('"vault": "v",\n', ""), id="no-vault"),
        pytest.param(_TEXT.replace('"vault": "v",\n', '"vault": "v",\n"vault": "w",\n'), id="two-vaults"),
        pytest.param(_TEXT.replace('"sha256": "11"', '"sha256": 11'), id="damaged-object"),
        pytest.param(_TEXT.replace('"sha256": "66"', '"sha256": 66'), id="damaged-import"),
        pytest.param(f"{_TEXT} ", id="blank-behind"),
        pytest.param(_TEXT.replace('"later"', f'"in": {{\n"objects": [\n{_OBJECT}null]}},\n"later"'), id="nested"),
    ],
)
def test_text_that_is_not_as_we_write_it_is_parsed_as_a_whole(text: str) -> None:
    assert parse_kept(text.encode()) is None


@given(st.data())
def test_edited_text_is_read_as_the_whole_parser_reads_it(data: st.DataObject) -> None:
    lines = [*_LINES]
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line, new = lines[at], data.draw(st.sampled_from(_LINES) | st.text('{}[]":,1 a\n', max_size=3))
        place = data.draw(st.integers(0, len(line)) | st.just(0))
        lines[at] = line[:place] + new + line[place + data.draw(st.integers(0, 2) | st.just(len(line))) :]
    text = "".join(lines).encode()
    kept = parse_kept(text)
    if kept is None:
        return
    try:
        whole = parse_manifest(text)
    except FormatError as err:
        raise AssertionError(f"this was to be refused: {text!r}") from err
    assert encode_manifest(kept) == encode_manifest(whole.replace_objects(whole.objects))
