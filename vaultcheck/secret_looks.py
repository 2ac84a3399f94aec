"""What a password or a key looks like, by itself or by the name that it is given to; and what only stands for one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from vault_magic.parameters import is_secret

# Formats of keys that are known by their look, from the pages of those who issue them (GitHub's list of patterns:
# https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns).
_FORMATS = {
    "an access key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})\b",
    "a token of Slack": r"\bxox[abeprs]-[A-Za-z0-9-]{10,}",
    "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a key of Stripe": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "an API key": r"\bsk-(?=[\w-]{0,200}[0-9])(?=[\w-]{0,200}[A-Z])[A-Za-z0-9_-]{32,}",
    "a token of PyPI": r"\bpypi-[A-Za-z0-9_-]{50,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
}
_FORMAT = re.compile("|".join(f"(?P<f{at}>{pattern})" for at, pattern in enumerate(_FORMATS.values())))
_STARTS = ("AKIA", "ASIA", "gh", "xox", "AIza", "k_live_", "sk-", "pypi-", "-----BEGIN")
_FEWEST = 4  # different characters at the end of what is no row of crosses

_LOGIN = re.compile(r"\w://(?P<user>[^\s/:@'\"]*):(?P<password>[^\s/@'\"]+)@[\w.\[{-]")

_NAME = re.compile(r"[\w.-]{1,60}")
_CHOSEN = re.compile(r"pass|pwd|(?<![a-z])pw(?![a-z])|secret", re.IGNORECASE)  # by people; other secrets are generated
_NO_SECRET = re.compile(
    r"tokeni[sz]|tokens|page_?token|_(?:count|col|column|dir|env|field|file|folder|header|id|key_name|label|len|length|mask"
    r"|name|path|pattern|policy|prefix|regex|type|url|var|variable|vars)$|^(?:max|n|num|use|has|is|show|min)_",
    re.IGNORECASE,
)
_FILLED_IN = re.compile(
    r"\s*|\.{3}|…|[xX*.•_-]+|<[^<>]*>|\[[^\[\]]*\]|\$\{?\w+\}?|\$\(.*\)|%\w+%|%\(\w+\)s|%s|.*\{[^{}]*\}.*", re.DOTALL
)
_STAND_IN = re.compile(
    r".*(?<![A-Za-z0-9])(?:your|change|changeme|change[_-]?me|replace|example|dummy|fake|mock|placeholder|redacted|todo"
    r"|insert|enter|empty|none|null|test|unused|not[_ -]?(?:needed|used|required))(?![A-Za-z0-9]).*",
    re.IGNORECASE | re.DOTALL,
)
_SCHEME = re.compile(r"(?:Bearer|Basic|Token) (?=\S+\Z)", re.IGNORECASE)  # of the header that says who asks
_PLACE = re.compile(r"(?:https?://|\.{0,2}/|~).*", re.DOTALL)
_WORDS = re.compile(r"(?:[^\W\d]|[. :-])+")
_SHORTEST, _SHORTEST_GENERATED = 4, 8


def may_look_so(text: str) -> bool:
    """Tell whether a text may hold a secret that is known by its look; nearly all are done with here."""
    return has_any(text, _STARTS) or _may_hold_logins(text)


def find_known(text: str) -> Iterator[tuple[int, str]]:
    """Yield where in a text a secret stands that is known by its look, and what it is of."""
    if has_any(text, _STARTS):
        for match in _FORMAT.finditer(text):
            if "EXAMPLE" not in match[0] and len({*match[0][-16:]}) >= _FEWEST:
                yield match.start(), [*_FORMATS][int((match.lastgroup or "f0")[1:])]


def find_logins(text: str) -> Iterator[int]:
    """Yield where in a text an address stands that has a password in it."""
    if _may_hold_logins(text):
        for match in _LOGIN.finditer(text):
            password = match["password"]
            if password != match["user"] and not _is_no_password(password):
                yield match.start()


def _may_hold_logins(text: str) -> bool:
    return "://" in text and "@" in text


def is_password(name: str, value: str, *, variables: Collection[str]) -> bool:
    """Tell whether one of some variables is given its password: any text is one that nothing is yet to be put into."""
    return name in variables and value != name and not _FILLED_IN.fullmatch(value)


def is_likely_secret(name: str, value: str) -> bool:
    """Tell whether a text is a secret, by the name that it is given to."""
    if not _NAME.fullmatch(name) or not is_secret(name) or _NO_SECRET.search(name):
        return False
    value = _SCHEME.sub("", value)
    return not _is_no_password(value) and (_CHOSEN.search(name) is not None or _is_generated(value))


def has_any(text: str, words: Collection[str]) -> bool:
    """Tell whether one of some words stands in a text."""
    for word in words:  # noqa: SIM110  # a generator for `any` takes twice as long, and every cell is asked
        if word in text:
            return True
    return False


def _is_no_password(value: str) -> bool:
    """Tell whether a text is too short, or a place to put a secret, or a name or a question rather than one."""
    if len(value) < _SHORTEST or _FILLED_IN.fullmatch(value) or _STAND_IN.fullmatch(value) or _PLACE.fullmatch(value):
        return True
    is_words = _WORDS.fullmatch(value) is not None
    return " " in value or (is_words and (is_secret(value) or not value.isascii()))


def _is_generated(value: str) -> bool:
    has_both = any(one.isdigit() for one in value) and any(one.isalpha() for one in value)
    return has_both and len(value) >= _SHORTEST_GENERATED
