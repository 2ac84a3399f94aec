"""The sidecar of an object; the literal text is in people's archives and is frozen."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.vault_magic.archive.builders import build_record, identify
from vault_magic.archive.sidecar import Sidecar, parse_sidecar, render_sidecar
from vault_magic.errors import FormatError, NewerFormat

IDENTITY = identify(b"a\n1\n", format="tsv", schema="ab" * 32)
SIDECAR = Sidecar(
    path="datasets/salaries",
    identity=IDENTITY,
    record=build_record("datasets/salaries", IDENTITY),
    schema={"schema_version": 1, "kind": "frame"},
    notebook="../prepare.ipynb",
    generation=7,
)
_IDENTITY = (
    '{"format": "tsv", "bytes": 4, "crc32": "89C12400", '
    '"sha256": "309b0e45a73d3fc5325e2b6ed0a01ef8b9cde6b05a5633c1f893f970d52bfddc", '
    f'"schema": "{"ab" * 32}"}}'
)
GOLDEN = (
    '{"schema_version": 1, "path": "datasets/salaries", "identity": '
    f'{_IDENTITY}, "schema": {{"schema_version": 1, "kind": "frame"}}, "notebook": "../prepare.ipynb", '
    '"generation": 7, "record": '
    '{"schema_version": 1, "action": "store", "command": "store x in \'datasets/salaries\'", "results": '
    f'[{{"path": "datasets/salaries", "variable": "x", "before": null, "after": {_IDENTITY}}}], "inputs": [], '
    '"archive": {"vault": "0123456789abcdef0123456789abcdef", "path": "storage.zip", "from_notebook": null}, '
    '"notebook": null, "parameters": null, "started": "2026-11-22T12:00:00.000000+00:00", '
    '"finished": "2026-11-22T12:00:00.000000+00:00", "cell": {"id": null, "count": 3, '
    f'"sha256": "{"c" * 64}", "code": "{"d" * 64}", "code_version": 1}}, "session": "session", "ledger": null, '
    '"environment": null}}'
)


def test_sidecar_is_frozen() -> None:
    assert render_sidecar(SIDECAR) == GOLDEN.encode()


def test_frozen_sidecar_is_read() -> None:
    assert parse_sidecar(GOLDEN.encode()) == SIDECAR


@pytest.mark.parametrize(
    "sidecar",
    [
        pytest.param(replace(SIDECAR, schema=None, notebook=None), id="nothing-optional"),
        pytest.param(replace(SIDECAR, path="za\u017c\u00f3\u0142\u0107/\u4e2d"), id="unicode"),
        pytest.param(replace(SIDECAR, schema={"label": "\ud800"}), id="lone-surrogate"),
        pytest.param(replace(SIDECAR, record=replace(SIDECAR.record, unknown={"later": [1]})), id="unknown-fields"),
    ],
)
def test_sidecar_is_read_back(sidecar: Sidecar) -> None:
    assert parse_sidecar(render_sidecar(sidecar)) == sidecar


def test_fields_added_by_a_later_writer_of_this_version_are_passed_over() -> None:
    assert parse_sidecar(json.dumps(json.loads(GOLDEN) | {"later": 1}).encode()) == SIDECAR


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(b"", "the sidecar of an object", id="empty"),
        pytest.param(b"\xff", "the sidecar of an object", id="not-utf8"),
        pytest.param(b"[]", "is not a JSON object", id="list"),
        pytest.param(b'{"schema_version": 1}', "a record is not a JSON object", id="no-record"),
        pytest.param(GOLDEN.replace('"crc32"', '"crc"', 1).encode(), "damaged", id="no-checksum"),
        pytest.param(GOLDEN.replace('"path"', '"pfad"', 1).encode(), "damaged", id="no-path"),
        pytest.param(GOLDEN[:-20].encode(), "the sidecar of an object", id="cut-short"),
    ],
)
def test_what_is_no_sidecar_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        parse_sidecar(text)


@pytest.mark.parametrize("count", [0, 2], ids=["sidecar", "record"])
def test_newer_version_is_refused(count: int) -> None:
    parts = GOLDEN.split('"schema_version": 1')
    newer = '"schema_version": 1'.join(parts[: count + 1]) + '"schema_version": 2' + parts[count + 1]
    rest = parts[count + 2 :]
    text = '"schema_version": 1'.join([newer, *rest])

    with pytest.raises(NewerFormat, match="has version 2"):
        parse_sidecar(text.encode())
