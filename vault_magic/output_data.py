"""Digests of an output's data, of the MIME types whose way from kernel to file is proved not to change them.

On that way texts are split into lines and joined again, line ends are rewritten, bytes become base64, and base64 gets
and loses line breaks: none of that shows in a digest.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping

_PNG = "image/png"

PROVED = ("text/plain", "text/html", "image/svg+xml", _PNG)
"""The MIME types that are digested."""


def digest_data(mime: str, value: object) -> str | None:
    """Compute the hex SHA-256 of an output's data; `None` for a MIME type that is not proved or no data of it.

    A text with half of a surrogate pair is no data: no message carries it as it is.
    """
    text = _read_text(value) if mime in PROVED else None
    if text is None:
        return None
    normal = "".join(text.split()) if mime == _PNG else text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return hashlib.sha256(normal.encode()).hexdigest()
    except UnicodeEncodeError:
        return None


def digest_bundle(data: Mapping[str, object]) -> dict[str, str]:
    """Compute the digests of an output's data by MIME type, as far as they are proved."""
    digests = ((mime, digest_data(mime, data[mime])) for mime in PROVED if mime in data)
    return {mime: digest for mime, digest in digests if digest is not None}


def _read_text(value: object) -> str | None:
    """Return data as the text that a file holds: lines are joined, bytes are written as base64."""
    match value:
        case bytes():
            return b64encode(value).decode("ascii")
        case str():
            return str.__str__(value)  # what a subclass makes of its own methods does not reach the file
        case list() | tuple() if all(isinstance(line, str) for line in value):
            return "".join(value)
        case _:
            return None
