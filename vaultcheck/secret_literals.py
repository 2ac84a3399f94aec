"""Passwords and keys that are written out in a cell; what is told of them is their name and never they themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from vault_magic.cell_text import CellText, LineKind, split_cell
from vault_magic.masking import NOT_PYTHON, mask_cell, parse_python
from vault_magic.parameters import is_secret

# What stands in every cell of interest, in small letters: nearly all cells have nothing of it and are not read.
_SIGNS = ("passw", "pwd", "secret", "token", "key", "cred", "auth", "environ", "%env", "%set_env", "putenv", "dsn")

# Formats of keys that are known by their look, from the pages of those who issue them (GitHub's list of patterns:
# https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns).
_FORMATS = {
    "an access key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})\b",
    "a token of Slack": r"\bxox[abeprs]-[A-Za-z0-9-]{10,}",
    "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a key of Stripe": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "an API key": r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}",
    "a token of PyPI": r"\bpypi-[A-Za-z0-9_-]{50,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
}
_FORMAT = re.compile("|".join(f"(?P<f{at}>{pattern})" for at, pattern in enumerate(_FORMATS.values())))
_STARTS = ("AKIA", "ASIA", "gh", "xox", "AIza", "k_live_", "sk-", "pypi-", "-----BEGIN")

_ENV = re.compile(r"(?P<name>\w+)\s*(?:=\s*|\s)(?P<value>.+)")
_NO_SECRET = re.compile(
    r"tokeni[sz]|tokens|_(?:count|col|column|dir|env|field|file|folder|header|id|key_name|label|len|length|mask|name|path"
    r"|pattern|prefix|regex|type|url|var|variable|vars)$|^(?:max|n|num|use|has|is|show|min)_",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\[[^\[\]]*\]|\$\{?\w+\}?|\{\w*\}|[xX*.•_-]+|.*\b(?:your|change|changeme|example|dummy|placeholder|redacted|todo|insert"
    r"|enter|none|null|test)\b.*|(?:your|my|the)[ _-].*",
    re.IGNORECASE,
)
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class SecretLiteral:
    """A secret in a cell: its line from 1, what it is of, and whether that is sure."""

    line: int
    what: str
    is_sure: bool


def find_secrets(source: str, *, variables: Collection[str] = ()) -> Iterator[SecretLiteral]:
    """Yield the secrets of a cell, one a line; `variables` hold the passwords of vaults."""
    found = dict[int, SecretLiteral]()
    if _has_any(source, _STARTS):
        for match in _FORMAT.finditer(source):
            what = [*_FORMATS][int((match.lastgroup or "f0")[1:])]
            line = source.count("\n", 0, match.start()) + 1
            found[line] = SecretLiteral(line, what, is_sure=True)
    lowered = source.lower()
    if _has_any(lowered, _SIGNS) or _has_any(source, variables):
        cell = split_cell(source)
        for one in [*_find_in_magics(cell, variables), *_find_in_code(cell, variables)]:
            found.setdefault(one.line, one)
    yield from (found[line] for line in sorted(found))


def _has_any(text: str, words: Collection[str]) -> bool:
    for word in words:  # noqa: SIM110  # a generator for `any` takes twice as long, and every cell is asked
        if word in text:
            return True
    return False


def _find_in_magics(cell: CellText, variables: Collection[str]) -> Iterator[SecretLiteral]:
    for line in cell.lines:
        name, _, rest = line.text.partition(" ")
        match = _ENV.fullmatch(rest.strip()) if line.kind is LineKind.MAGIC and name in ("env", "set_env") else None
        if match:
            yield from _judge(match["name"], match["value"].strip("'\""), line.number + 1, variables)


def _find_in_code(cell: CellText, variables: Collection[str]) -> Iterator[SecretLiteral]:
    if not cell.is_code:
        return
    try:
        tree = parse_python(mask_cell(cell).text)
    except NOT_PYTHON:
        return
    for node in ast.walk(tree):
        for name, value in _list_pairs(node):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield from _judge(name, value.value, value.lineno, variables)


def _list_pairs(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names to which a node gives a value, and the values."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((name, value) for target in targets if (name := _name(target)))
        case ast.AnnAssign(target=target, value=value) if name := _name(target):
            yield name, value
        case ast.Dict(keys=keys, values=values):
            yield from ((name, value) for key, value in zip(keys, values, strict=True) if (name := _text(key)))
        case ast.Call(func=ast.Attribute(attr="setdefault" | "putenv" | "setenv"), args=[key, value, *_]):
            yield (_text(key) or "", value)
        case ast.keyword(arg=str() as name, value=value):
            yield name, value


def _name(target: ast.expr) -> str | None:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=key):
            return _text(key)
    return None


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _judge(name: str, value: str, line: int, variables: Collection[str]) -> Iterator[SecretLiteral]:
    if len(value) < _SHORTEST or _PLACEHOLDER.fullmatch(value):
        return
    if name in variables:
        yield SecretLiteral(line, f"the password of the vault, in {name},", is_sure=True)
    elif is_secret(name) and not _NO_SECRET.search(name) and not _is_label(value):
        yield SecretLiteral(line, f"the value of {name}", is_sure=False)


def _is_label(value: str) -> bool:
    """Tell whether a text is a name or a question rather than a secret: `access_token`, `Password:`, a URL, a path."""
    words = re.fullmatch(r"[A-Za-z][A-Za-z_. :-]*", value) is not None
    return (words and (is_secret(value) or " " in value)) or value.startswith(("http://", "https://", "/", "./", "~"))
