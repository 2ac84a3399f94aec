"""The log beside the archive: appended, read back, with the original tool's lines and without what was cut short."""

from __future__ import annotations

import gzip
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vault_magic.archive.builders import build_record, identify
from vault_magic.archive.log import append_log, read_latest
from vault_magic.record import Record

ORIGINAL = {
    "action": "import",
    "result": [{"new_file": {"crc32": "3CB4954", "sha256": "6FC2DC12" + "0" * 56}, "subject": "s2"}],
    "started": "2026-11-22T08:14:01.421280",
    "finished": "2026-11-22T08:14:01.435549",
    "finished_human_readable": "Sunday, 22. Nov 2026 08:14",
    "command": "import s from mod as s2",
}

RECORD = build_record("m/x", identify(b"1"))


def _read_all(log: Path) -> tuple[Record, ...]:
    return read_latest(log, count=sys.maxsize)[0]


@pytest.mark.parametrize("compressed", [True, False], ids=["gzip", "text"])
def test_what_was_appended_is_read_back(tmp_path: Path, compressed: bool) -> None:
    log = tmp_path / "logs" / "a.log"
    append_log(log, [RECORD], compressed=compressed)
    append_log(log, [replace(RECORD, command="del 'm/x'", action="del")], compressed=compressed)

    assert [(one.action, one.command) for one in _read_all(log)] == [("store", RECORD.command), ("del", "del 'm/x'")]
    assert log.read_bytes().startswith(b"\x1f\x8b") is compressed


def test_no_log_is_an_empty_one(tmp_path: Path) -> None:
    assert _read_all(tmp_path / "none") == ()


def test_lines_of_the_original_tool_are_read_beside_ours(tmp_path: Path) -> None:
    log = tmp_path / "a.log.gz"
    log.write_bytes(gzip.compress(f"{json.dumps(ORIGINAL)}\n".encode()))
    append_log(log, [RECORD])

    first, second = _read_all(log)
    assert (first.results[0].path, second.results[0].path) == ("mod/s", "m/x")
    assert first.results[0].after is not None
    assert first.results[0].after.crc32 == "03CB4954"


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b"\xff", b"3", b'{"schema_version": 99}', b'{"action": "store"}', b"null", b""]
)
def test_lines_that_are_none_are_passed_over(tmp_path: Path, line: bytes) -> None:
    log = tmp_path / "a.log"
    append_log(log, [RECORD], compressed=False)
    log.write_bytes(line + b"\n" + log.read_bytes() + line)
    assert [one.command for one in _read_all(log)] == [RECORD.command]


def test_cut_at_any_byte_keeps_what_was_whole(tmp_path: Path) -> None:
    log = tmp_path / "a.log.gz"
    append_log(log, [RECORD])
    first = len(log.read_bytes())
    append_log(log, [RECORD])
    whole = log.read_bytes()

    for end in range(first, len(whole)):
        log.write_bytes(whole[:end])
        append_log(log, [replace(RECORD, command="list")])
        assert [one.command for one in _read_all(log)] == [RECORD.command, "list"]


def test_latest_are_the_last_ones_with_what_is_before_them_counted(tmp_path: Path) -> None:
    log = tmp_path / "a.log.gz"
    append_log(log, [replace(RECORD, command=f"list m{number}") for number in range(5)])
    log.write_bytes(log.read_bytes() + gzip.compress(b"not a line\n"))

    records, earlier = read_latest(log, count=2)
    assert ([one.command for one in records], earlier) == (["list m3", "list m4"], 3)
    records, earlier = read_latest(log, count=9)
    assert (len(records), earlier) == (5, 0)


def test_packed_line_inside_another_is_none_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "a.log.gz"
    append_log(log, [RECORD])
    log.write_bytes(gzip.compress(log.read_bytes() + b"\n", compresslevel=0))
    assert _read_all(log) == ()


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b"], ids=["whole", "damaged"])
def test_cost_of_a_long_log_grows_with_its_length_alone(tmp_path: Path, damage: bytes) -> None:
    log = tmp_path / "a.log.gz"
    member = gzip.compress(b"x\n")
    costs = []
    for count in (3_000, 60_000):
        log.write_bytes(member * count + damage + member * count)
        started = time.process_time()
        assert read_latest(log, count=0) == ((), 2 * count)
        costs.append(time.process_time() - started)
    assert costs[1] < 20 * 3 * costs[0]  # copying the rest for every member would cost 400 times as much


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "a.log.gz")
        log.write_bytes(b"\x1f\x8b" + data)
        assert _read_all(log) == ()
