"""Tests of what a password or a key looks like."""

from __future__ import annotations

import time

import pytest

from vaultcheck.secret_looks import find_known, find_logins, is_likely_secret, is_password

LONGEST = 2.0  # seconds; a hundredth of one is what it takes


def test_known_secret_is_told_by_its_place_and_its_issuer() -> None:
    assert [*find_known("a = 'AKIA" + "QWERTYUIOPASDFGH'")] == [(5, "an access key of AWS")]


@pytest.mark.parametrize("text", ["sk-" * 60_000, "-----BEGIN " + "A " * 90_000], ids=["api-key", "private-key"])
def test_long_text_that_is_no_key_takes_no_time(text: str) -> None:
    started = time.process_time()
    assert [*find_known(text)] == []
    assert time.process_time() - started < LONGEST


@pytest.mark.parametrize(
    "text",
    ["a://" * 60_000 + "@", "a://b:" * 40_000 + "@", "a://" + "b" * 200_000 + ":@"],
    ids=["schemes", "names", "one-name"],
)
def test_long_text_that_is_no_address_takes_no_time(text: str) -> None:
    started = time.process_time()
    assert [*find_logins(text)] == []
    assert time.process_time() - started < LONGEST


@pytest.mark.parametrize(
    ("value", "is_one"),
    [("a", True), ("test", True), ("", False), ("...", False), ("<password>", False), ("$PW", False), ("{pw}", False)],
)
def test_any_text_but_one_to_be_filled_in_is_the_password_of_a_vault(value: str, *, is_one: bool) -> None:
    assert is_password("KEY", value, variables=("KEY",)) is is_one


@pytest.mark.parametrize(
    ("name", "value", "is_one"),
    [
        pytest.param("password", "hunter2", True, id="chosen"),
        pytest.param("api_key", "hunter2", False, id="too-short-for-a-generated-one"),
        pytest.param("api_key", "hunter-and-so-on", False, id="without-digits"),
        pytest.param("api_key", "1234567890", False, id="without-letters"),
        pytest.param("api_key", "a8f9s7d9f87a", True, id="generated"),
        pytest.param("colour", "a8f9s7d9f87a", False, id="other-name"),
        pytest.param("password hint", "hunter2", False, id="no-name"),
    ],
)
def test_likely_secret_is_known_by_its_name_and_look(name: str, value: str, *, is_one: bool) -> None:
    assert is_likely_secret(name, value) is is_one
