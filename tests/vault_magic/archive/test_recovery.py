"""What was committed, found where the end of a file is not the end of a write."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.vault_magic.archive.builders import make_vault, put, render
from vault_magic.archive import recovery
from vault_magic.archive.directory import build_directory, read_directory
from vault_magic.archive.ending import SIGNATURE, build_end
from vault_magic.archive.headers import build_headers
from vault_magic.archive.layout import SENTINEL, CommitMarker, write_commit_marker, write_sentinel_comment
from vault_magic.archive.recovery import find_committed
from vault_magic.errors import ArchiveError


@pytest.fixture
def raw(tmp_path: Path) -> bytes:
    """Return a vault of two states."""
    archive = make_vault(tmp_path / "storage.zip", {"x": b"1"})
    put(archive, {"y": b"2"})
    return archive.path.read_bytes()


def _find(raw: bytes) -> int | None:
    end = find_committed(io.BytesIO(raw), size=len(raw))
    return end.stop if end else None


def _stops(raw: bytes) -> list[int]:
    """Return where each state ends, by their markers."""
    found, at = [], raw.find(b'"generation": ')
    while at >= 0:
        found.append(raw.index(b"}", at) + 1)
        at = raw.find(b'"generation": ', at + 1)
    return [one for one in found if raw[one : one + 2] in (b"PK", b"")]


def test_last_state_is_found_wherever_the_file_ends(raw: bytes) -> None:
    stops = _stops(raw)
    assert (len(stops), stops[-1]) == (3, len(raw))  # created, one store, another
    for size in range(len(raw) + 1):
        assert _find(raw[:size]) == max((stop for stop in stops if stop <= size), default=None)


@pytest.mark.parametrize("length", [1, 2**16, 2**20 - 1, 2**20, 2**20 + 5, 3 * 2**20])
def test_however_much_stands_behind(raw: bytes, length: int) -> None:
    assert _find(raw + b"P" * length) == len(raw)


def _imitate(*, vault: str, marker: str, offset: int, start: int, name: str = SENTINEL) -> bytes:
    """Return a directory with its end, as a vault has it, to be put at `start`."""
    _, record = build_headers(
        name,
        crc=0,
        compressed=2,
        size=0,
        offset=offset,
        stamp=(0, 33),
        aes=False,
        comment=write_sentinel_comment(vault),
    )
    comment = write_commit_marker(CommitMarker(marker, 9))
    return render(build_directory({name: record}, start=start, comment=comment))


@pytest.mark.parametrize(
    ("changes", "accepted"),
    [
        pytest.param({}, True, id="as-a-vault"),
        pytest.param({"marker": "w"}, False, id="marker-of-another-vault"),
        pytest.param({"offset": 5}, False, id="sentinel-elsewhere"),
        pytest.param({"start": 90}, False, id="directory-elsewhere"),
        pytest.param({"name": "x"}, False, id="no-sentinel"),
    ],
)
def test_only_an_exact_directory_of_a_vault_is_accepted(changes: dict[str, object], accepted: bool) -> None:
    end = _imitate(**{"vault": "v", "marker": "v", "offset": 0, "start": 100} | changes)  # type: ignore[arg-type]

    assert (_find(bytes(100) + end + b"torn") is not None) is accepted


def test_false_ends_by_the_thousand_are_given_up(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    looked: list[int] = []
    read_end = recovery._read_end

    def note(file: io.BytesIO, position: int, *, size: int) -> object:
        looked.append(position)
        return read_end(file, position, size=size)

    monkeypatch.setattr(recovery, "_read_end", note)
    false = SIGNATURE + bytes(18)

    assert _find(raw + false * 100) == len(raw)
    assert _find(raw + false * recovery.MOST_TRIES) is None
    assert len(looked) == 101 + recovery.MOST_TRIES


def test_vault_that_lost_its_end_is_not_taken_for_a_zip_inside_it(raw: bytes) -> None:
    inner = build_end(start=0, size=0, count=0, comment=b"")

    with pytest.raises(
        ArchiveError, match="it begins as a vault, and what stands at its end is the directory of something else"
    ):
        read_directory(io.BytesIO(raw[:60] + inner))
