"""Tests of the parameters of a run as records tell them: no secrets, and nothing that JSON cannot hold."""

from __future__ import annotations

import json
from datetime import date
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.parameters import HIDDEN, hide_secrets


@pytest.mark.parametrize(
    "name",
    [
        *("password", "PASSWORD", "db_passwd", "userPassword", "passphrase", "pass_phrase", "pwd", "passcode"),
        *("token", "github_token", "accessToken", "secret", "client_secret", "credentials", "bearer"),
        *("api_key", "apikey", "apiKey", "API-KEY", "access_key", "private_key", "account_key", "ssh_key"),
        *("db_pass", "SMTP-PASS", "pass", "db_pw", "creds", "cookie", "jwt", "connection_string", "conn_str", "dsn"),
        *("client_key", "sas_key", "shared_key", "signing_key", "hmac_key", "license_key"),
        *("auth", "auth_header", "authorization", "authorisation"),
    ],
)
def test_value_of_a_name_that_looks_like_a_secret_is_hidden(name: str) -> None:
    assert hide_secrets({name: "hunter2", "inner": [{name: {"deep": 1}}]}) == {
        name: HIDDEN,
        "inner": [{name: HIDDEN}],
    }


@pytest.mark.parametrize(
    "name", ["year", "key", "keys", "primary_key", "path", "passed", "author", "authors", "compass", "monkey", "seed"]
)
def test_other_values_are_told(name: str) -> None:
    assert hide_secrets({name: "hunter2"}) == {name: "hunter2"}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param(None, None, id="none"),
        pytest.param(True, True, id="boolean"),
        pytest.param(2, 2, id="integer"),
        pytest.param(0.5, 0.5, id="float"),
        pytest.param(float("nan"), "nan", id="nan"),
        pytest.param(float("-inf"), "-inf", id="infinity"),
        pytest.param("a", "a", id="text"),
        pytest.param("postgres://bob:hunter2@db/x", "postgres://***@db/x", id="login-in-an-address"),
        pytest.param("https://a.org/b?c=d@e", "https://a.org/b?c=d@e", id="address"),
        pytest.param("/home/ada/secret project/a.csv", "a.csv", id="absolute-path"),
        pytest.param("C:\\Users\\ada\\a.csv", "a.csv", id="path-on-a-drive"),
        pytest.param(PurePosixPath("/home/ada/a.csv"), "a.csv", id="path-object"),
        pytest.param("data/a.csv", "data/a.csv", id="relative-path"),
        pytest.param([1, (2, "b")], [1, [2, "b"]], id="lists"),
        pytest.param({1: {"a": None}}, {"1": {"a": None}}, id="mappings"),
        pytest.param(date(2026, 11, 26), "2026-11-26", id="date"),
        pytest.param({"a"}, "{'a'}", id="set"),
    ],
)
def test_what_json_cannot_hold_is_told_as_text(value: object, told: object) -> None:
    assert hide_secrets({"a": value}) == {"a": told}


def test_what_lies_too_deep_is_not_told() -> None:
    nested: object = "hunter2"
    for _ in range(10_000):
        nested = [nested]
    assert "hunter2" not in json.dumps(hide_secrets({"a": nested}))


_SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.binary()
_VALUES = st.recursive(_SIMPLE, lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner))


@given(st.dictionaries(st.text(), _VALUES))
def test_any_parameters_can_be_written(parameters: dict[str, object]) -> None:
    told = hide_secrets(parameters)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
