"""The ZIP file itself: members read, and the whole rewritten with some replaced; the home of pyzipper."""

from __future__ import annotations

import bisect
import struct
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyzipper

from vault_magic.archive.durable import replace_file
from vault_magic.archive.listing import ZIP_FAULTS
from vault_magic.errors import ArchiveError, PasswordError

_LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, ..., lengths of name and extra (APPNOTE 4.3.7)
_DESCRIPTOR_FLAG = 0x8
_UTF8_FLAG = 0x800
_UNIX = 3
_MODE = 0o644 << 16
_FAULTS = (*ZIP_FAULTS, pyzipper.BadZipFile, pyzipper.LargeZipFile)


@dataclass(frozen=True, slots=True)
class Member:
    """A member to be written: its name, its plain bytes, and what its comment says in clear."""

    name: str
    data: bytes
    comment: bytes = b""


@contextmanager
def open_members(file: BinaryIO, *, password: bytes | None) -> Iterator[Callable[[str], bytes]]:
    """Give a function that returns the plain bytes of a member of an open archive; checksum or HMAC are checked.

    The function raises:
        KeyError: there is no such member.
        PasswordError: the password does not open it.
        ArchiveError: the archive or the member is damaged.
    """
    with _open_zip(file) as archive:
        yield lambda name: _read(archive, archive.getinfo(name), password)


def read_member(file: BinaryIO, name: str, *, password: bytes | None) -> bytes:
    """Return the plain bytes of one member, as `open_members` does."""
    with open_members(file, password=password) as read:
        return read(name)


def rewrite(
    path: Path,
    *,
    first: Sequence[Member],
    drop: Collection[str],
    add: Sequence[Member],
    comment: bytes,
    password: bytes | None,
) -> None:
    """Replace the archive by one without the members in `drop` and with those in `add`, atomically and durably.

    Members that stay are copied as they are, compressed and encrypted; one of the same name is replaced. `first` goes
    before them: some tools serve stale data when the member at the start of a file was replaced.
    """
    gone = {*drop, *(member.name for member in (*first, *add))}

    def write(target: BinaryIO) -> None:
        with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_DEFLATED) as archive:
            if password is not None:
                archive.setpassword(password)
                archive.setencryption(pyzipper.WZ_AES)
            _write_members(archive, first)
            if path.exists():
                _copy_members(path, archive, without=gone)
            _write_members(archive, add)
            archive.comment = comment

    replace_file(path, write)


class _StoredInfo(pyzipper.zipfile_aes.AESZipInfo):  # type: ignore[misc]  # pyzipper has no types
    """An entry that gives its name to a new directory in the very bytes that stand before its member.

    Turned into UTF-8, as is done with new members, a name in the old code page would no longer match its member.
    """

    __slots__ = ()

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # pyzipper's name
        encoding = "utf-8" if self.flag_bits & _UTF8_FLAG else "cp437"
        return self.orig_filename.encode(encoding), self.flag_bits


class _StoredZip(pyzipper.AESZipFile):  # type: ignore[misc]  # pyzipper has no types
    zipinfo_cls = _StoredInfo


def _open_zip(file: BinaryIO) -> Any:
    try:
        return _StoredZip(file)
    except _FAULTS as err:
        raise ArchiveError(f"the archive is damaged ({err}); restore it from a copy") from err


def _read(archive: Any, info: Any, password: bytes | None) -> bytes:
    """Return the bytes of one member, never more than its entry declares."""
    declared = info.file_size
    info.file_size += 1  # pyzipper cuts at the declared size, and an encrypted member has no checksum to notice
    try:
        with archive.open(info, pwd=password) as stream:
            data: bytes = stream.read(info.file_size)
    except NotImplementedError as err:
        raise ArchiveError(f"{info.filename!r} cannot be read here ({err}); write it again with deflate") from err
    except RuntimeError as err:
        raise PasswordError(f"the password does not open {info.filename!r}") from err
    except _FAULTS as err:
        raise ArchiveError(f"{info.filename!r} is damaged ({err}); restore the archive from a copy") from err
    if len(data) != declared:
        raise ArchiveError(
            f"{info.filename!r} does not have the size its entry declares; restore the archive from a copy"
        )
    return data


def _write_members(archive: Any, members: Iterable[Member]) -> None:
    for member in members:
        info = pyzipper.zipfile_aes.AESZipInfo(member.name, date_time=time.localtime()[:6])
        info.compress_type = pyzipper.ZIP_DEFLATED
        info.create_system = _UNIX
        info.external_attr = _MODE
        info.comment = member.comment
        archive.writestr(info, member.data)


def _copy_members(path: Path, archive: Any, *, without: Collection[str]) -> None:
    """Append the members of an archive byte by byte; their entries move to the new directory."""
    with path.open("rb") as source, _open_zip(source) as old:
        kept = [info for info in old.infolist() if info.filename not in without]
        starts = [*sorted(info.header_offset for info in old.infolist()), old.start_dir]
        for info in kept:
            following = starts[min(bisect.bisect_right(starts, info.header_offset), len(starts) - 1)]
            raw = _read_raw(source, info, end=following)
            info.header_offset = archive.fp.tell()
            archive.fp.write(raw)
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
        archive.start_dir = archive.fp.tell()


def _read_raw(source: BinaryIO, info: Any, *, end: int) -> bytes:
    """Return a member as it lies in the file: local header, data, and the descriptor behind it where there is one."""
    source.seek(info.header_offset)
    signature, name, extra = _LOCAL_HEADER.unpack(source.read(_LOCAL_HEADER.size).ljust(_LOCAL_HEADER.size))
    if signature != b"PK\x03\x04":
        raise ArchiveError(f"{info.filename!r} is not where the directory says; restore the archive from a copy")
    length = _LOCAL_HEADER.size + name + extra + info.compress_size
    if info.flag_bits & _DESCRIPTOR_FLAG:
        length = end - info.header_offset
    source.seek(info.header_offset)
    raw = source.read(length)
    if len(raw) != length:
        raise ArchiveError(f"{info.filename!r} is cut short; restore the archive from a copy")
    return raw
