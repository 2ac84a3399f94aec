"""Members encrypted and decrypted as WinZip does (AE-2), and those of other methods; the home of pyzipper.

Its classes are given the key derivation and the HMAC of OpenSSL, which are several times as fast.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Callable, Iterable, Iterator

import pyzipper
from pyzipper.zipfile_aes import AES, WZ_KEY_LENGTHS, WZ_SALT_LENGTHS, AESZipDecrypter, AESZipEncrypter, Counter

from vault_magic.archive.ending import build_end
from vault_magic.archive.headers import Entry, relocate
from vault_magic.errors import ArchiveError, PasswordError

_PIECE = 2**20
_STRENGTH = 3  # AES-256
_ROUNDS = 1000  # fixed by the format
_VERIFICATION, _CODE = 2, 10  # bytes of the check of the password, and of the authentication code
_FAULTS = (pyzipper.BadZipFile, EOFError, OSError, ValueError, LookupError, OverflowError)


class _Encrypter(AESZipEncrypter):  # type: ignore[misc]  # pyzipper has no types
    def __init__(self, password: bytes) -> None:
        self.salt = os.urandom(WZ_SALT_LENGTHS[_STRENGTH])
        cipher, code, self.encpwdverify = _derive_keys(password, self.salt, strength=_STRENGTH)
        self.encrypter, self.hmac = _build_cipher(cipher), hmac.new(code, digestmod="sha1")


class _Decrypter(AESZipDecrypter):  # type: ignore[misc]  # pyzipper has no types
    def __init__(self, entry: Entry, password: bytes, *, salt: bytes, verification: bytes) -> None:
        self.filename = entry.name
        cipher, code, expected = _derive_keys(password, salt, strength=entry.aes or _STRENGTH)
        if not hmac.compare_digest(expected, verification):
            raise PasswordError(f"the password does not open {entry.name!r}")
        self.decypter, self.hmac = _build_cipher(cipher), hmac.new(code, digestmod="sha1")


def _derive_keys(password: bytes, salt: bytes, *, strength: int) -> tuple[bytes, bytes, bytes]:
    """Return the keys of cipher and authentication code, and what proves the password."""
    length = WZ_KEY_LENGTHS[strength]
    material = hashlib.pbkdf2_hmac("sha1", password, salt, _ROUNDS, 2 * length + _VERIFICATION)
    return material[:length], material[length : 2 * length], material[2 * length :]


def _build_cipher(key: bytes) -> object:
    return AES.new(key, AES.MODE_CTR, counter=Counter.new(nbits=128, little_endian=True))


def encrypt(packed: Iterable[bytes], *, password: bytes) -> Iterator[bytes]:
    """Yield the data of a member: salt, verification, encrypted bytes and authentication code."""
    encrypter = _Encrypter(password)
    yield encrypter.encryption_header()
    for piece in packed:
        yield encrypter.encrypt(piece)
    yield encrypter.flush()


def decrypt(read: Callable[[int], bytes], entry: Entry, *, password: bytes) -> Iterator[bytes]:
    """Yield what was encrypted, in pieces; `read` gives the next bytes of the member. Only the end proves them.

    Raises:
        PasswordError: the password does not open it.
        ArchiveError: it is damaged.
    """
    salt = WZ_SALT_LENGTHS[entry.aes or _STRENGTH]
    left = entry.compressed - salt - _VERIFICATION - _CODE
    if left < 0:
        raise ArchiveError(f"{entry.name!r} is shorter than any encrypted member; restore the archive from a copy")
    decrypter = _Decrypter(entry, password, salt=read(salt), verification=read(_VERIFICATION))
    while left:
        piece = read(min(left, _PIECE))
        left -= len(piece)
        yield decrypter.decrypt(piece)
    try:
        decrypter.check_hmac(read(_CODE))
    except pyzipper.BadZipFile as err:
        raise ArchiveError(f"{entry.name!r} is damaged (its HMAC is another); restore the archive from a copy") from err


def read_foreign(raw: bytes, entry: Entry, *, password: bytes | None) -> Iterator[bytes]:
    """Yield the plain bytes of a member of another tool, which may use any method that pyzipper knows.

    `raw` is the member as it lies in its archive; it is read as the only one of an archive of its own.

    Raises:
        PasswordError, ArchiveError: as of `decrypt`.
    """
    record = relocate(entry, 0)
    alone = io.BytesIO(raw + record + build_end(start=len(raw), size=len(record), count=1, comment=b""))
    try:
        with pyzipper.AESZipFile(alone) as archive, archive.open(archive.infolist()[0], pwd=password) as member:
            while piece := member.read(_PIECE):
                yield piece
    except NotImplementedError as err:
        raise ArchiveError(f"{entry.name!r} cannot be read here ({err}); write it again with deflate") from err
    except RuntimeError as err:
        raise PasswordError(f"the password does not open {entry.name!r}") from err
    except _FAULTS as err:
        raise ArchiveError(f"{entry.name!r} is damaged ({err}); restore the archive from a copy") from err
