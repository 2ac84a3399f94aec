"""The texts in the outputs of a saved cell in which a secret may stand; what it is, is judged elsewhere."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

import msgspec

from vaultcheck.outputs import Output, UpgradedOutput

# What stands in every text with a secret that can be told from outputs: what `%env` prints, the names of most variables
# with passwords, keys of known formats, addresses with a login. Nearly all outputs have none of it and stay bytes.
_SIGNS = (
    *(b"env: ", b"VAULT", b"PASS", b"SECRET", b"_KEY", b"AKIA", b"ASIA", b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"),
    *(b"github_pat_", b"xox", b"AIza", b"k_live_", b"sk-", b"pypi-", b"PRIVATE KEY", b"://"),
)
_LONGEST = 100_000  # bytes of the data of an output that are looked into: what is longer is a picture or a widget
_NO_TEXT = ("image/", "audio/", "video/", "application/pdf")


def may_tell(outputs: Collection[Output | UpgradedOutput]) -> bool:
    """Tell whether any output of a notebook has a sign of a secret in it: most are done with here, all at once."""
    parts = [part for one in outputs for part in (_get_bytes(one.text), _get_bytes(one.data, most=_LONGEST)) if part]
    return _has_sign(b"\n".join(parts)) or any(isinstance(one.evalue, str) for one in outputs)


def find_telling(outputs: Collection[Output | UpgradedOutput]) -> tuple[str, ...]:
    """Return the texts of streams, errors and rich outputs that have a sign of a secret in them."""
    return tuple(text for one in outputs for text in _read_texts(one))


def _read_texts(output: Output | UpgradedOutput) -> Iterator[str]:
    if _has_sign(text := _get_bytes(output.text)):
        yield _join(_parse(text))
    if _has_sign(data := _get_bytes(output.data, most=_LONGEST)):
        found = _parse(data)
        members = found.items() if isinstance(found, dict) else ()
        yield from (_join(value) for mime, value in members if not mime.startswith(_NO_TEXT))
    if isinstance(output.evalue, str):
        yield output.evalue


def _get_bytes(value: object, *, most: int | None = None) -> bytes:
    """Return a part of an output as JSON; nothing if it is not there or too long."""
    if isinstance(value, msgspec.Raw):
        return b"" if most is not None and len(memoryview(value)) > most else bytes(value)
    content = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") if value else b""
    return b"" if most is not None and len(content) > most else content


def _has_sign(content: bytes) -> bool:
    if not content:
        return False
    for sign in _SIGNS:  # noqa: SIM110  # a generator for `any` takes twice as long, and every output is asked
        if sign in content:
            return True
    return False


def _parse(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _join(value: object) -> str:
    """Return a text that may be saved as a list of lines; of other values, their JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else ""
