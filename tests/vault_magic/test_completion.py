"""Tests of what is suggested behind `%vault` and `%open_vault`; `|` is the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.completion.commands import Facts, complete
from vault_magic.completion.continuation import find_continuation
from vault_magic.completion.options import complete_options
from vault_magic.completion.suggestion import LIMIT, Kind
from vault_magic.errors import VaultError
from vault_magic.forms import FORMS, LEADS, Form, Slot
from vault_magic.grammar import parse_command
from vault_magic.identity import Identity
from vault_magic.options import OPTIONS

_SHA256 = "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c"
_SALARIES = Identity(crc32="6DE33062", sha256=_SHA256)
_OTHER = Identity(crc32="00C0FFEE")
_ATTRIBUTES = {"pd": ("read_csv", "read_parquet"), "pd.DataFrame": ("to_csv",)}

_FACTS = Facts(
    variables=("cities", "salaries"),
    functions=("clean", "cleanse"),
    modules=("json", "pd"),
    objects={
        "data/deep/rates": _OTHER,
        "data/my file.csv": _OTHER,
        "data/salaries": _SALARIES,
        "it's": _OTHER,
        "raw/cities": _OTHER,
        "raw/salaries": _OTHER,
    },
    environment=("HOME", "STORAGE_KEY"),
    find_attributes=lambda owner: _ATTRIBUTES.get(owner, ()),
    find_files=lambda typed: [one for one in ("data/", "my data/", "storage.zip") if one.startswith(typed)],
)
_QUOTED = ["'data/deep/rates'", "'data/my file.csv'", "'data/salaries'", '"it\'s"', "'raw/cities'", "'raw/salaries'"]
_HOLDING = ["data", "data/deep", "raw"]
_OBJECTS = ["cities", "rates", "salaries"]
_FUNCTIONS = ["clean", "cleanse", "json", "pd"]

_SUGGESTED = [
    pytest.param("|", [*LEADS], id="nothing-typed"),
    pytest.param("  |", [*LEADS], id="blanks"),
    pytest.param("s|", ["store", "status", "seal"], id="lead-begun"),
    pytest.param("ST|", ["store", "status"], id="lead-in-capitals"),
    pytest.param("store|", ["store"], id="lead-typed"),
    pytest.param("save|", [], id="lead-unknown"),
    pytest.param("save x |", [], id="behind-unknown-lead"),
    pytest.param("'|", [], id="quote-first"),
    pytest.param("store |", ["cities", "salaries"], id="store"),
    pytest.param("store sal|", ["salaries"], id="store-begun"),
    pytest.param("store SAL|", ["salaries"], id="store-in-capitals"),
    pytest.param("store cl|", ["clean", "cleanse"], id="store-function-where-nothing-else-fits"),
    pytest.param("store js|", ["json"], id="store-module-where-nothing-else-fits"),
    pytest.param("store nowhere|", [], id="store-unknown"),
    pytest.param("store salaries |", ["in", "with", "as"], id="store-name"),
    pytest.param("store salaries i|", ["in"], id="store-in-begun"),
    pytest.param("store salaries,|", ["cities"], id="store-comma"),
    pytest.param("store salaries, |", ["cities"], id="store-comma-blank"),
    pytest.param("store salaries , c|", ["cities"], id="store-comma-begun"),
    pytest.param("store salaries, cities |", ["in", "with"], id="store-several-have-no-alias"),
    pytest.param("store salaries cities |", [], id="store-comma-forgotten"),
    pytest.param("store a,, |", [], id="store-two-commas"),
    pytest.param("store {name} |", ["in", "with", "as"], id="store-expanded"),
    pytest.param("store 1x |", [], id="store-no-name"),
    pytest.param("store x in |", [*_HOLDING, *_QUOTED], id="store-in"),
    pytest.param("store x in ra|", ["raw", "'raw/cities'", "'raw/salaries'"], id="store-in-begun-plain"),
    pytest.param("store x in 'ra|", ["raw/cities", "raw/salaries"], id="store-in-quote"),
    pytest.param('store x in "|', [one.strip("'\"") for one in _QUOTED], id="store-in-double-quote"),
    pytest.param("store x in 'it|", [], id="path-that-would-end-the-quote"),
    pytest.param("store x in 'data/my f|", ["data/my file.csv"], id="blank-in-path"),
    pytest.param("store x, y in |", _HOLDING, id="store-several-have-no-path"),
    pytest.param("store x, y in '|", [], id="store-several-in-quote"),
    pytest.param("store x in data/d|", ["data/deep", "'data/deep/rates'"], id="nested-module"),
    pytest.param("store x in data.|", ["data.deep"], id="nested-module-with-dots"),
    pytest.param("store x in raw |", ["with", "as"], id="store-in-module"),
    pytest.param("store x in 'raw/x' |", ["with"], id="store-in-path"),
    pytest.param("store x in 'raw/x'|", [], id="right-behind-a-quote"),
    pytest.param("store x in raw as |", ["cities", "salaries"], id="store-as"),
    pytest.param("store x in raw as y |", ["with"], id="store-as-name"),
    pytest.param("store x as y |", ["in", "with"], id="store-as-before-in"),
    pytest.param("store x in raw as y with |", _FUNCTIONS, id="store-with"),
    pytest.param("store x in raw with f as y |", [], id="store-full"),
    pytest.param("store x in raw with clean|", ["clean", "cleanse"], id="with-begun"),
    pytest.param("store x in raw with pd.|", ["pd.read_csv", "pd.read_parquet"], id="with-dot"),
    pytest.param("store x in raw with pd.read_p|", ["pd.read_parquet"], id="with-dot-begun"),
    pytest.param("store x in raw with pd.DataFrame.|", ["pd.DataFrame.to_csv"], id="with-two-dots"),
    pytest.param("store x in raw with nowhere.|", [], id="with-unknown-owner"),
    pytest.param("store x in raw with lambda v: v in |", [], id="with-lambda"),
    pytest.param("store x in raw in |", [], id="keyword-twice"),
    pytest.param("store x from |", [], id="keyword-of-another-form"),
    pytest.param("store x in raw; |", [], id="behind-semicolon"),
    pytest.param("store x in raw # as |", [], id="in-comment"),
    pytest.param("store x # it's |", [], id="in-comment-with-quote"),
    pytest.param("store x |in raw", ["with", "as"], id="keyword-behind-cursor"),
    pytest.param("store | in raw", ["cities", "salaries"], id="store-before-keyword"),
    pytest.param("store x in 'ra|w/x' with f", ["raw/cities", "raw/salaries"], id="inside-closed-quote"),
    pytest.param("store x in ra| as y", ["raw"], id="alias-behind-cursor-wants-a-module"),
    pytest.param("store x with f as y i|", ["in"], id="store-in-last"),
    pytest.param("import |", [*_OBJECTS, *_QUOTED, *_HOLDING], id="import"),
    pytest.param("import r|", ["rates", "'raw/cities'", "'raw/salaries'", "raw"], id="import-begun"),
    pytest.param("import salaries |", ["from", "with", "as"], id="import-name"),
    pytest.param("import data/deep |", ["as"], id="import-nested-module"),
    pytest.param("import data/deep as |", ["deep"], id="import-module-as"),
    pytest.param("import salaries, |", ["cities"], id="import-comma-offers-what-lies-beside"),
    pytest.param("import rates from |", ["data/deep"], id="import-from-where-it-lies"),
    pytest.param("import nowhere from |", _HOLDING, id="import-unknown-from"),
    pytest.param("import sal| from raw", ["salaries"], id="import-before-from"),
    pytest.param("import | from data.deep", ["rates"], id="import-before-from-with-dots"),
    pytest.param("import salaries from raw |", ["with", "as"], id="import-from-module"),
    pytest.param("import salaries from raw as |", ["salaries"], id="import-from-module-as"),
    pytest.param("import raw as |", ["raw"], id="import-plain-module-as"),
    pytest.param("import 'raw/cities' |", ["as", "with"], id="import-path"),
    pytest.param("import 'raw/cities' as |", ["cities"], id="import-path-as"),
    pytest.param("import 'data/my file.csv' as |", [], id="import-path-that-is-no-name"),
    pytest.param("import 'raw/c|", ["raw/cities"], id="import-in-quote"),
    pytest.param("from |", _HOLDING, id="from"),
    pytest.param("from raw |", ["import", "with", "as"], id="from-module"),
    pytest.param("from raw im|port cities", ["import"], id="from-keyword-under-cursor"),
    pytest.param("from raw import |", ["cities", "salaries"], id="from-import"),
    pytest.param("from raw import cities, |", ["salaries"], id="from-import-comma"),
    pytest.param("from nowhere import |", [], id="from-unknown-import"),
    pytest.param("from raw as x import cities, |", [], id="alias-before-several"),
    pytest.param("from 'raw |", [], id="from-in-quote"),
    pytest.param("del |", [*_OBJECTS, *_QUOTED], id="del"),
    pytest.param("del cities |", ["from"], id="del-name"),
    pytest.param("del cities from |", ["raw"], id="del-from-where-it-lies"),
    pytest.param("del | from data/deep", ["rates"], id="del-before-from"),
    pytest.param("del 'raw/cities' |", [], id="del-path-is-full"),
    pytest.param("del a, |", [], id="del-takes-one"),
    pytest.param("assert |", [*_OBJECTS, *_QUOTED], id="assert"),
    pytest.param("assert salaries |", ["in", "is", "with"], id="assert-name"),
    pytest.param("assert salaries in data |", ["is", "with"], id="assert-in-module"),
    pytest.param("assert salaries in data is |", ["6DE33062"], id="assert-is"),
    pytest.param("assert salaries in data is 6de|", ["6DE33062"], id="assert-is-begun-in-lower-case"),
    pytest.param("assert 'data/salaries' is |", ["6DE33062"], id="assert-path-is"),
    pytest.param("assert salaries is |", ["6DE33062", "00C0FFEE"], id="assert-is-before-in"),
    pytest.param("assert salaries is | in data", ["6DE33062"], id="assert-is-module-behind-cursor"),
    pytest.param("assert salaries with SHA-256 in data is |", [_SHA256], id="assert-long"),
    pytest.param("assert cities with sha256 in raw is |", [], id="assert-long-unknown"),
    pytest.param("assert x in data is 6DE33062 |", ["with"], id="assert-digest"),
    pytest.param("assert x in data is 6DE33062 with |", ["CRC32"], id="assert-with-that-fits-the-digest"),
    pytest.param("assert x in data with |", ["CRC32", "SHA256"], id="assert-with"),
    pytest.param("list |", ["data", "data/deep", "raw"], id="list"),
    pytest.param("list raw |", [], id="list-full"),
    pytest.param("log |", [], id="log"),
    pytest.param("status |", [], id="status"),
    pytest.param("seal |", [], id="seal"),
]


@pytest.mark.parametrize(("typed", "texts"), _SUGGESTED)
def test_suggestions_at_the_cursor(typed: str, texts: list[str]) -> None:
    text, _, rest = typed.partition("|")
    assert [one.text for one in complete(text, _FACTS, rest=rest)] == texts


@pytest.mark.parametrize(
    ("text", "replaces", "kind"),
    [
        pytest.param("st", 2, Kind.KEYWORD, id="keyword"),
        pytest.param("store x, ci", 2, Kind.VARIABLE, id="variable"),
        pytest.param("store x,ci", 2, Kind.VARIABLE, id="variable-right-behind-comma"),
        pytest.param("store x in ", 0, Kind.MODULE, id="module-not-begun"),
        pytest.param("list data/d", 6, Kind.MODULE, id="module"),
        pytest.param("del 'data/my f", 9, Kind.PATH, id="path-without-its-quote"),
        pytest.param("store x in raw with pd.re", 5, Kind.FUNCTION, id="function"),
        pytest.param("assert salaries in data is 6D", 2, Kind.DIGEST, id="digest"),
    ],
)
def test_suggestion_replaces_the_word_at_the_cursor(text: str, replaces: int, kind: Kind) -> None:
    first = complete(text, _FACTS)[0]
    assert (first.replaces, first.kind) == (replaces, kind)


@pytest.mark.parametrize(
    "path", ["a\\b", "../x", "/x", "C:/x", "a/{x}", "both'\"", "folder/.vault/../x"], ids=lambda path: path
)
def test_path_that_no_command_can_name_is_not_suggested(path: str) -> None:
    assert complete("del ", Facts(objects={path: _OTHER})) == ()


@pytest.mark.parametrize("module", ["in", "my folder", "a,b", "#1", "v1.2"], ids=lambda module: module)
def test_module_that_needs_quotes_is_not_suggested_without(module: str) -> None:
    texts = [one.text for one in complete("store x in ", Facts(objects={f"{module}/x": _OTHER}))]
    assert texts == [f"'{module}/x'"]


def test_big_archive_gives_no_more_than_can_be_read() -> None:
    facts = Facts(objects={f"m/x{number}": _OTHER for number in range(2 * LIMIT)})
    assert len(complete("from m import ", facts)) == LIMIT
    assert len(complete("del 'm", facts)) == LIMIT


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
def test_every_keyword_of_a_form_is_suggested_where_it_belongs(form: Form) -> None:
    samples = {
        Slot.VARIABLES: "x", Slot.VARIABLE: "x", Slot.NAME: "y", Slot.MODULE: "m", Slot.FILE: "'m/x'",
        Slot.FUNCTION: "f", Slot.HASH: "6DE33062", Slot.ALGORITHM: "CRC32", Slot.NOTHING: "",
    }  # fmt: skip
    text = ""
    for clause in form.clauses:
        assert clause.keyword in [one.text for one in complete(text, _FACTS)]
        text += f"{clause.keyword} {samples[clause.slot]} "
    assert parse_command(text).verb is form.verb


_WORDS = [
    *LEADS,
    "in",
    "is",
    "as",
    "with",
    "x",
    "salaries",
    "raw",
    ",",
    "'raw/x'",
    "'",
    '"',
    "6DE33062",
    "#",
    ";",
    "f.g",
]
_TYPED = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(_WORDS), max_size=8).map(" ".join),
    st.builds("{} {}".format, st.lists(st.sampled_from(_WORDS), max_size=8).map(" ".join), st.text(max_size=5)),
)


@given(_TYPED, _TYPED)
def test_whatever_is_typed_gets_suggestions_for_its_end(text: str, rest: str) -> None:
    for one in (*complete(text, _FACTS, rest=rest), *complete_options(text, _FACTS, rest=rest)):
        assert 0 <= one.replaces <= len(text)
        assert one.text


@given(_TYPED)
def test_every_suggested_keyword_leads_on(text: str) -> None:
    keywords = [one for one in complete(text, _FACTS) if one.text in find_continuation(text).keywords]
    for one in keywords:
        longer = f"{text[: len(text) - one.replaces]}{one.text} "
        following = find_continuation(longer)
        assert following.keywords or following.places or _is_command(longer)


def _is_command(text: str) -> bool:
    try:
        parse_command(text)
    except VaultError:
        return False
    return True


_FLAGS = [flag for option in OPTIONS for flag in option.flags]
_BEHIND_SECURE = [flag for flag in _FLAGS if flag not in ("-s", "--secure")]

_OPTIONS = [
    pytest.param("|", _FLAGS, id="nothing-typed"),
    pytest.param("-|", _FLAGS, id="dash"),
    pytest.param("--se|", ["--secure"], id="flag-begun"),
    pytest.param("--KEYED|", ["--keyed_digests"], id="flag-in-capitals"),
    pytest.param("--keyed-|", ["--keyed_digests"], id="flag-with-hyphens"),
    pytest.param("--nowhere|", [], id="flag-unknown"),
    pytest.param("-s |", ["True", "False", *_BEHIND_SECURE], id="boolean-can-be-left-out"),
    pytest.param("-s F|", ["False"], id="boolean-begun"),
    pytest.param("--secure=|", ["True", "False"], id="boolean-behind-equals"),
    pytest.param("--secure=t|", ["True"], id="boolean-behind-equals-begun"),
    pytest.param("-s False |", _BEHIND_SECURE, id="used-flags-are-left-out"),
    pytest.param("--secure False -s|", [], id="used-flag-in-its-other-spelling"),
    pytest.param("--p| --path a.zip", [], id="used-behind-the-cursor"),
    pytest.param("--frame_format |", ["tsv", "parquet"], id="format"),
    pytest.param("--frame-format p|", ["parquet"], id="format-with-hyphens"),
    pytest.param("-e |", ["HOME", "STORAGE_KEY"], id="environment"),
    pytest.param("-e STO|", ["STORAGE_KEY"], id="environment-begun"),
    pytest.param("-p |", ["data/", '"my data/"', "storage.zip"], id="path"),
    pytest.param("--path=st|", ["storage.zip"], id="path-behind-equals"),
    pytest.param("-p 'my d|", ["my data/"], id="path-in-quote"),
    pytest.param("-p 'a'b|", [], id="path-of-pieces"),
    pytest.param("-l |", ["data/", '"my data/"'], id="log-goes-into-folders"),
    pytest.param("word |", _FLAGS, id="word-that-belongs-to-nothing"),
    pytest.param("wor|", [], id="word-without-option"),
    pytest.param("-s False # -|", [], id="comment"),
]


@pytest.mark.parametrize(("typed", "texts"), _OPTIONS)
def test_options_at_the_cursor(typed: str, texts: list[str]) -> None:
    text, _, rest = typed.partition("|")
    assert [one.text for one in complete_options(text, _FACTS, rest=rest)] == texts


@pytest.mark.parametrize(
    ("text", "replaces"),
    [("--se", 4), ("--keyed-", 8), ("-p st", 2), ("--path=st", 2), ("-p 'my d", 4), ("-s ", 0)],
    ids=lambda value: str(value),
)
def test_suggestion_of_an_option_replaces_what_was_typed_of_it(text: str, replaces: int) -> None:
    assert complete_options(text, _FACTS)[0].replaces == replaces
