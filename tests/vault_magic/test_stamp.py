"""Tests of the stamp: its exact text, in English and UTC wherever it is printed."""

from __future__ import annotations

import calendar
import locale
from datetime import UTC, datetime, timedelta, timezone

import pytest

from vault_magic.forms import Verb
from vault_magic.identity import Identity
from vault_magic.record import Result
from vault_magic.stamp import render_stamp, render_time

_FINISHED = datetime(2019, 12, 8, 11, 58, 59, 999_999, tzinfo=UTC)
_WHEN = "at Sunday, 08. Dec 2019 11:58 UTC"
_OLD, _NEW = Identity("40CA7812", format="tsv"), Identity("6DE33062", format="tsv")
_PICKLE = Identity("00000001", format="pickle")


@pytest.mark.parametrize(
    ("verb", "result", "stamp"),
    [
        pytest.param(
            Verb.STORE,
            Result("datasets/salaries", "salaries", after=_OLD),
            "Stored `salaries` (None → 40CA7812)",
            id="store-new",
        ),
        pytest.param(
            Verb.STORE,
            Result("datasets/salaries", "salaries", before=_OLD, after=_NEW),
            "Stored `salaries` (40CA7812 → 6DE33062)",
            id="store-again",
        ),
        pytest.param(
            Verb.STORE,
            Result("models/fit", "model", before=_OLD, after=_PICKLE),
            "Stored `model` as pickle (40CA7812 → 00000001)",
            id="store-pickle",
        ),
        pytest.param(
            Verb.STORE,
            Result("models/fit", "model", before=_PICKLE, after=_NEW),
            "Stored `model` (00000001 → 6DE33062)",
            id="store-over-pickle",
        ),
        pytest.param(
            Verb.IMPORT, Result("a/x", "y", before=_OLD, after=_OLD), "Imported `y` (40CA7812)", id="import-alias"
        ),
        pytest.param(Verb.IMPORT, Result("a/x", "x", before=_PICKLE), "Imported `x` (00000001)", id="import-pickle"),
        pytest.param(Verb.DEL, Result("a/x", before=_OLD), "Deleted `a/x` (40CA7812)", id="del"),
        pytest.param(Verb.ASSERT, Result("a/x", before=_OLD, after=_OLD), "Verified `a/x` (40CA7812)", id="assert"),
    ],
)
def test_stamp_of_one_object_is_one_line(verb: Verb, result: Result, stamp: str) -> None:
    assert render_stamp(verb, [result], finished=_FINISHED) == f"{stamp} {_WHEN}"


def test_stamp_of_the_published_example() -> None:
    result = Result("datasets/salaries", "salaries", after=Identity("40CA7812"))
    stamp = render_stamp(Verb.STORE, [result], finished=datetime(2019, 12, 8, 11, 58, tzinfo=UTC))
    assert stamp == "Stored `salaries` (None → 40CA7812) at Sunday, 08. Dec 2019 11:58 UTC"


def test_stamp_of_several_objects_is_a_list() -> None:
    results = [Result("a/x", "x", after=_OLD), Result("a/y", "y", before=_OLD, after=_PICKLE)]
    assert render_stamp(Verb.STORE, results, finished=_FINISHED) == (
        f"Stored:\n\n - `x` (None → 40CA7812)\n - `y` as pickle (40CA7812 → 00000001)\n\n{_WHEN}"
    )


def test_stamp_of_several_imports_is_a_list() -> None:
    results = [Result("a/x", "x", before=_OLD), Result("a/y", "y", before=_NEW)]
    assert render_stamp(Verb.IMPORT, results, finished=_FINISHED) == (
        f"Imported:\n\n - `x` (40CA7812)\n - `y` (6DE33062)\n\n{_WHEN}"
    )


@pytest.mark.parametrize(
    ("time", "text"),
    [
        pytest.param(_FINISHED, "Sunday, 08. Dec 2019 11:58 UTC", id="seconds-are-cut"),
        pytest.param(datetime(2024, 2, 29, tzinfo=UTC), "Thursday, 29. Feb 2024 00:00 UTC", id="midnight"),
        pytest.param(datetime(2024, 1, 1, 9, 5, tzinfo=UTC), "Monday, 01. Jan 2024 09:05 UTC", id="leading-zeros"),
        pytest.param(
            datetime(2020, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))),
            "Tuesday, 31. Dec 2019 23:30 UTC",
            id="another-zone-and-year",
        ),
    ],
)
def test_time_is_shown_in_utc(time: datetime, text: str) -> None:
    assert render_time(time) == text


def test_days_and_months_are_in_english_and_in_order() -> None:
    shown = [render_time(datetime(2019, month, month, tzinfo=UTC)).split() for month in range(1, 13)]
    assert " ".join(words[2] for words in shown) == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    days = [render_time(datetime(2019, 12, day, tzinfo=UTC)).split(",")[0] for day in range(2, 9)]
    assert " ".join(days) == "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"


@pytest.fixture
def other_locale() -> str:
    """Return a locale of this machine in which Sunday is not called so; where there is none the test is moot."""
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "pl_PL.UTF-8", "fr_FR.UTF-8", "German_Germany", "ja_JP.UTF-8"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            return name
    finally:
        locale.setlocale(locale.LC_TIME, before)
    pytest.skip("this machine has only English locales")


def test_time_is_the_same_in_another_locale(other_locale: str) -> None:
    before = locale.setlocale(locale.LC_TIME)
    locale.setlocale(locale.LC_TIME, other_locale)
    try:
        assert calendar.day_name[6] != "Sunday"
        assert render_time(_FINISHED) == "Sunday, 08. Dec 2019 11:58 UTC"
    finally:
        locale.setlocale(locale.LC_TIME, before)


class _ForeignTime(datetime):
    """A time of a locale in which days and months have other names."""

    def strftime(self, format: str) -> str:  # noqa: A002  # the name is datetime's
        for name in ("%A", "%a", "%B", "%b", "%c", "%x"):
            format = format.replace(name, "Niedziela")  # noqa: A001
        return super().strftime(format)


def test_names_are_not_asked_of_the_locale() -> None:
    foreign = _ForeignTime(2019, 12, 8, 11, 58, tzinfo=UTC)
    assert f"{foreign:%A}" == "Niedziela"
    assert render_time(foreign) == "Sunday, 08. Dec 2019 11:58 UTC"
