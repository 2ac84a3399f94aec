"""Tests of the command language: what is accepted and as what, what is refused and in which words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.command import Algorithm, Command, Expectation, Target, render_command
from vault_magic.errors import CommandError, PathError
from vault_magic.forms import FORMS, Verb
from vault_magic.grammar import parse_command

_SHA256 = "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c"
_CRC32 = Expectation(Algorithm.CRC32, "6DE33062")


def _store(variable: str, path: str, *, module: str | None, function: str | None = None) -> Command:
    return Command(Verb.STORE, (Target(path, variable),), module, function=function)


def _import(path: str, variable: str, *, module: str | None, function: str | None = None) -> Command:
    return Command(Verb.IMPORT, (Target(path, variable),), module, function=function)


def _import_module(module: str, *, name: str | None = None) -> Command:
    return Command(Verb.IMPORT, module=module, name=name)


def _assert(expected: Expectation, *, module: str | None = "a") -> Command:
    return Command(Verb.ASSERT, (Target("a/x"),), module, expected)


_STORE_X = _store("x", "a/x", module="a")
_STORE_XY = Command(Verb.STORE, (Target("a/x", "x"), Target("a/y", "y")), "a")
_STORE_AS = _store("x", "a/y", module="a")
_IMPORT_X = _import("a/x", "x", module="a")
_IMPORT_YX = Command(Verb.IMPORT, (Target("a/y", "y"), Target("a/x", "x")), "a")
_IMPORT_AS = _import("a/x", "z", module="a")
_STORE_WITH = _store("x", "a/x", module="a", function="f")
_STORE_AS_WITH = _store("x", "a/y", module="a", function="f")
_IMPORT_WITH = _import("a/x", "x", module="a", function="f")
_IMPORT_AS_WITH = _import("a/x", "z", module="a", function="f")

_ACCEPTED = [
    pytest.param("store x in a", _STORE_X, id="store"),
    pytest.param("store x, y in a", _STORE_XY, id="store-several"),
    pytest.param("store x in a as y", _STORE_AS, id="store-as"),
    pytest.param("store x as y in a", _STORE_AS, id="store-as-first"),
    pytest.param("store x in 'a/b.csv'", _store("x", "a/b.csv", module=None), id="store-file"),
    pytest.param('store x in "it\'s"', _store("x", "it's", module=None), id="store-file-double-quotes"),
    pytest.param("store x in 'as'", _store("x", "as", module=None), id="store-file-called-as-a-keyword"),
    pytest.param("import x from a", _IMPORT_X, id="import"),
    pytest.param("import y, x from a", _IMPORT_YX, id="import-several-in-the-order-typed"),
    pytest.param("import x from a as z", _IMPORT_AS, id="import-as"),
    pytest.param("import x as z from a", _IMPORT_AS, id="import-as-first"),
    pytest.param("from a import x", _IMPORT_X, id="from"),
    pytest.param("from a import y, x", _IMPORT_YX, id="from-several"),
    pytest.param("from a import x as z", _IMPORT_AS, id="from-as"),
    pytest.param("from a as z import x", _IMPORT_AS, id="from-as-first"),
    pytest.param("import 'a/b c' as x", _import("a/b c", "x", module=None), id="import-file"),
    pytest.param("del x from a", Command(Verb.DEL, (Target("a/x"),), "a"), id="del"),
    pytest.param("del 'a/x'", Command(Verb.DEL, (Target("a/x"),)), id="del-file"),
    pytest.param("assert x in a is 6DE33062", _assert(_CRC32), id="assert"),
    pytest.param("assert x is 6DE33062 in a", _assert(_CRC32), id="assert-is-first"),
    pytest.param("assert x in a is 6de33062", _assert(_CRC32), id="assert-lower-case-crc32"),
    pytest.param("assert x in a is 00000000", _assert(Expectation(Algorithm.CRC32, "0" * 8)), id="assert-zeros"),
    pytest.param("assert x in a is 6DE33062 with CRC32", _assert(_CRC32), id="assert-with-crc32"),
    pytest.param("assert x with crc32 is 6DE33062 in a", _assert(_CRC32), id="assert-any-order"),
    pytest.param(
        f"assert x in a is {_SHA256.upper()}",
        _assert(Expectation(Algorithm.SHA256, _SHA256)),
        id="assert-upper-case-sha256",
    ),
    pytest.param(
        f"assert 'a/x' is {_SHA256} with SHA-256",
        _assert(Expectation(Algorithm.SHA256, _SHA256), module=None),
        id="assert-file-with-sha256",
    ),
    pytest.param("assert 'a/x' is 6DE33062", _assert(_CRC32, module=None), id="assert-file"),
    pytest.param("list", Command(Verb.LIST), id="list"),
    pytest.param("list a.b", Command(Verb.LIST, module="a/b"), id="list-module"),
    pytest.param("store x in a with f", _STORE_WITH, id="store-with"),
    pytest.param("store x with f in a", _STORE_WITH, id="store-with-first"),
    pytest.param("store x in a with f as y", _STORE_AS_WITH, id="store-with-as"),
    pytest.param("store x in a as y with f", _STORE_AS_WITH, id="store-as-with"),
    pytest.param("store x as y with f in a", _STORE_AS_WITH, id="store-as-with-first"),
    pytest.param("store x with f as y in a", _STORE_AS_WITH, id="store-with-as-first"),
    pytest.param("store x with f in a as y", _STORE_AS_WITH, id="store-with-around"),
    pytest.param("store x, y in a with f", replace(_STORE_XY, function="f"), id="store-several-with"),
    pytest.param("store x in a with f;", _STORE_WITH, id="store-with-semicolon"),
    pytest.param("store x in a with f # why", _STORE_WITH, id="store-with-comment"),
    pytest.param("store x in a\n  with f", _STORE_WITH, id="store-with-on-a-line-of-its-own"),
    pytest.param(
        "store x in a with pd.DataFrame.to_csv",
        replace(_STORE_WITH, function="pd.DataFrame.to_csv"),
        id="store-with-dotted",
    ),
    pytest.param("store x in a with \ufb01", replace(_STORE_WITH, function="fi"), id="function-as-python-spells-it"),
    pytest.param("store x in a with list", replace(_STORE_WITH, function="list"), id="function-called-as-a-lead"),
    pytest.param("store x in a with x", replace(_STORE_WITH, function="x"), id="function-called-as-the-variable"),
    pytest.param("store x in 'b.c' with f", _store("x", "b.c", module=None, function="f"), id="store-file-with"),
    pytest.param("store x with f in 'b'", _store("x", "b", module=None, function="f"), id="store-file-with-first"),
    pytest.param("store x in 'b'with f", _store("x", "b", module=None, function="f"), id="with-behind-quote"),
    pytest.param("import x from a with f", _IMPORT_WITH, id="import-with"),
    pytest.param("import x with f from a", _IMPORT_WITH, id="import-with-first"),
    pytest.param("import x from a with f as z", _IMPORT_AS_WITH, id="import-with-as"),
    pytest.param("import x as z with f from a", _IMPORT_AS_WITH, id="import-as-with-first"),
    pytest.param("import y, x from a with f", replace(_IMPORT_YX, function="f"), id="import-several-with"),
    pytest.param("import x from a with json.load", replace(_IMPORT_WITH, function="json.load"), id="import-dotted"),
    pytest.param("from a import x with f", _IMPORT_WITH, id="from-with"),
    pytest.param("from a with f import x", _IMPORT_WITH, id="from-with-first"),
    pytest.param("from a import x with f as z", _IMPORT_AS_WITH, id="from-with-as"),
    pytest.param("from a as z with f import x", _IMPORT_AS_WITH, id="from-as-with-first"),
    pytest.param("from a import y, x with f", replace(_IMPORT_YX, function="f"), id="from-several-with"),
    pytest.param("import 'b' as x with f", _import("b", "x", module=None, function="f"), id="import-file-with"),
    pytest.param("import 'b' with f as x", _import("b", "x", module=None, function="f"), id="import-file-with-first"),
    pytest.param("import a", _import_module("a"), id="import-module"),
    pytest.param("import a as b", _import_module("a", name="b"), id="import-module-as"),
    pytest.param("import a as a", _import_module("a", name="a"), id="import-module-as-itself"),
    pytest.param("import a/b", _import_module("a/b"), id="import-nested-module"),
    pytest.param("import a.b.c", _import_module("a/b/c"), id="import-dotted-module"),
    pytest.param("import a.b as c", _import_module("a/b", name="c"), id="import-dotted-module-as"),
    pytest.param("import ./a", _import_module("a"), id="import-module-from-here"),
    pytest.param("import a/2026", _import_module("a/2026"), id="import-module-whose-first-part-is-a-name"),
    pytest.param("import 2026 as y", _import_module("2026", name="y"), id="import-module-that-is-no-name"),
    pytest.param("import my-data/x as y", _import_module("my-data/x", name="y"), id="import-module-with-hyphen"),
    pytest.param("import ./in as y", _import_module("in", name="y"), id="import-module-called-as-a-keyword"),
    pytest.param("import store", _import_module("store"), id="import-module-called-as-a-lead"),
    pytest.param("import caf\u00e9 as b", _import_module("caf\u00e9", name="b"), id="import-unicode-module"),
    pytest.param("import a; # all of it", _import_module("a"), id="import-module-and-comment"),
    pytest.param("import\n  a\n  as b", _import_module("a", name="b"), id="import-module-on-several-lines"),
    pytest.param("log", Command(Verb.LOG), id="log"),
    pytest.param(" status ;", Command(Verb.STATUS), id="status"),
    pytest.param("seal # before the rerun", Command(Verb.SEAL), id="seal"),
    pytest.param("list log", Command(Verb.LIST, module="log"), id="list-module-called-as-a-lead"),
    pytest.param("  store\t x  in   a  ", _STORE_X, id="odd-spacing"),
    pytest.param("store x,y in a", _STORE_XY, id="comma-without-space"),
    pytest.param("store x ,y in a", _STORE_XY, id="comma-behind-space"),
    pytest.param("store x,\n  y\n  in a", _STORE_XY, id="several-lines"),
    pytest.param("store x in'b'", _store("x", "b", module=None), id="quote-without-space"),
    pytest.param("store x in a # the first", _STORE_X, id="comment"),
    pytest.param("store x in a # it's open", _STORE_X, id="comment-with-quote"),
    pytest.param("del 'a/x'# gone", Command(Verb.DEL, (Target("a/x"),)), id="comment-behind-quote"),
    pytest.param("store x in a;", _STORE_X, id="semicolon"),
    pytest.param("store x in a ;; ", _STORE_X, id="semicolons-apart"),
    pytest.param("store x in a; # quiet", _STORE_X, id="semicolon-and-comment"),
    pytest.param("store x in a # loud;", _STORE_X, id="semicolon-inside-comment"),
    pytest.param("del 'a;';", Command(Verb.DEL, (Target("a;"),)), id="semicolon-inside-quote"),
    pytest.param("del '#1, in'", Command(Verb.DEL, (Target("#1, in"),)), id="everything-inside-quote"),
    pytest.param("store x in a#b", _store("x", "a#b/x", module="a#b"), id="hash-inside-word"),
    pytest.param("store x in a/b", _store("x", "a/b/x", module="a/b"), id="nested-module"),
    pytest.param("store x in a.b.c", _store("x", "a/b/c/x", module="a/b/c"), id="dotted-module"),
    pytest.param("store x in ./in", _store("x", "in/x", module="in"), id="module-called-as-a-keyword"),
    pytest.param("store x in store", _store("x", "store/x", module="store"), id="module-called-as-a-lead"),
    pytest.param("store list in a", _store("list", "a/list", module="a"), id="variable-called-as-a-lead"),
    pytest.param("store _é1 in a", _store("_é1", "a/_é1", module="a"), id="unicode-variable"),
    pytest.param("store \ufb01 in a", _store("fi", "a/fi", module="a"), id="variable-as-python-spells-it"),
    pytest.param(
        "import 'cafe\u0301' as x", _import("caf\u00e9", "x", module=None), id="decomposed-path-becomes-composed"
    ),
]

_WRITE_STORE = "; write: %vault store VAR[, VAR...] in MODULE [with FUNC] [as NAME]"
_WRITE_STORE_FILE = "; write: %vault store VAR in 'path' [with FUNC]"
_WRITE_IMPORT = "; write: %vault import VAR[, VAR...] from MODULE [with FUNC] [as NAME]"
_WRITE_FROM = "; write: %vault from MODULE import VAR[, VAR...] [with FUNC] [as NAME]"
_WRITE_IMPORT_FILE = "; write: %vault import 'path' as NAME [with FUNC]"
_WRITE_IMPORT_MODULE = "; write: %vault import MODULE [as NAME]"
_WRITE_ASSERT = "; write: %vault assert VAR in MODULE is HASH [with CRC32|SHA256]"
_WRITE_ASSERT_FILE = "; write: %vault assert 'path' is HASH [with CRC32|SHA256]"
_WRITE_DEL = "; write: %vault del VAR from MODULE"
_START = "start with one of: store, import, from, del, assert, list, log, status, seal"
_NAME_IT = "; give it a name first: f = ..."
_NAME_EACH = "is refused; name each variable, so that a reader sees where it came from"
_EXPANSION = "it contains '{', '}' or '$', so an expansion failed; define the variable it names"

_REFUSED_FUNCTIONS = [
    pytest.param("lambda x: x.to_csv()", "lambda x: x.to_csv()", id="lambda"),
    pytest.param("lambda x: 1 in x", "lambda x: 1 in x", id="lambda-with-a-keyword"),
    pytest.param("lambda x: x if x is x else x as y", "lambda x: x if x is x else x as y", id="lambda-with-many"),
    pytest.param("lambda", "lambda", id="lambda-alone"),
    pytest.param("'f'", "'f'", id="quoted"),
    pytest.param("\"f\" 'g'", "'f' 'g'", id="quoted-twice"),
    pytest.param("f()", "f()", id="call"),
    pytest.param("f(1,2)", "f(1, 2)", id="call-with-arguments"),
    pytest.param("f(sep='x')", "f(sep= 'x' )", id="call-with-text"),
    pytest.param("f[0]", "f[0]", id="item"),
    pytest.param("f.g()", "f.g()", id="call-of-an-attribute"),
    pytest.param("f g", "f g", id="two-words"),
    pytest.param("f, g", "f, g", id="two-functions"),
    pytest.param("for", "for", id="keyword"),
    pytest.param("f.for", "f.for", id="dotted-keyword"),
    pytest.param("None", "None", id="none"),
    pytest.param("f.", "f.", id="dot-at-the-end"),
    pytest.param(".f", ".f", id="dot-first"),
    pytest.param("f..g", "f..g", id="two-dots"),
    pytest.param("f.$g", "f.$g", id="dollar-inside"),
    pytest.param("1f", "1f", id="digit-first"),
    pytest.param("f-g", "f-g", id="hyphen"),
    pytest.param("a/f", "a/f", id="path"),
]


@pytest.mark.parametrize(("function", "shown"), _REFUSED_FUNCTIONS)
@pytest.mark.parametrize("start", ["store x in a", "store x in 'a'", "import x from a", "from a import x"])
def test_function_without_a_name_is_refused(start: str, function: str, shown: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_command(f"{start} with {function}")
    assert str(caught.value) == f"'with' takes the name of a function, not: {shown}{_NAME_IT}"


_REFUSED = [
    pytest.param("", f"nothing to do; {_START}", id="nothing"),
    pytest.param("# note", f"nothing to do; {_START}", id="only-comment"),
    pytest.param(";", f"nothing to do; {_START}", id="only-semicolon"),
    pytest.param("stroe x in a", f"'stroe' is not a command{_WRITE_STORE}", id="misspelt"),
    pytest.param("Store x in a", f"'Store' is not a command{_WRITE_STORE}", id="capitals"),
    pytest.param("'store' x in a", f"'store' is not a command{_WRITE_STORE}", id="quoted-lead"),
    pytest.param("x", f"'x' is not a command; {_START}", id="variable-alone"),
    pytest.param("help", f"'help' is not a command; {_START}", id="word-like-none"),
    pytest.param("write x in a", f"'write' is not a command; {_START}", id="other-word-like-none"),
    pytest.param("'a/x'", f"'a/x' is not a command; {_START}", id="path-alone"),
    pytest.param("save x in a", f"'save' is not a command{_WRITE_STORE}", id="save"),
    pytest.param("put x in 'a'", f"'put' is not a command{_WRITE_STORE_FILE}", id="put"),
    pytest.param("load x from a", f"'load' is not a command{_WRITE_IMPORT}", id="load"),
    pytest.param("lode x from a", f"'lode' is not a command{_WRITE_IMPORT}", id="load-misspelt"),
    pytest.param("get a", f"'get' is not a command{_WRITE_IMPORT_MODULE}", id="get"),
    pytest.param("delete x from a", f"'delete' is not a command{_WRITE_DEL}", id="delete"),
    pytest.param("rm 'a/x'", "'rm' is not a command; write: %vault del 'path'", id="rm"),
    pytest.param("check x in a is 6DE33062", f"'check' is not a command{_WRITE_ASSERT}", id="check"),
    pytest.param("show", "'show' is not a command; write: %vault list", id="show"),
    pytest.param("history", "'history' is not a command; write: %vault log", id="history"),
    pytest.param("logs", "'logs' is not a command; write: %vault log", id="log-in-the-plural"),
    pytest.param("statsu", "'statsu' is not a command; write: %vault status", id="status-misspelt"),
    pytest.param("SEAL", "'SEAL' is not a command; write: %vault seal", id="seal-in-capitals"),
    pytest.param("store", f"'in' is missing{_WRITE_STORE}", id="lead-alone"),
    pytest.param("store x", f"'in' is missing{_WRITE_STORE}", id="store-without-module"),
    pytest.param(
        "store in a", f"'store' is followed by nothing where VAR[, VAR...] belongs{_WRITE_STORE}", id="no-name"
    ),
    pytest.param("store x in", f"'in' is followed by nothing where MODULE belongs{_WRITE_STORE}", id="no-module"),
    pytest.param("store x in a b", f"'in' is followed by a b where MODULE belongs{_WRITE_STORE}", id="two-modules"),
    pytest.param("store x in a,b", f"'in' is followed by a, b where MODULE belongs{_WRITE_STORE}", id="module-list"),
    pytest.param(
        "store x in a; y = 1", f"'in' is followed by a ; y = 1 where MODULE belongs{_WRITE_STORE}", id="code-behind"
    ),
    pytest.param("store x in a as", f"'as' is followed by nothing where NAME belongs{_WRITE_STORE}", id="no-alias"),
    pytest.param(
        "store x in a as y, z", f"'as' is followed by y, z where NAME belongs{_WRITE_STORE}", id="two-aliases"
    ),
    pytest.param("store x in a as 'y'", f"'as' is followed by 'y' where NAME belongs{_WRITE_STORE}", id="quoted-alias"),
    pytest.param(
        "store 'x' in a",
        f"'store' is followed by 'x' where VAR[, VAR...] belongs{_WRITE_STORE}",
        id="quoted-variable",
    ),
    pytest.param(
        "store x, y in 'a'",
        f"'store' is followed by x, y where VAR belongs{_WRITE_STORE_FILE}",
        id="several-in-one-file",
    ),
    pytest.param("store x in 'a' as y", f"'store' takes no 'as' here{_WRITE_STORE_FILE}", id="file-with-alias"),
    pytest.param(
        "store x in 'a' with f as y",
        f"'store' takes no 'as' here{_WRITE_STORE_FILE}",
        id="file-with-function-and-alias",
    ),
    pytest.param(
        "store x in 'a' 'b'", f"'in' is followed by 'a' 'b' where 'path' belongs{_WRITE_STORE_FILE}", id="two-files"
    ),
    pytest.param("store x from a", f"'store' takes no 'from' here{_WRITE_STORE}", id="store-from"),
    pytest.param("store x in a is 6DE33062", f"'store' takes no 'is' here{_WRITE_STORE}", id="store-is"),
    pytest.param("store x in a in b", f"'in' stands there twice{_WRITE_STORE}", id="clause-twice"),
    pytest.param("store x in a as y as z", f"'as' stands there twice{_WRITE_STORE}", id="alias-twice"),
    pytest.param("import x from a import y", f"'import' stands there twice{_WRITE_IMPORT}", id="lead-twice"),
    pytest.param("store x, y in a as z", "'as z' gives one name to 2 variables; take them one by one", id="alias-of-2"),
    pytest.param(
        "from a import x, y, w as z", "'as z' gives one name to 3 variables; take them one by one", id="alias-of-3"
    ),
    pytest.param("store x, x in a", "a variable is named twice: x, x", id="name-twice"),
    pytest.param("store \ufb01, fi in a", "a variable is named twice: \ufb01, fi", id="name-twice-in-two-spellings"),
    pytest.param("store x y in a", "separate variables by single commas, not as in: x y", id="no-comma"),
    pytest.param("store x,, y in a", "separate variables by single commas, not as in: x,, y", id="two-commas"),
    pytest.param("store x, in a", "separate variables by single commas, not as in: x,", id="comma-at-the-end"),
    pytest.param("store , in a", "',' is not a variable name; assign the value to a variable first", id="comma-only"),
    pytest.param(
        "store 1x in a", "'1x' is not a variable name; assign the value to a variable first", id="digit-first"
    ),
    pytest.param(
        "store df.x in a", "'df.x' is not a variable name; assign the value to a variable first", id="attribute"
    ),
    pytest.param(
        "store class in a", "'class' is not a variable name; assign the value to a variable first", id="keyword"
    ),
    pytest.param(
        "store \uff49\uff46 in a",
        "'\uff49\uff46' is not a variable name; assign the value to a variable first",
        id="keyword-in-wide-letters",
    ),
    pytest.param(
        "import x from a as 1",
        "'1' is not a variable name; assign the value to a variable first",
        id="alias-that-is-no-name",
    ),
    pytest.param(
        "import", f"'import' is followed by nothing where MODULE belongs{_WRITE_IMPORT_MODULE}", id="import-alone"
    ),
    pytest.param("import x, y", f"'from' is missing{_WRITE_IMPORT}", id="import-without-module"),
    pytest.param("import x y", f"'from' is missing{_WRITE_IMPORT}", id="import-two-words"),
    pytest.param("import x in a", f"'import' takes no 'in' here{_WRITE_IMPORT}", id="import-in"),
    pytest.param(
        "import x from a, b", f"'from' is followed by a, b where MODULE belongs{_WRITE_IMPORT}", id="from-two-modules"
    ),
    pytest.param(
        "import x from 'a'", f"'from' is followed by 'a' where MODULE belongs{_WRITE_IMPORT}", id="import-from-file"
    ),
    pytest.param("import 'a/x'", f"'as' is missing{_WRITE_IMPORT_FILE}", id="file-without-alias"),
    pytest.param("import 'a/x' with f", f"'as' is missing{_WRITE_IMPORT_FILE}", id="file-with-function-without-alias"),
    pytest.param(
        "import 'a' as x, y", f"'as' is followed by x, y where NAME belongs{_WRITE_IMPORT_FILE}", id="file-two-aliases"
    ),
    pytest.param("import a with f", f"'from' is missing{_WRITE_IMPORT}", id="module-with-function"),
    pytest.param("import a as b with f", f"'from' is missing{_WRITE_IMPORT}", id="module-with-function-and-alias"),
    pytest.param(
        "import a as b, c",
        f"'as' is followed by b, c where NAME belongs{_WRITE_IMPORT_MODULE}",
        id="module-two-aliases",
    ),
    pytest.param("import a as b as c", f"'as' stands there twice{_WRITE_IMPORT_MODULE}", id="module-alias-twice"),
    pytest.param(
        "import a as 1",
        "'1' is not a variable name; assign the value to a variable first",
        id="module-alias-that-is-no-name",
    ),
    pytest.param(
        "import 2026", "'2026' cannot be the name of a variable; write: %vault import 2026 as NAME", id="module-number"
    ),
    pytest.param(
        "import my-data/x",
        "'my-data' cannot be the name of a variable; write: %vault import my-data/x as NAME",
        id="module-with-hyphen",
    ),
    pytest.param(
        "import class.x",
        "'class' cannot be the name of a variable; write: %vault import class/x as NAME",
        id="module-keyword",
    ),
    pytest.param(
        "import .a", "'.a' cannot be the name of a variable; write: %vault import .a as NAME", id="hidden-module"
    ),
    pytest.param("import *", f"'*' {_NAME_EACH}", id="star-alone"),
    pytest.param("import a* as b", f"'a*' {_NAME_EACH}", id="module-wildcard"),
    pytest.param("import $a", f"the path '$a' is refused: {_EXPANSION}", id="module-dollar"),
    pytest.param("import ../a", "the path '../a' is refused: it contains '..'", id="module-above"),
    pytest.param(
        "import a/", "the path 'a/' is refused: it ends with '/'; name the object, not the folder", id="module-slash"
    ),
    pytest.param(
        "import .vault",
        "the path '.vault' is refused: the folder '.vault' belongs to the vault itself",
        id="module-reserved",
    ),
    pytest.param("import * from a", f"'*' {_NAME_EACH}", id="star"),
    pytest.param("from a import *", f"'*' {_NAME_EACH}", id="from-star"),
    pytest.param("import x, y* from a", f"'y*' {_NAME_EACH}", id="wildcard"),
    pytest.param("import x? from a", f"'x?' {_NAME_EACH}", id="question-mark"),
    pytest.param("from a", f"'import' is missing{_WRITE_FROM}", id="from-without-import"),
    pytest.param("from 'a' import x", f"'from' is followed by 'a' where MODULE belongs{_WRITE_FROM}", id="from-file"),
    pytest.param("store x in a with $f", "'$f' was not expanded; define the variable it names", id="dollar-function"),
    pytest.param("store x in a with {f}", "'{f}' was not expanded; define the variable it names", id="braces-function"),
    pytest.param(
        "store x in a with {f} g", "'{f} g' was not expanded; define the variable it names", id="braces-and-more"
    ),
    pytest.param(
        "store x in a with", f"'with' is followed by nothing where FUNC belongs{_WRITE_STORE}", id="no-function"
    ),
    pytest.param("store x in a with f with g", f"'with' stands there twice{_WRITE_STORE}", id="function-twice"),
    pytest.param(
        "store with f in a", f"'store' is followed by nothing where VAR[, VAR...] belongs{_WRITE_STORE}", id="only-with"
    ),
    pytest.param("store x with f", f"'in' is missing{_WRITE_STORE}", id="store-with-without-module"),
    pytest.param(
        "store x, y in a with f as z",
        "'as z' gives one name to 2 variables; take them one by one",
        id="alias-of-2-with-function",
    ),
    pytest.param("store $x in a", "'$x' was not expanded; define the variable it names", id="dollar-variable"),
    pytest.param("store {x} in a", "'{x}' was not expanded; define the variable it names", id="braces-variable"),
    pytest.param("store x in $a", f"the path '$a' is refused: {_EXPANSION}", id="dollar-module"),
    pytest.param("store x in '{a}/b'", f"the path '{{a}}/b' is refused: {_EXPANSION}", id="braces-path"),
    pytest.param("del x", f"'from' is missing{_WRITE_DEL}", id="del-name"),
    pytest.param("del x from a with f", f"'del' takes no 'with' here{_WRITE_DEL}", id="del-with-function"),
    pytest.param("del 'a' with f", "'del' takes no 'with' here; write: %vault del 'path'", id="del-file-with-function"),
    pytest.param("del x, y from a", f"'del' is followed by x, y where VAR belongs{_WRITE_DEL}", id="del-several"),
    pytest.param("del x from a as y", f"'del' takes no 'as' here{_WRITE_DEL}", id="del-with-alias"),
    pytest.param("assert x in a", f"'is' is missing{_WRITE_ASSERT}", id="assert-without-hash"),
    pytest.param(
        "assert x in a is 6DE33062 as y", f"'assert' takes no 'as' here{_WRITE_ASSERT}", id="assert-with-alias"
    ),
    pytest.param(
        "assert 'a' is 6DE33062 in b", f"'assert' takes no 'in' here{_WRITE_ASSERT_FILE}", id="assert-file-in-module"
    ),
    pytest.param(
        "assert x in a is 6DE33062 with f", "'f' is not a digest; write CRC32 or SHA256", id="assert-with-function"
    ),
    pytest.param(
        "assert x in a is '6DE33062'",
        f"'is' is followed by '6DE33062' where HASH belongs{_WRITE_ASSERT}",
        id="quoted-hash",
    ),
    pytest.param(
        "assert x in a is 6DE3306",
        "'6DE3306' is neither a CRC32 (8 hexadecimal digits) nor a SHA-256 (64)",
        id="short-hash",
    ),
    pytest.param(
        "assert x in a is 6DE3306G",
        "'6DE3306G' is neither a CRC32 (8 hexadecimal digits) nor a SHA-256 (64)",
        id="hash-with-another-letter",
    ),
    pytest.param(
        f"assert x in a is {_SHA256}0",
        f"'{_SHA256}0' is neither a CRC32 (8 hexadecimal digits) nor a SHA-256 (64)",
        id="long-hash",
    ),
    pytest.param(
        "assert x in a is 6DE33062 with MD5", "'MD5' is not a digest; write CRC32 or SHA256", id="other-digest"
    ),
    pytest.param(
        "assert x in a is 6DE33062 with SHA256",
        "'6DE33062' has 8 digits, so it is a CRC32, not a SHA256",
        id="digest-of-another-length",
    ),
    pytest.param(
        "list a b", "'list' is followed by a b where MODULE belongs; write: %vault list MODULE", id="list-two-modules"
    ),
    pytest.param(
        "list 'a'", "'list' is followed by 'a' where MODULE belongs; write: %vault list MODULE", id="list-file"
    ),
    pytest.param("list a as b", "'list' takes no 'as' here; write: %vault list MODULE", id="list-with-alias"),
    pytest.param("log a", "'log' is followed by a where nothing belongs; write: %vault log", id="log-of-a-module"),
    pytest.param(
        "status 'a'", "'status' is followed by 'a' where nothing belongs; write: %vault status", id="status-of-a-file"
    ),
    pytest.param("seal in a", "'seal' takes no 'in' here; write: %vault seal", id="seal-in-a-module"),
    pytest.param("seal as x", "'seal' takes no 'as' here; write: %vault seal", id="seal-with-alias"),
    pytest.param("list from a", "'list' takes no 'from' here; write: %vault list", id="list-from"),
    pytest.param("store x in 'a", f"the quote in 'a is not closed{_WRITE_STORE_FILE}", id="open-quote"),
    pytest.param(
        "import \"a' as x",
        f"the quote in \"a' as x is not closed{_WRITE_IMPORT_FILE}",
        id="mixed-quotes",
    ),
    pytest.param("store x in ''", "the path is empty; name an object such as 'datasets/salaries'", id="empty-path"),
    pytest.param("store x in ../a", "the path '../a' is refused: it contains '..'", id="parent-module"),
    pytest.param("del 'a/../b'", "the path 'a/../b' is refused: it contains '..'", id="parent-path"),
    pytest.param(
        "store x in .vault",
        "the path '.vault' is refused: the folder '.vault' belongs to the vault itself",
        id="reserved-module",
    ),
    pytest.param(
        "list /a",
        "the path '/a' is refused: it is absolute; paths start inside the archive, without '/'",
        id="absolute",
    ),
]


@pytest.mark.parametrize(("typed", "command"), _ACCEPTED)
def test_command_is_understood(typed: str, command: Command) -> None:
    assert parse_command(typed) == command


@pytest.mark.parametrize(("typed", "message"), _REFUSED)
def test_command_is_refused_in_these_words(typed: str, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_command(typed)
    assert str(caught.value) == message


@pytest.mark.parametrize(("typed", "command"), _ACCEPTED)
def test_rendered_command_is_read_as_the_same(typed: str, command: Command) -> None:
    assert parse_command(render_command(command)) == command


@pytest.mark.parametrize(
    ("typed", "rendered"),
    [
        pytest.param("from  a.b import x,y", "import x, y from a/b", id="from-becomes-import"),
        pytest.param("import x as z from a;", "import x from a as z", id="alias-goes-last"),
        pytest.param("store x as y in a", "store x in a as y", id="store-alias-goes-last"),
        pytest.param("store x as x in a", "store x in a", id="alias-that-changes-nothing-goes"),
        pytest.param('store x in "b"', "store x in 'b'", id="single-quotes"),
        pytest.param('del "it\'s"', 'del "it\'s"', id="double-quotes-where-needed"),
        pytest.param("import 'a/x' as x", "import 'a/x' as x", id="alias-of-a-file-stays"),
        pytest.param("assert x with crc32 is 6de33062 in a", "assert x in a is 6DE33062", id="length-tells-digest"),
        pytest.param("store x in ./in", "store x in ./in", id="module-called-as-a-keyword"),
        pytest.param("list ./#1", "list ./#1", id="module-that-looks-like-a-comment"),
        pytest.param("list", "list", id="list"),
        pytest.param("store x as y with f in a", "store x in a with f as y", id="function-before-alias"),
        pytest.param("store x with f in 'b'", "store x in 'b' with f", id="function-behind-file"),
        pytest.param("from a with f import x, y", "import x, y from a with f", id="function-behind-module"),
        pytest.param("import 'b' as x with f", "import 'b' with f as x", id="alias-of-a-file-goes-last"),
        pytest.param("import a.b", "import a/b", id="module"),
        pytest.param("import a.b as c", "import a/b as c", id="module-with-alias"),
        pytest.param("import ./in as c", "import ./in as c", id="whole-module-called-as-a-keyword"),
        pytest.param(" seal; # now", "seal", id="word"),
    ],
)
def test_rendered_command_has_one_spelling(typed: str, rendered: str) -> None:
    assert render_command(parse_command(typed)) == rendered


def test_refused_path_is_a_path_error() -> None:
    with pytest.raises(PathError):
        parse_command("store x in '..'")


_WORDS = st.sampled_from(["x", "y1", "_z", "é", "list", "store", "CRC32", "df"])
_NAMES = st.lists(_WORDS, min_size=1, max_size=3, unique=True)
_MODULES = st.lists(st.sampled_from(["a", "b-c", "in", ".d", "#1", "ż", "from"]), min_size=1, max_size=3).map("/".join)
_PATHS = st.lists(st.text("ab.'# ,;é", min_size=1, max_size=4), min_size=1, max_size=3).map("/".join)
_DIGESTS = st.one_of(
    st.builds(Expectation, st.just(Algorithm.CRC32), st.text("0123456789ABCDEF", min_size=8, max_size=8)),
    st.builds(Expectation, st.just(Algorithm.SHA256), st.text("0123456789abcdef", min_size=64, max_size=64)),
)
_FILES = _PATHS.filter(lambda path: not {"", ".", ".."}.intersection(path.split("/")))


_FUNCTIONS = st.lists(st.sampled_from(["f", "to_csv", "é", "store", "CRC32"]), min_size=1, max_size=3).map(".".join)
_ALONE = {
    Verb.LIST: st.builds(Command, st.just(Verb.LIST), module=st.none() | _MODULES),
    **{verb: st.just(Command(verb)) for verb in (Verb.LOG, Verb.STATUS, Verb.SEAL)},
}
_WHOLE_MODULES = st.builds(Command, st.just(Verb.IMPORT), module=_MODULES, name=_WORDS) | st.builds(
    Command, st.just(Verb.IMPORT), module=_MODULES.map(lambda module: f"é/{module}")
)


@st.composite
def _commands(draw: st.DrawFn) -> Command:
    verb = draw(st.sampled_from(Verb))
    if verb in _ALONE:
        return draw(_ALONE[verb])
    if verb is Verb.IMPORT and draw(st.booleans()):
        return draw(_WHOLE_MODULES)
    module = draw(st.none() | _MODULES)
    several = module is not None and verb in (Verb.STORE, Verb.IMPORT)
    names = draw(_NAMES) if several else [draw(_WORDS)]
    paths = [f"{module}/{name}" for name in names] if module else [draw(_FILES)]
    if len(names) == 1 and several:
        names = [draw(_WORDS)]
    bound = verb in (Verb.STORE, Verb.IMPORT)
    targets = tuple(Target(path, name if bound else None) for path, name in zip(paths, names, strict=True))
    expected = draw(_DIGESTS) if verb is Verb.ASSERT else None
    return Command(verb, targets, module, expected, draw(st.none() | _FUNCTIONS) if bound else None)


@given(_commands())
def test_any_command_is_read_back_from_its_text(command: Command) -> None:
    assert parse_command(render_command(command)) == command


_KEYWORDS = sorted({word for form in FORMS for word in form.keywords})
_PIECES = [
    *_KEYWORDS,
    "x",
    "a.b",
    "'p'",
    '"',
    "'",
    ",",
    ";",
    "#",
    "*",
    "6DE33062",
    "$v",
    "/",
    ".",
    "CRC32",
    "f.g",
    "lambda",
]


@given(st.text() | st.lists(st.sampled_from(_PIECES)).map(" ".join))
def test_any_text_is_a_command_or_a_command_error(text: str) -> None:
    try:
        command = parse_command(text)
    except CommandError:
        return
    assert parse_command(render_command(command)) == command
