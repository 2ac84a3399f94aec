"""Tests of the table of forms and of the form that an error suggests."""

from __future__ import annotations

import keyword

import pytest

from vault_magic.forms import FORMS, INNER_KEYWORDS, LEADS, Form, Verb, find_lead, nearest_form, render_forms
from vault_magic.grammar import parse_command

_STORE = "store VAR[, VAR...] in MODULE [with FUNC] [as NAME]"
_STORE_FILE = "store VAR in 'path' [with FUNC]"
_IMPORT = "import VAR[, VAR...] from MODULE [with FUNC] [as NAME]"
_FROM = "from MODULE import VAR[, VAR...] [with FUNC] [as NAME]"
_IMPORT_FILE = "import 'path' as NAME [with FUNC]"
_IMPORT_MODULE = "import MODULE [as NAME]"
_DEL = "del VAR from MODULE"
_DEL_FILE = "del 'path'"
_ASSERT = "assert VAR in MODULE is HASH [with CRC32|SHA256]"
_ASSERT_FILE = "assert 'path' is HASH [with CRC32|SHA256]"

_NEAR_MISSES = [
    pytest.param("stroe x, y in a as z", _STORE, id="store-misspelt"),
    pytest.param("save x in a", _STORE, id="store-by-another-word"),
    pytest.param("stor x in 'a/x'", _STORE_FILE, id="store-file-misspelt"),
    pytest.param("improt x from a", _IMPORT, id="import-misspelt"),
    pytest.param("Import x, y from a", _IMPORT, id="import-in-capitals"),
    pytest.param("form a import x", _FROM, id="from-misspelt"),
    pytest.param("imprt 'a/x' as y", _IMPORT_FILE, id="import-file-misspelt"),
    pytest.param("imprt a as b", _IMPORT_MODULE, id="import-module-misspelt"),
    pytest.param("load x from a", _IMPORT, id="import-by-another-word"),
    pytest.param("Load 'a/x' as y", _IMPORT_FILE, id="import-file-by-another-word"),
    pytest.param("get a", _IMPORT_MODULE, id="import-module-by-another-word"),
    pytest.param("delete x from a", _DEL, id="del-written-out"),
    pytest.param("delete 'a/x'", _DEL_FILE, id="del-file-written-out"),
    pytest.param("asert x in a is 6DE33062", _ASSERT, id="assert-misspelt"),
    pytest.param('Assert "a/x" is 6DE33062', _ASSERT_FILE, id="assert-file-in-capitals"),
    pytest.param("lst", "list", id="list-misspelt"),
    pytest.param("ls a", "list MODULE", id="list-module-by-another-word"),
    pytest.param("logs", "log", id="log-in-the-plural"),
    pytest.param("history", "log", id="log-by-another-word"),
    pytest.param("stauts", "status", id="status-misspelt"),
    pytest.param("sael", "seal", id="seal-misspelt"),
]


@pytest.mark.parametrize(("typed", "form"), _NEAR_MISSES)
def test_near_miss_suggests_the_form_meant(typed: str, form: str) -> None:
    assert nearest_form(typed) == f"%vault {form}"


def test_every_form_is_suggested_for_some_near_miss() -> None:
    assert {form.text for form in FORMS} == {case.values[1] for case in _NEAR_MISSES}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
def test_every_form_suggests_itself(form: Form) -> None:
    assert nearest_form(form.example) == f"%vault {form.text}"


@pytest.mark.parametrize("typed", ["", "   ", ",", "'", "x" * 10_000], ids=["none", "blank", "comma", "quote", "long"])
def test_anything_gets_a_suggestion(typed: str) -> None:
    assert nearest_form(typed).removeprefix("%vault ") in {form.text for form in FORMS}


def test_forms_in_the_order_of_the_help() -> None:
    reading = [_STORE, _STORE_FILE, _IMPORT, _FROM, _IMPORT_FILE, _IMPORT_MODULE]
    others = [_DEL, _DEL_FILE, _ASSERT, _ASSERT_FILE, "list MODULE", "list", "log", "status", "seal"]
    assert [form.text for form in FORMS] == [*reading, *others]


def test_help_has_every_form_on_a_line_and_what_it_does_below() -> None:
    lines = render_forms().splitlines()
    assert lines[::2] == [f"%vault {form.text}" for form in FORMS]
    assert lines[1::2] == [f"    {form.help}" for form in FORMS]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
def test_example_of_a_form_is_of_that_form(form: Form) -> None:
    command = parse_command(form.example)
    words = set(form.example.split())
    assert command.verb is form.verb
    assert form.required <= words
    assert (command.module is None) == ("MODULE" not in form.text)


def test_examples_differ() -> None:
    assert len({form.example for form in FORMS}) == len(FORMS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
def test_help_of_a_form_is_a_sentence(form: Form) -> None:
    assert form.help[0].isupper()
    assert form.help.endswith((".", "`."))


def test_every_verb_has_a_form() -> None:
    assert {form.verb for form in FORMS} == set(Verb)


# Frozen: records name what they did by these words.
def test_words_of_the_verbs_are_frozen() -> None:
    assert [verb.value for verb in Verb] == ["store", "import", "del", "assert", "list", "log", "status", "seal"]


def test_leads_are_named_once() -> None:
    assert LEADS == ("store", "import", "from", "del", "assert", "list", "log", "status", "seal")


@pytest.mark.parametrize(
    ("word", "lead"),
    [
        *[pytest.param(lead, lead, id=lead) for lead in LEADS],
        pytest.param("STORE", "store", id="capitals"),
        pytest.param("asert", "assert", id="misspelt"),
        pytest.param("remove", "del", id="another-word"),
        pytest.param("lode", "import", id="another-word-misspelt"),
        pytest.param("help", None, id="like-none"),
        pytest.param("x", None, id="variable"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_word_leads_to_the_lead_meant(word: str, lead: str | None) -> None:
    assert find_lead(word) == lead


def test_inner_keywords_cannot_be_variables() -> None:
    assert all(keyword.iskeyword(word) for word in INNER_KEYWORDS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
def test_first_clause_of_a_form_is_required(form: Form) -> None:
    assert form.clauses[0].required


def test_optional_clauses_are_known_but_not_required() -> None:
    assert FORMS[0].keywords - FORMS[0].required == {"with", "as"}
