"""The sidecar of an object; the literal text is in people's archives and is frozen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.vault_magic.archive.builders import NOON, VAULT, build_entry, build_record, identify
from vault_magic.archive.sidecar import Sidecar, build_producer, parse_sidecar, render_sidecar
from vault_magic.errors import FormatError, NewerFormat
from vault_magic.ledger import Row, Status, build_ledger
from vault_magic.manifest import Manifest, ObjectLine, render_manifest
from vault_magic.record import CellRef, Environment, Input, Result

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


# Producer: what is kept of a record


def test_producer_is_the_same_for_the_same_code_run_again() -> None:
    identity = identify(b"1")
    first, second = (
        replace(
            build_entry("x", b"1")[1],
            notebook="prepare.ipynb",
            record=build_record(
                "x",
                identity,
                results=(Result("x", "x", before, identity),),
                started=NOON + timedelta(days=count),
                finished=NOON + timedelta(days=count, seconds=3),
                session=f"session {count}",
                cell=CellRef(sha256="c" * 64, code="d" * 64, code_version=1, id="abc", count=count),
                ledger=build_ledger([Row(count, Status.OK, "s", "c", "i")], code_version=1),
                environment=Environment(f"3.{count}", "linux", {}),
            ),
        )
        for count, before in [(11, None), (12, identity)]
    )

    assert build_producer(first) == build_producer(second)
    assert render_manifest(Manifest(VAULT).replace_objects([ObjectLine("x", identity, build_producer(first))])) == (
        render_manifest(Manifest(VAULT).replace_objects([ObjectLine("x", identity, build_producer(second))]))
    )


def test_producer_keeps_what_made_the_object() -> None:
    sidecar = build_entry("x", b"1", notebook="../prepare.ipynb")[1]
    inputs = (Input("y", VAULT, identify(b"2")),)
    ledger = build_ledger([Row(7, Status.OK, "s", "c", "i"), Row(8, Status.FAILED, "t", "d")], code_version=1)
    producer = build_producer(replace(sidecar, record=replace(sidecar.record, inputs=inputs, ledger=ledger)))

    assert producer.command == "store x in 'x'"
    assert producer.notebook == "../prepare.ipynb"
    assert producer.inputs == inputs
    assert producer.cell == CellRef(sha256="c" * 64, code="d" * 64, code_version=1)
    assert producer.ledger is not None
    assert producer.ledger.rows == "- + s c i\n- ! t d -"
