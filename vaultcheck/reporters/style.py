"""How a report looks on a terminal: colours and links where it has them, and nothing that could command it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from vaultcheck.finding import Severity

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that command a terminal or turn the direction of text (Unicode TR36 and TR9)."""

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.INFO: "36"}
_BOLD, _DIM = "1", "2"


def clean(text: str) -> str:
    """Return a text of a notebook as one line that is safe to print."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


@dataclass(frozen=True, slots=True)
class Style:
    """Whether there are colours (ECMA-48), and from which folder links to files begin (OSC 8); none by default."""

    has_colours: bool = False
    links_from: Path | None = None

    def severity(self, severity: Severity) -> str:
        """Return the word of a severity."""
        return self._colour(severity.value, _COLOURS[severity])

    def bold(self, text: str) -> str:
        """Return what stands out."""
        return self._colour(text, _BOLD)

    def dim(self, text: str) -> str:
        """Return what stands back."""
        return self._colour(text, _DIM)

    def link(self, text: str, file: str) -> str:
        """Return a text that opens a file."""
        if self.links_from is None:
            return text
        return f"\x1b]8;;{(self.links_from / file).as_uri()}\x1b\\{text}\x1b]8;;\x1b\\"

    def _colour(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.has_colours else text


PLAIN = Style()
