"""Tests of the command language: what is accepted and as what, what is refused and in which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import CommandError, PathError
from vault_magic.forms import FORMS, Verb
from vault_magic.grammar import Algorithm, Command, Expectation, Target, parse_command, render_command

_SHA256 = "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c"
_CRC32 = Expectation(Algorithm.CRC32, "6DE33062")


def _store(variable: str, path: str, *, module: str | None) -> Command:
    return Command(Verb.STORE, (Target(path, variable),), module)


def _import(path: str, variable: str, *, module: str | None) -> Command:
    return Command(Verb.IMPORT, (Target(path, variable),), module)


def _assert(expected: Expectation, *, module: str | None = "a") -> Command:
    return Command(Verb.ASSERT, (Target("a/x"),), module, expected)


_STORE_X = _store("x", "a/x", module="a")
_STORE_XY = Command(Verb.STORE, (Target("a/x", "x"), Target("a/y", "y")), "a")
_STORE_AS = _store("x", "a/y", module="a")
_IMPORT_X = _import("a/x", "x", module="a")
_IMPORT_YX = Command(Verb.IMPORT, (Target("a/y", "y"), Target("a/x", "x")), "a")
_IMPORT_AS = _import("a/x", "z", module="a")

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

_WRITE_STORE = "; write: %vault store VAR[, VAR...] in MODULE [as NAME]"
_WRITE_IMPORT = "; write: %vault import VAR[, VAR...] from MODULE [as NAME]"
_WRITE_FROM = "; write: %vault from MODULE import VAR[, VAR...] [as NAME]"
_WRITE_ASSERT = "; write: %vault assert VAR in MODULE is HASH [with CRC32|SHA256]"
_NAME_EACH = "is refused; name each variable, so that a reader sees where it came from"
_EXPANSION = "it contains '{', '}' or '$', so an expansion failed; define the variable it names"

_REFUSED = [
    pytest.param("", "nothing to do; start with one of: store, import, from, del, assert, list", id="nothing"),
    pytest.param(
        "# note", "nothing to do; start with one of: store, import, from, del, assert, list", id="only-comment"
    ),
    pytest.param(";", "nothing to do; start with one of: store, import, from, del, assert, list", id="only-semicolon"),
    pytest.param("stroe x in a", f"'stroe' is not a command{_WRITE_STORE}", id="misspelt"),
    pytest.param("Store x in a", f"'Store' is not a command{_WRITE_STORE}", id="capitals"),
    pytest.param("'store' x in a", "'store' is not a command; write: %vault store VAR in 'path'", id="quoted-lead"),
    pytest.param("x", "'x' is not a command; write: %vault list", id="variable-alone"),
    pytest.param("store", f"'in' is missing{_WRITE_STORE}", id="lead-alone"),
    pytest.param("store x", f"'in' is missing{_WRITE_STORE}", id="store-without-module"),
    pytest.param(
        "store in a", f"'store' is followed by nothing where VAR[, VAR...] belongs{_WRITE_STORE}", id="no-name"
    ),
    pytest.param("store x in", f"'in' is followed by nothing where MODULE belongs{_WRITE_STORE}", id="no-module"),
    pytest.param("store x in a b", f"'in' is followed by a b where MODULE belongs{_WRITE_STORE}", id="two-modules"),
    pytest.param("store x in a,b", f"'in' is followed by a , b where MODULE belongs{_WRITE_STORE}", id="module-list"),
    pytest.param(
        "store x in a; y = 1", f"'in' is followed by a ; y = 1 where MODULE belongs{_WRITE_STORE}", id="code-behind"
    ),
    pytest.param("store x in a as", f"'as' is followed by nothing where NAME belongs{_WRITE_STORE}", id="no-alias"),
    pytest.param(
        "store x in a as y, z", f"'as' is followed by y , z where NAME belongs{_WRITE_STORE}", id="two-aliases"
    ),
    pytest.param("store x in a as 'y'", f"'as' is followed by 'y' where NAME belongs{_WRITE_STORE}", id="quoted-alias"),
    pytest.param(
        "store 'x' in a",
        f"'store' is followed by 'x' where VAR[, VAR...] belongs{_WRITE_STORE}",
        id="quoted-variable",
    ),
    pytest.param(
        "store x, y in 'a'", f"'in' is followed by 'a' where MODULE belongs{_WRITE_STORE}", id="several-in-one-file"
    ),
    pytest.param(
        "store x in 'a' as y", "'store' takes no 'as' here; write: %vault store VAR in 'path'", id="file-with-alias"
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
    pytest.param("store x, x in a", "a variable is named twice: x , x", id="name-twice"),
    pytest.param("store \ufb01, fi in a", "a variable is named twice: \ufb01 , fi", id="name-twice-in-two-spellings"),
    pytest.param("store x y in a", "separate variables by single commas, not as in: x y", id="no-comma"),
    pytest.param("store x,, y in a", "separate variables by single commas, not as in: x , , y", id="two-commas"),
    pytest.param("store x, in a", "separate variables by single commas, not as in: x ,", id="comma-at-the-end"),
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
    pytest.param("import", f"'from' is missing{_WRITE_IMPORT}", id="import-alone"),
    pytest.param("import x", f"'from' is missing{_WRITE_IMPORT}", id="import-without-module"),
    pytest.param("import 'a/x'", "'as' is missing; write: %vault import 'path' as NAME", id="file-without-alias"),
    pytest.param("import * from a", f"'*' {_NAME_EACH}", id="star"),
    pytest.param("from a import *", f"'*' {_NAME_EACH}", id="from-star"),
    pytest.param("import x, y* from a", f"'y*' {_NAME_EACH}", id="wildcard"),
    pytest.param("import x? from a", f"'x?' {_NAME_EACH}", id="question-mark"),
    pytest.param("from a", f"'import' is missing{_WRITE_FROM}", id="from-without-import"),
    pytest.param("from 'a' import x", f"'from' is followed by 'a' where MODULE belongs{_WRITE_FROM}", id="from-file"),
    pytest.param("store $x in a", "'$x' was not expanded; define the variable it names", id="dollar-variable"),
    pytest.param("store {x} in a", "'{x}' was not expanded; define the variable it names", id="braces-variable"),
    pytest.param("store x in $a", f"the path '$a' is refused: {_EXPANSION}", id="dollar-module"),
    pytest.param("store x in '{a}/b'", f"the path '{{a}}/b' is refused: {_EXPANSION}", id="braces-path"),
    pytest.param("del x", "'del' is followed by x where 'path' belongs; write: %vault del 'path'", id="del-name"),
    pytest.param(
        "del x, y from a",
        "'del' is followed by x , y where VAR belongs; write: %vault del VAR from MODULE",
        id="del-several",
    ),
    pytest.param(
        "del x from a as y", "'del' takes no 'as' here; write: %vault del VAR from MODULE", id="del-with-alias"
    ),
    pytest.param("assert x in a", f"'is' is missing{_WRITE_ASSERT}", id="assert-without-hash"),
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
        "list a b", "'list' is followed by a b where nothing belongs; write: %vault list", id="list-two-modules"
    ),
    pytest.param("list from a", "'list' takes no 'from' here; write: %vault list", id="list-from"),
    pytest.param("store x in 'a", "the quote in 'a is not closed; write: %vault store VAR in 'path'", id="open-quote"),
    pytest.param(
        "import \"a' as x",
        "the quote in \"a' as x is not closed; write: %vault import 'path' as NAME",
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


@st.composite
def _commands(draw: st.DrawFn) -> Command:
    verb = draw(st.sampled_from(Verb))
    module = draw(st.none() | _MODULES)
    if verb is Verb.LIST:
        return Command(verb, module=module)
    several = module is not None and verb in (Verb.STORE, Verb.IMPORT)
    names = draw(_NAMES) if several else [draw(_WORDS)]
    paths = [f"{module}/{name}" for name in names] if module else [draw(_FILES)]
    if len(names) == 1 and several:
        names = [draw(_WORDS)]
    bound = verb in (Verb.STORE, Verb.IMPORT)
    targets = tuple(Target(path, name if bound else None) for path, name in zip(paths, names, strict=True))
    return Command(verb, targets, module, draw(_DIGESTS) if verb is Verb.ASSERT else None)


@given(_commands())
def test_any_command_is_read_back_from_its_text(command: Command) -> None:
    assert parse_command(render_command(command)) == command


_KEYWORDS = sorted({word for form in FORMS for word in form.keywords})
_PIECES = [*_KEYWORDS, "x", "a.b", "'p'", '"', "'", ",", ";", "#", "*", "6DE33062", "$v", "/", ".", "CRC32"]


@given(st.text() | st.lists(st.sampled_from(_PIECES)).map(" ".join))
def test_any_text_is_a_command_or_a_command_error(text: str) -> None:
    try:
        command = parse_command(text)
    except CommandError:
        return
    assert parse_command(render_command(command)) == command
