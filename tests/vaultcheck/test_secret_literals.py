"""Tests of passwords and keys that are written out; every secret here is made up."""

from __future__ import annotations

import pytest

from vaultcheck.secret_literals import find_secrets

SECRET = "rabbit-7-tulip"  # what all cases hide
_SURE = [
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
]
_LIKELY = [
    pytest.param(f'password = "{SECRET}"', id="name"),
    pytest.param(f'db_password: str = "{SECRET}"', id="annotated"),
    pytest.param(f'connect(host="x", password="{SECRET}")', id="argument"),
    pytest.param(f'config = {{"api_key": "{SECRET}"}}', id="dictionary"),
    pytest.param(f'client.auth_token = "{SECRET}"', id="attribute"),
    pytest.param(f'settings["secret"] = "{SECRET}"', id="entry"),
    pytest.param(f'os.environ["DB_PASSWORD"] = "{SECRET}"', id="other-variable"),
    pytest.param(f"%env API_TOKEN={SECRET}", id="env-magic"),
]


@pytest.mark.parametrize("source", _SURE)
def test_secret_is_sure(source: str) -> None:
    (found,) = find_secrets(source, variables=("VAULT_KEY",))
    assert found.is_sure


@pytest.mark.parametrize("source", _LIKELY)
def test_secret_is_likely(source: str) -> None:
    (found,) = find_secrets(source, variables=("VAULT_KEY",))
    assert not found.is_sure


@pytest.mark.parametrize("source", [*_SURE, *_LIKELY])
def test_secret_is_never_told(source: str) -> None:
    (found,) = find_secrets(source, variables=("VAULT_KEY",))
    values = (SECRET, "AKIAQ", "a1B2a1B2", "1234567890", "MII")
    assert not any(value in found.what for value in values)


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
    ],
)
def test_what_is_no_secret_is_passed_over(source: str) -> None:
    assert [*find_secrets(source, variables=("VAULT_KEY",))] == []


def test_each_line_is_told_once() -> None:
    source = f'a = 1\npassword = token = "{SECRET}"\nsecret = "{SECRET}"'
    assert [one.line for one in find_secrets(source)] == [2, 3]
