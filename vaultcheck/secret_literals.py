"""Passwords and keys that a cell holds or shows; what is told of them is their name and never they themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from vault_magic.cell_text import CellText, LineKind, split_cell
from vault_magic.masking import NOT_PYTHON, mask_cell, parse_python
from vaultcheck.secret_looks import find_known, find_logins, has_any, is_likely_secret, is_password, may_look_so

# What stands in every cell of interest, in small letters: nearly all cells have nothing of it and are not read.
_SIGNS = (
    *("passw", "passphrase", "passcode", "pass_", "_pass", "'pass'", '"pass"', "pw", "secret", "token", "key", "cred"),
    *("auth", "bearer", "cookie", "jwt", "environ", "%env", "%set_env", "putenv", "dsn", "conn_str", "connection_str"),
)
_ANY_SIGN = (
    *("pass", "pw", "secret", "token", "key", "cred"),
    *("auth", "bearer", "cookie", "jwt", "env", "dsn", "conn"),
)
"""Stands in whatever one of the signs stands in: fewer to look for in all of a notebook."""

_ENV = re.compile(r"(?P<name>\w+)\s*(?:=\s*|\s)(?P<value>.+)")
_ENV_MAGICS = ("env", "set_env")
_ECHO = re.compile(r"^env: (?P<name>\w+)=(?P<value>.+)$", re.MULTILINE)  # what `%env NAME=VALUE` prints
_SHOWN = r"""(?<![\w$])(?P<name>{})['"]?\s?[=:]\s?(?P<quote>['"]?)(?P<value>[^\s'"]+)"""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text: its line from 1, what it is of, and whether that is sure."""

    line: int
    what: str
    is_sure: bool


def may_hold_secrets(source: str, *, variables: Collection[str] = ()) -> bool:
    """Tell whether the cells of a notebook, in one text, may hold a secret."""
    has_text = "'" in source or '"' in source or "env" in source  # what `%env` is given needs no quotes
    return may_look_so(source) or (has_text and (has_any(source.lower(), _ANY_SIGN) or has_any(source, variables)))


def find_secrets(source: str, *, variables: Collection[str] = ()) -> Iterator[Secret]:
    """Yield the secrets of a cell, one a line; `variables` hold the passwords of vaults."""
    found = {one.line: one for one in reversed([*_find_by_look(source)])}
    if has_any(source.lower(), _SIGNS) or has_any(source, variables):
        cell = split_cell(source)
        for one in [*_find_in_magics(cell, variables), *_find_in_code(cell, variables)]:
            found.setdefault(one.line, one)
    yield from (found[line] for line in sorted(found))


def find_shown_secrets(text: str, *, variables: Collection[str] = ()) -> Iterator[Secret]:
    """Yield the secrets in what an output shows, one a line: known by their look, or told with the variable's name."""
    found = {one.line: one for one in reversed([*_find_by_look(text)])}
    shown = re.compile(_SHOWN.format("|".join(map(re.escape, variables)))) if has_any(text, variables) else None
    for match in [*_ECHO.finditer(text), *(shown.finditer(text) if shown else ())]:
        for one in _judge(match["name"], match["value"], _count_lines(text, match.start()), variables):
            found.setdefault(one.line, one)
    yield from (found[line] for line in sorted(found))


def _find_by_look(text: str) -> Iterator[Secret]:
    for start, what in find_known(text):
        yield Secret(_count_lines(text, start), what, is_sure=True)
    for start in find_logins(text):
        yield Secret(_count_lines(text, start), "the password in an address", is_sure=False)


def _count_lines(text: str, end: int) -> int:
    return text.count("\n", 0, end) + 1


def _find_in_magics(cell: CellText, variables: Collection[str]) -> Iterator[Secret]:
    for line in cell.lines:
        name, _, rest = line.text.partition(" ")
        if line.kind is LineKind.MAGIC and name in _ENV_MAGICS:
            yield from _judge_setting(rest, line.number + 1, variables)


def _judge_setting(text: str, line: int, variables: Collection[str]) -> Iterator[Secret]:
    """Judge what `%env` is given."""
    if match := _ENV.fullmatch(text.strip()):
        yield from _judge(match["name"], match["value"].strip("'\""), line, variables)


def _find_in_code(cell: CellText, variables: Collection[str]) -> Iterator[Secret]:
    if not cell.is_code:
        return
    try:
        tree = parse_python(mask_cell(cell).text)
    except NOT_PYTHON:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="run_line_magic"), args=[ast.Constant(value=name), given, *_]):
                if name in _ENV_MAGICS:
                    yield from _judge_setting(_read_text(given) or "", given.lineno, variables)
        for name, value in _list_pairs(node):
            if (text := _read_text(value)) is not None:
                yield from _judge(name, text, value.lineno, variables)


def _list_pairs(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names to which a node gives a value, and the values."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _unpack(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield from _unpack(target, value)
        case ast.Dict(keys=keys, values=values):
            yield from ((name, value) for key, value in zip(keys, values, strict=True) if (name := _read_text(key)))
        case ast.arguments():
            yield from _list_defaults(node)
        case ast.Call(func=ast.Attribute(attr="setdefault" | "putenv" | "setenv"), args=[key, value, *_]):
            yield (_read_text(key) or "", value)
        case ast.Call(func=ast.Attribute(attr="setpassword"), args=[value]):  # of the standard zipfile
            yield "password", value
        case ast.keyword(arg=str() as name, value=value):
            yield name, value


def _unpack(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ast.Tuple(elts=targets) | ast.List(elts=targets), ast.Tuple(elts=values) | ast.List(elts=values):
            for one, other in zip(targets, values, strict=False):
                yield from _unpack(one, other)
        case _ if name := _name(target):
            yield name, value


def _list_defaults(node: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    placed = [*node.posonlyargs, *node.args]
    given: Iterable[tuple[ast.arg, ast.expr | None]] = (
        *zip(reversed(placed), reversed(node.defaults), strict=False),
        *zip(node.kwonlyargs, node.kw_defaults, strict=True),
    )
    yield from ((one.arg, value) for one, value in given if value is not None)


def _name(target: ast.expr) -> str | None:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=key):
            return _read_text(key)
    return None


def _read_text(node: ast.expr | None) -> str | None:
    """Return a text that is written out, as characters or as bytes."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Constant(value=bytes() as data):
            return data.decode("utf-8", "replace")
        case ast.Call(func=ast.Attribute(value=ast.Constant() as inner, attr="encode")):
            return _read_text(inner)
        case ast.JoinedStr(values=[ast.Constant() as inner]):
            return _read_text(inner)
    return None


def _judge(name: str, value: str, line: int, variables: Collection[str]) -> Iterator[Secret]:
    if is_password(name, value, variables=variables):
        yield Secret(line, f"the password of the vault, in {name},", is_sure=True)
    elif name not in variables and is_likely_secret(name, value):
        yield Secret(line, f"the value of {name}", is_sure=False)
