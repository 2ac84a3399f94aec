"""Tests of passwords and keys that are written out; every secret here is made up."""

from __future__ import annotations

import pytest

from vaultcheck import secret_literals as module
from vaultcheck.secret_literals import find_secrets, find_shown_secrets
from vaultcheck.secret_looks import has_any

SECRET = "rabbit-7-tulip"  # what all cases hide, beside:
VALUES = (SECRET, "AKIAQ", "a1B2a1B2", "1234567890", "MII")
SURE = [
    pytest.param(f'os.environ["VAULT_KEY"] = "{SECRET}"', id="variable-of-the-vault"),
    pytest.param(f"%env VAULT_KEY={SECRET}", id="env-magic"),
    pytest.param(f"%env VAULT_KEY {SECRET}", id="env-magic-with-a-space"),
    pytest.param(f"%set_env VAULT_KEY={SECRET}", id="set-env-magic"),
    pytest.param(f'os.environ.setdefault("VAULT_KEY", "{SECRET}")', id="setdefault"),
    pytest.param(f'os.environ.update({{"VAULT_KEY": "{SECRET}"}})', id="update"),
    pytest.param(f'if x:\n    VAULT_KEY = "{SECRET}"', id="indented"),
    pytest.param("x = 'AKIA" + "QWERTYUIOPASDFGH'", id="aws"),
    pytest.param("# ghp_" + "a1B2" * 9, id="github-in-a-comment"),
    pytest.param("!curl -H 'Authorization: xoxb-" + "123456789012-abc'", id="slack-in-a-shell-line"),
    pytest.param("x = (\n'AIza" + "SyA-1234567890abcdefghijklmnopqrstu'", id="google-in-no-python"),
    pytest.param('k = """-----BEGIN RSA PRIVATE KEY-----\nMII"""', id="private-key"),
    pytest.param('os.environ["VAULT_KEY"] = "test"', id="however-short"),
    pytest.param(f"get_ipython().run_line_magic('env', 'VAULT_KEY={SECRET}')", id="env-magic-as-exported"),
]
LIKELY = [
    pytest.param(f'user, password = "me", "{SECRET}"', id="one-of-several"),
    pytest.param(f'def f(x, password="{SECRET}"): pass', id="default"),
    pytest.param(f'def f(x, password="{SECRET}", n=1): pass', id="default-before-another"),
    pytest.param(f'def f(*, x=1, password="{SECRET}"): pass', id="default-of-a-keyword"),
    pytest.param(f'if (password := "{SECRET}"): pass', id="on-the-way"),
    pytest.param(f'password = b"{SECRET}"', id="bytes"),
    pytest.param(f'password = "{SECRET}".encode()', id="encoded"),
    pytest.param(f'password = f"{SECRET}"', id="f-string-without-fields"),
    pytest.param(f'file.setpassword(b"{SECRET}")', id="standard-zipfile"),
    pytest.param(f'headers = {{"Authorization": "Bearer {SECRET}"}}', id="header"),
    pytest.param(f'create_engine("postgresql://me:{SECRET}@x.org/y")', id="address"),
    pytest.param(f"!pip install --index-url https://me:{SECRET}@x.org/simple y", id="address-in-a-shell-line"),
    pytest.param(f'password = "{SECRET}"', id="name"),
    pytest.param(f'db_password: str = "{SECRET}"', id="annotated"),
    pytest.param(f'connect(host="x", password="{SECRET}")', id="argument"),
    pytest.param(f'config = {{"api_key": "{SECRET}"}}', id="dictionary"),
    pytest.param(f'client.auth_token = "{SECRET}"', id="attribute"),
    pytest.param(f'settings["secret"] = "{SECRET}"', id="entry"),
    pytest.param(f'os.environ["DB_PASSWORD"] = "{SECRET}"', id="other-variable"),
    pytest.param(f"%env API_TOKEN={SECRET}", id="env-magic"),
]


@pytest.mark.parametrize("source", SURE)
def test_secret_is_sure(source: str) -> None:
    (found,) = find_secrets(source, variables=("VAULT_KEY",))
    assert found.is_sure


@pytest.mark.parametrize("source", LIKELY)
def test_secret_is_likely(source: str) -> None:
    (found,) = find_secrets(source, variables=("VAULT_KEY",))
    assert not found.is_sure


@pytest.mark.parametrize("source", [*SURE, *LIKELY])
def test_secret_is_never_told(source: str) -> None:
    (found,) = find_secrets(source, variables=("VAULT_KEY",))
    assert not any(value in found.what for value in VALUES)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('password = ""', id="empty"),
        pytest.param("password = None", id="none"),
        pytest.param("password = getpass()", id="asked-for"),
        pytest.param('password = os.environ["DB_PASSWORD"]', id="read"),
        pytest.param('password = "<your password>"', id="angle-brackets"),
        pytest.param('password = "your-password-here"', id="your"),
        pytest.param('password = "********"', id="stars"),
        pytest.param('password = "xxxx"', id="crosses"),
        pytest.param('password = "${DB_PASSWORD}"', id="expansion"),
        pytest.param("%env API_TOKEN=$TOKEN", id="expansion-in-a-magic"),
        pytest.param("%env API_TOKEN={token}", id="braces-in-a-magic"),
        pytest.param("%env API_TOKEN", id="shown-by-a-magic"),
        pytest.param('password_field = "password1"', id="name-of-a-field"),
        pytest.param('password = "db_password"', id="name-of-a-variable"),
        pytest.param('prompt(password="Enter the password")', id="question"),
        pytest.param('token_url = "https://x.org/token1"', id="address"),
        pytest.param('secret = "https://x.org/1"', id="address-of-a-secret"),
        pytest.param('key_file = "~/.ssh/id_rsa1"', id="path"),
        pytest.param('pad_token = "[PAD]"; max_tokens = "1000"', id="tokens-of-words"),
        pytest.param('tokenizer = "bert-base-1"', id="tokenizer"),
        pytest.param('df.sort_values(key="name1")', id="key-of-a-sort"),
        pytest.param('encryption_variable = "VAULT_KEY"', id="name-of-the-variable"),
        pytest.param('password == "rabbit-7-tulip"', id="compared"),
        pytest.param('print("VAULT_KEY")', id="mentioned"),
        pytest.param("%%bash\nexport PASSWORD=x", id="other-language"),
        pytest.param("ghp_short = 1", id="no-token"),
        pytest.param('os.environ["VAULT_KEY"] = ""', id="empty-variable-of-the-vault"),
        pytest.param('VAULT_KEY = "VAULT_KEY"', id="name-of-the-variable-by-itself"),
        pytest.param('api_key = "INSERT_KEY_HERE"', id="insert"),
        pytest.param('password = "change_me"', id="change"),
        pytest.param('password = "{{ password }}"', id="template"),
        pytest.param('password = "%(password)s"', id="format"),
        pytest.param('headers = {"Authorization": "Bearer {token}"}', id="header-to-be-filled-in"),
        pytest.param('token = "hello"', id="word-of-a-text"),
        pytest.param('{"token": "Paris", "pos": "NOUN"}', id="word-of-a-corpus"),
        pytest.param('auth = "oauth2"', id="way-to-log-in"),
        pytest.param('{"How do I reset my password?": "Click on the 2nd link"}', id="question-and-answer"),
        pytest.param('{"password": "contraseña"}', id="translation"),
        pytest.param('password_policy = "atleast8"', id="policy"),
        pytest.param('next_page_token = "abcdefgh1"', id="page"),
        pytest.param('k = "AKIAIOSFODNN7EXAMPLE"', id="example-of-aws"),
        pytest.param('k = "ghp_' + "x" * 36 + '"', id="crosses-of-github"),
        pytest.param('x = "sk-estimator-doc-link-fitted-and-more-of-it"', id="class-of-a-page"),
        pytest.param('create_engine("postgresql://user:password@localhost/db")', id="address-of-a-manual"),
        pytest.param('create_engine("postgresql://postgres:postgres@localhost/db")', id="address-for-trying"),
        pytest.param('url = f"postgresql://{user}:{password}@h/d"', id="address-to-be-filled-in"),
        pytest.param('url = "http://x.org:8080/@me"', id="address-with-a-port"),
    ],
)
def test_what_is_no_secret_is_passed_over(source: str) -> None:
    assert [*find_secrets(source, variables=("VAULT_KEY",))] == []


def test_each_line_is_told_once() -> None:
    source = f'a = 1\npassword = token = "{SECRET}"\nsecret = "{SECRET}"'
    assert [one.line for one in find_secrets(source)] == [2, 3]


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [
        pytest.param(f"env: VAULT_KEY={SECRET}", True, id="variable-of-the-vault"),
        pytest.param(f"environ({{'HOME': '/', 'VAULT_KEY': '{SECRET}'}})", True, id="environment"),
        pytest.param(f"HOME=/\nVAULT_KEY={SECRET}\n", True, id="environment-of-a-shell"),
        pytest.param(f"env: DB_PASSWORD={SECRET}", False, id="other-variable"),
        pytest.param("it is AKIA" + "QWERTYUIOPASDFGH", True, id="known-format"),
        pytest.param(f"cannot reach mysql://me:{SECRET}@x.org/y", False, id="address"),
    ],
)
def test_secret_that_is_shown_is_found_and_never_told(text: str, *, is_sure: bool) -> None:
    (found,) = find_shown_secrets(text, variables=("VAULT_KEY",))
    assert found.is_sure is is_sure
    assert SECRET not in found.what
    assert "QWERTY" not in found.what


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("env: TZ=UTC", id="other-variable"),
        pytest.param("env: VAULT_KEY=$PW", id="expansion"),
        pytest.param("the password: rabbit7", id="talk"),
        pytest.param("OLD_VAULT_KEY=rabbit7", id="longer-name"),
        pytest.param("read VAULT_KEY from the environment", id="mentioned"),
    ],
)
def test_what_is_shown_and_no_secret_is_passed_over(text: str) -> None:
    assert [*find_shown_secrets(text, variables=("VAULT_KEY",))] == []


def test_what_is_looked_for_in_all_of_a_notebook_stands_in_every_sign() -> None:
    assert [sign for sign in module._SIGNS if not has_any(sign, module._ANY_SIGN)] == []
