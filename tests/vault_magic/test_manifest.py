"""Tests of the manifest: its frozen text, merges of it, and that damage is always said as such."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import FormatError, NewerFormat
from vault_magic.identity import Identity
from vault_magic.ledger import Ledger
from vault_magic.manifest import (
    SUFFIX,
    ImportLine,
    Manifest,
    ObjectLine,
    Producer,
    parse_manifest,
    render_manifest,
)
from vault_magic.record import CellRef, Input

_DIGEST = "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c"

# Frozen: manifests of this text are in people's repositories. Later versions may add fields; they never rename, retype
# or drop one of these, and never put two objects on one line or one object on two.
_FIT_LINE = (
    '{"path": "models/fit", "format": "pickle", "bytes": 7, "crc32": "00CA7812", "sha256": "33", "schema": null, '
    '"unstable": true, "producer": null},'
)
_SALARIES_LINE = (
    '{"path": "zażółć/salaries", "format": "tsv", "bytes": 123456, "crc32": "6DE33062", '
    f'"sha256": "{_DIGEST}", "schema": "22", '
    '"producer": {"notebook": "../prepare.ipynb", "command": "store salaries in zażółć", '
    '"cell": {"id": "8f2c1a90", "count": null, "sha256": "44", "code": "55", "code_version": 1}, '
    '"inputs": [{"path": "models/fit", "vault": "0c8cf4a1", '
    '"identity": {"format": "pickle", "bytes": 7, "crc32": "00CA7812", "sha256": "33", "schema": null, '
    '"unstable": true}}], '
    '"generation": null, "ledger": {"code_version": 1, "dropped": 0, "rows": "- + aa bb cc\\n- ~ dd ee -"}}},'
)
_IMPORT_LINE = (
    '{"notebook": "../report.ipynb", "path": "models/fit", "format": "pickle", "bytes": 7, "crc32": "00CA7812", '
    '"sha256": "33", "schema": null, "unstable": true, '
    '"cell": {"id": null, "count": null, "sha256": "66", "code": "77", "code_version": 1}},'
)
_GOLDEN = f"""{{
"schema_version": 1,
"vault": "0c8cf4a1",
"encrypted": false,
"objects": [
{_FIT_LINE}
{_SALARIES_LINE}
null],
"imports": [
{_IMPORT_LINE}
null]
}}
"""

_FIT_IDENTITY = Identity("00CA7812", "33", "pickle", bytes=7, unstable=True)
_FIT = ObjectLine("models/fit", _FIT_IDENTITY)
_SALARIES = ObjectLine(
    "zażółć/salaries",
    Identity("6DE33062", _DIGEST, "tsv", schema="22", bytes=123456),
    Producer(
        "store salaries in zażółć",
        notebook="../prepare.ipynb",
        cell=CellRef("44", "55", 1, id="8f2c1a90"),
        ledger=Ledger(1, "- + aa bb cc\n- ~ dd ee -"),
        inputs=(Input("models/fit", "0c8cf4a1", _FIT_IDENTITY),),
    ),
)
_REPORT = ImportLine("models/fit", _FIT_IDENTITY, notebook="../report.ipynb", cell=CellRef("66", "77", 1))
_MANIFEST = Manifest("0c8cf4a1", objects=(_FIT, _SALARIES), imports=(_REPORT,))

_EMPTY = '{\n"schema_version": 1,\n"vault": "v",\n"encrypted": false,\n"objects": [\nnull],\n"imports": [\nnull]\n}\n'


def _line(path: str) -> str:
    return f'{{"path": "{path}", "crc32": "{len(path):08}"}},\n'


def _with_objects(*lines: str) -> str:
    return _EMPTY.replace('"objects": [\n', f'"objects": [\n{"".join(lines)}')


def _with_imports(*lines: str) -> str:
    return _EMPTY.replace('"imports": [\n', f'"imports": [\n{"".join(lines)}')


def test_name_beside_the_archive_is_frozen() -> None:
    assert SUFFIX == ".manifest.json"


def test_manifest_is_written_as_the_frozen_text() -> None:
    assert render_manifest(_MANIFEST) == _GOLDEN


def test_empty_manifest_is_written_as_the_frozen_text() -> None:
    assert render_manifest(Manifest("v")) == _EMPTY


def test_encrypted_vault_is_written_so() -> None:
    text = render_manifest(Manifest("v", encrypted=True))
    assert '"encrypted": true,\n' in text
    assert parse_manifest(text).encrypted


def test_objects_of_the_frozen_text_are_read() -> None:
    read = parse_manifest(_GOLDEN)
    assert [(one.path, one.identity, one.producer) for one in read.objects] == [
        (one.path, one.identity, one.producer) for one in (_FIT, _SALARIES)
    ]


def test_imports_of_the_frozen_text_are_read() -> None:
    (read,) = parse_manifest(_GOLDEN).imports
    assert (read.path, read.identity, read.notebook, read.cell) == (
        _REPORT.path,
        _REPORT.identity,
        _REPORT.notebook,
        _REPORT.cell,
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_GOLDEN, id="golden"),
        pytest.param(_EMPTY, id="empty"),
        pytest.param(_with_objects(_line("a"), _line("b")), id="least-fields"),
        pytest.param(_with_objects('{"path": "a", "crc32": "0", "later": {"x": [1.5]}},\n'), id="unknown-in-object"),
        pytest.param(_with_objects('{"later": 1, "crc32": "0", "path": "a"},\n'), id="other-order-of-fields"),
        pytest.param(_with_imports('{"path": "a", "crc32": "0", "stored": 1, "identity": 2},\n'), id="known-by-us"),
        pytest.param(_EMPTY.replace('"objects"', '"later": {"x": [null]},\n"objects"'), id="unknown-at-the-top"),
        pytest.param(_EMPTY.replace('"objects"', '"a": 1,\n"b": "\u2028<<<<<<<",\n"objects"'), id="several-at-the-top"),
    ],
)
def test_text_that_is_read_and_written_stays_the_same(text: str) -> None:
    assert render_manifest(parse_manifest(text)) == text
    assert render_manifest(parse_manifest(text.encode())) == text


def test_line_ends_of_windows_are_read() -> None:
    assert parse_manifest(_GOLDEN.replace("\n", "\r\n")) == parse_manifest(_GOLDEN)


def test_untouched_lines_stay_when_another_changes() -> None:
    kept = '{"path": "a", "crc32": "0", "later": 1},\n'
    read = parse_manifest(_with_objects(kept, _line("b")))
    text = render_manifest(read.replace_objects([ObjectLine("b", Identity("1")), read.objects[0]]))
    assert kept in text
    assert _line("b") not in text


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_order_in_which_objects_come_makes_no_difference(order: tuple[str, ...]) -> None:
    manifest = Manifest("v").replace_objects(ObjectLine(path, Identity(path)) for path in order)
    assert [one.path for one in manifest.objects] == ["a", "b", "c"]


def test_replaced_objects_are_exactly_those_given() -> None:
    assert _MANIFEST.replace_objects([_FIT]).objects == (_FIT,)


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_order_in_which_imports_come_makes_no_difference(order: tuple[int, ...]) -> None:
    lines = [ImportLine(path, Identity("0"), notebook=notebook) for path in "ab" for notebook in ("m", "n")]
    manifest = Manifest("v").replace_imports(lines[number] for number in order)
    assert [(one.notebook, one.path) for one in manifest.imports] == [("m", "a"), ("m", "b"), ("n", "a"), ("n", "b")]


def _imported(crc32: str, *, path: str = "a", notebook: str | None = None, cell: str | None = None) -> ImportLine:
    ref = CellRef(cell, "c", 1) if cell else None
    return ImportLine(path, Identity(crc32), notebook=notebook, cell=ref)


@pytest.mark.parametrize(
    ("before", "after", "digests"),
    [
        pytest.param(_imported("1", notebook="n"), _imported("2", notebook="n"), ["2"], id="imported-again"),
        pytest.param(
            _imported("1", notebook="n", cell="x"), _imported("2", notebook="n", cell="y"), ["2"], id="by-another-cell"
        ),
        pytest.param(_imported("1", notebook="m"), _imported("2", notebook="n"), ["1", "2"], id="by-another-notebook"),
        pytest.param(
            _imported("1", notebook="n"), _imported("2", notebook="n", path="b"), ["1", "2"], id="another-object"
        ),
        pytest.param(_imported("1", cell="x"), _imported("2", cell="x"), ["2"], id="unnamed-same-cell"),
        pytest.param(_imported("1", cell="x"), _imported("2", cell="y"), ["1", "2"], id="unnamed-another-cell"),
        pytest.param(_imported("1"), _imported("2"), ["2"], id="nothing-known"),
    ],
)
def test_latest_import_of_a_notebook_counts(before: ImportLine, after: ImportLine, digests: list[str]) -> None:
    manifest = Manifest("v", imports=(before,)).replace_imports([after])
    assert [one.identity.crc32 for one in manifest.imports] == digests


def _merge_union(ours: str, theirs: str) -> str:
    """Merge as `merge=union` does where two sides add lines at one place: ours, then theirs."""
    old = _with_objects(_line("m")).splitlines(keepends=True)
    place = next(
        at for at, (one, two) in enumerate(zip(old, theirs.splitlines(keepends=True), strict=False)) if one != two
    )
    added = [line for line in theirs.splitlines(keepends=True) if line not in old]
    merged = ours.splitlines(keepends=True)
    merged[place + 1 : place + 1] = added
    return "".join(merged)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param(["a", "m"], ["b", "m"], id="both-at-the-start"),
        pytest.param(["m", "x"], ["m", "y"], id="both-at-the-end"),
        pytest.param(["a", "m"], ["m", "z"], id="start-and-end"),
        pytest.param(["m", "y"], ["m", "x"], id="not-in-order"),
    ],
)
def test_union_of_two_sides_is_a_manifest(ours: list[str], theirs: list[str]) -> None:
    merged = _merge_union(_with_objects(*map(_line, ours)), _with_objects(*map(_line, theirs)))
    read = parse_manifest(merged)
    assert {one.path for one in read.objects} == {*ours, *theirs}
    assert render_manifest(read) == merged


@pytest.mark.parametrize("gone", [0, 1], ids=["first", "last"])
def test_merge_that_drops_any_line_is_a_manifest(gone: int) -> None:
    lines = _with_objects(_line("a"), _line("b")).splitlines(keepends=True)
    del lines[5 + gone]
    assert [one.path for one in parse_manifest("".join(lines)).objects] == [["b"], ["a"]][gone]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            _with_objects("<<<<<<< HEAD\n", _line("a"), "=======\n", _line("b"), ">>>>>>> theirs\n"),
            "the manifest holds an unresolved merge; resolve it or restore one side",
            id="conflict",
        ),
        pytest.param(
            _with_objects("<<<<<<< HEAD\n", _line("a"), "=======\n").replace("\n", "\r\n"),
            "the manifest holds an unresolved merge; resolve it or restore one side",
            id="conflict-with-windows-line-ends",
        ),
        pytest.param(
            _with_objects(_line("a"), _line("a")),
            "the manifest has two lines for 'a'; keep the one that matches the archive",
            id="same-line-twice",
        ),
        pytest.param(
            _with_objects(_line("a"), _line("b"), '{"path": "a", "crc32": "FF"},\n'),
            "the manifest has two lines for 'a'; keep the one that matches the archive",
            id="object-changed-by-both",
        ),
        pytest.param(
            _EMPTY.replace('"vault": "v",\n', '"vault": "v",\n"vault": "w",\n'),
            "the manifest is damaged: 'vault' stands there twice; keep one",
            id="two-vaults",
        ),
        pytest.param(
            _EMPTY.replace('"objects"', f'"objects": [\n{_line("a")}null],\n"objects"'),
            "the manifest is damaged: 'objects' stands there twice; keep one",
            id="two-lists",
        ),
    ],
)
def test_merge_that_contradicts_itself_is_refused(text: str, message: str) -> None:
    for stored in (text, text.encode()):
        with pytest.raises(FormatError) as caught:
            parse_manifest(stored)
        assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="list"),
        pytest.param("null", id="null"),
        pytest.param("{}", id="no-version"),
        pytest.param(_GOLDEN[:300], id="cut"),
        pytest.param(_EMPTY.replace('"vault": "v",\n', ""), id="no-vault"),
        pytest.param(_EMPTY.replace('"v"', "7"), id="vault-as-number"),
        pytest.param(_EMPTY.replace("false", '"no"'), id="encrypted-in-words"),
        pytest.param(_EMPTY.replace("[\nnull]", "{}"), id="lists-as-objects"),
        pytest.param(_with_objects('"a",\n'), id="object-as-text"),
        pytest.param(_with_objects('{"crc32": "0"},\n'), id="object-without-path"),
        pytest.param(_with_objects('{"path": "a"},\n'), id="object-without-crc32"),
        pytest.param(_with_objects('{"path": "a", "crc32": 0},\n'), id="crc32-as-number"),
        pytest.param(_with_objects('{"path": "a", "crc32": "0", "producer": {}},\n'), id="producer-without-command"),
        pytest.param(_with_imports('{"crc32": "0"},\n'), id="import-without-path"),
        pytest.param(_with_imports('{"path": "a", "crc32": "0", "cell": {}},\n'), id="import-of-half-a-cell"),
        pytest.param(_with_imports('{"path": "a", "crc32": "0", "notebook": 1},\n'), id="notebook-as-number"),
    ],
)
def test_damaged_manifest_is_a_format_error(text: str) -> None:
    with pytest.raises(FormatError, match="the manifest "):
        parse_manifest(text)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\x80" + _EMPTY.encode()], ids=["utf-16-mark", "not-utf-8"])
def test_manifest_in_another_encoding_is_a_format_error(data: bytes) -> None:
    with pytest.raises(FormatError, match="the manifest is damaged"):
        parse_manifest(data)


def test_newer_manifest_says_what_to_do() -> None:
    text = _EMPTY.replace('"schema_version": 1', '"schema_version": 2').replace("null", "7")
    with pytest.raises(NewerFormat, match=r"the manifest has version 2, .* run: pip install --upgrade vaultcheck"):
        parse_manifest(text)


def _places(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [(*at, key) for key, _ in inner] + [place for key, one in inner for place in _places(one, (*at, key))]


_SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters())
)
_ANYTHING = _SIMPLE | st.lists(_SIMPLE, max_size=2) | st.dictionaries(st.text(), _SIMPLE, max_size=2)


@given(st.sampled_from(_places(json.loads(_GOLDEN))), _ANYTHING | st.just(...))
def test_any_damage_is_a_format_error_or_a_manifest(place: tuple[str | int, ...], value: object) -> None:
    stored = json.loads(_GOLDEN)
    inside = stored
    for key in place[:-1]:
        inside = inside[key]
    if value is ...:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    try:
        manifest = parse_manifest(json.dumps(stored))
    except FormatError:
        return
    assert parse_manifest(render_manifest(manifest)) == manifest


@given(st.text() | st.binary())
def test_anything_else_is_a_format_error(text: str | bytes) -> None:
    with pytest.raises(FormatError):
        parse_manifest(text)


_PATHS = st.lists(st.text(min_size=1), unique=True, max_size=4)
_IDENTITIES = st.builds(Identity, st.text(), sha256=st.none() | st.text(), unstable=st.booleans())


@given(_PATHS, _IDENTITIES, st.booleans())
def test_any_manifest_is_read_back_and_written_the_same(paths: list[str], one: Identity, encrypted: bool) -> None:
    manifest = Manifest("v", encrypted=encrypted).replace_objects(ObjectLine(path, one) for path in paths)
    text = render_manifest(manifest.replace_imports(ImportLine(path, one, notebook="n") for path in paths))
    assert [line.path for line in parse_manifest(text).objects] == sorted(paths)
    assert render_manifest(parse_manifest(text)) == text
    text.encode()
