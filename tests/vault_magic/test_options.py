"""Tests of the options of `%open_vault`, and that a password given by mistake is never repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import CommandError
from vault_magic.options import OPTIONS, OpenOptions, parse_options


@pytest.mark.parametrize(
    ("line", "options"),
    [
        pytest.param("", OpenOptions(), id="nothing"),
        pytest.param("  \t ", OpenOptions(), id="blank"),
        pytest.param("-p data.zip", OpenOptions(path="data.zip"), id="short"),
        pytest.param("--path data.zip", OpenOptions(path="data.zip"), id="long"),
        pytest.param("-p=data.zip", OpenOptions(path="data.zip"), id="short-with-equals"),
        pytest.param("--path=a=b.zip", OpenOptions(path="a=b.zip"), id="equals-in-value"),
        pytest.param("--path= data.zip", OpenOptions(path="data.zip"), id="space-behind-equals"),
        pytest.param("-p data/", OpenOptions(path="data/storage.zip"), id="folder"),
        pytest.param("-p C:\\data\\x.zip", OpenOptions(path="C:\\data\\x.zip"), id="windows-path"),
        pytest.param("-p C:\\data\\", OpenOptions(path="C:\\data\\storage.zip"), id="windows-folder"),
        pytest.param("-p 'my data.zip'", OpenOptions(path="my data.zip"), id="single-quotes"),
        pytest.param('-p "it\'s.zip"', OpenOptions(path="it's.zip"), id="double-quotes"),
        pytest.param("-p data#1.zip", OpenOptions(path="data#1.zip"), id="hash-inside-word"),
        pytest.param("-p '# 1.zip'", OpenOptions(path="# 1.zip"), id="hash-inside-quotes"),
        pytest.param("-p x.zip # it's mine", OpenOptions(path="x.zip"), id="comment-with-quote"),
        pytest.param("# -p x.zip", OpenOptions(), id="only-comment"),
        pytest.param("-p x.zip;", OpenOptions(path="x.zip"), id="semicolon"),
        pytest.param("-p x.zip; # quiet", OpenOptions(path="x.zip"), id="semicolon-and-comment"),
        pytest.param("-e VAULT_PASSWORD", OpenOptions(encryption_variable="VAULT_PASSWORD"), id="variable"),
        pytest.param("--secure False", OpenOptions(secure=False), id="insecure"),
        pytest.param("-s True", OpenOptions(secure=True), id="secure"),
        pytest.param("-t no", OpenOptions(timestamp=False), id="no"),
        pytest.param("-m 0", OpenOptions(metadata=False), id="zero"),
        pytest.param("--manifest FALSE", OpenOptions(manifest=False), id="capitals"),
        pytest.param("-t yes -m 1 --manifest true", OpenOptions(), id="said-to-be-true"),
        pytest.param(
            "-s False --path x.zip -e KEY -t False",
            OpenOptions(path="x.zip", encryption_variable="KEY", secure=False, timestamp=False),
            id="several-in-any-order",
        ),
    ],
)
def test_options_are_understood(line: str, options: OpenOptions) -> None:
    assert parse_options(line) == options


_NOT_A_NAME = "names an environment variable; the text given is not a name (never put a password here)"
_STRAY = "a word behind -e belongs to no option; -e takes one name (never put a password here)"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("-p", "-p needs a value: -p PATH", id="no-value"),
        pytest.param("-p=", "-p needs a value: -p PATH", id="nothing-behind-equals"),
        pytest.param("-p ''", "-p needs a value: -p PATH", id="empty-value"),
        pytest.param("-p # x.zip", "-p needs a value: -p PATH", id="value-in-comment"),
        pytest.param("--secure", "--secure needs a value: --secure BOOL", id="no-bool"),
        pytest.param("-e", "-e needs a value: -e NAME", id="no-name"),
        pytest.param("-p a -p b", "-p stands there twice", id="twice"),
        pytest.param("-p a --path b", "--path stands there twice", id="twice-in-two-spellings"),
        pytest.param("-s maybe", "-s is True or False, not 'maybe'", id="no-such-bool"),
        pytest.param("--pth x", "%open_vault has no option '--pth'; did you mean '--path'?", id="misspelt"),
        pytest.param("--Secure True", "%open_vault has no option '--Secure'; did you mean '--secure'?", id="capitals"),
        pytest.param(
            "--password x", "%open_vault has no option '--password'; did you mean '--path'?", id="unknown-option"
        ),
        pytest.param(
            "x.zip", "'x.zip' belongs to no option; for the archive write: %open_vault -p x.zip", id="path-alone"
        ),
        pytest.param(
            "-p a b", "'b' belongs to no option; for the archive write: %open_vault -p b", id="path-with-space"
        ),
        pytest.param("-p $folder/x", "-p '$folder/x' was not expanded; define the variable it names", id="dollar"),
        pytest.param("-p {folder}/x", "-p '{folder}/x' was not expanded; define the variable it names", id="braces"),
        pytest.param("-p 'x", "a quote is not closed behind %open_vault", id="open-quote"),
        pytest.param("-e hunter-2", f"-e {_NOT_A_NAME}", id="password"),
        pytest.param("--encryption_variable=hunter-2", f"--encryption_variable {_NOT_A_NAME}", id="long-password"),
        pytest.param("-e $KEY", f"-e {_NOT_A_NAME}", id="shell-variable"),
        pytest.param("-e correct horse", _STRAY, id="password-of-two-words"),
        pytest.param(
            "-e KEY --pth x", "%open_vault has no such option behind -e; did you mean '--path'?", id="misspelt-behind-e"
        ),
    ],
)
def test_options_are_refused_in_these_words(line: str, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_options(line)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("-e s3cret!", id="alone"),
        pytest.param("-e=s3cret!", id="with-equals"),
        pytest.param("-e's3cret!'", id="attached"),
        pytest.param("-es3cret!", id="attached-without-quotes"),
        pytest.param("--encryption_variable 's3cret!'", id="quoted"),
        pytest.param("-e 's3cret!", id="open-quote"),
        pytest.param("-e it's3cret!", id="quote-inside"),
        pytest.param("-e my s3cret!", id="second-word"),
        pytest.param("-e my -s3cret!", id="second-word-with-dash"),
        pytest.param("-e my --s3cret!=x", id="second-word-like-an-option"),
        pytest.param("-p x.zip -e s3cret! -t False", id="between-others"),
        pytest.param("-e -p s3cret!", id="name-forgotten"),
    ],
)
def test_password_given_by_mistake_is_not_repeated(line: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_options(line)
    assert "s3cret" not in str(caught.value)


@given(st.text(alphabet="ab1'\"# -=;!", min_size=1).map(lambda text: f"-e {text}@@@@"))
def test_no_part_of_a_wrong_name_is_repeated(line: str) -> None:
    try:
        parse_options(line)
    except CommandError as err:
        message = str(err)
        assert "@" not in message


@given(st.text() | st.lists(st.sampled_from(["-p", "-e", "--secure", "x", "=", "True", "'", '"', "#"])).map(" ".join))
def test_any_line_is_options_or_a_command_error(line: str) -> None:
    try:
        options = parse_options(line)
    except CommandError:
        return
    assert options.path


def test_table_has_an_option_for_every_field() -> None:
    assert [option.field for option in OPTIONS] == list(OpenOptions.__dataclass_fields__)


def test_every_option_names_its_flags_and_helps() -> None:
    assert [option.flags for option in OPTIONS] == [
        ("-p", "--path"),
        ("-e", "--encryption_variable"),
        ("-s", "--secure"),
        ("-t", "--timestamp"),
        ("-m", "--metadata"),
        ("--manifest",),
    ]
    assert all(option.help for option in OPTIONS)
