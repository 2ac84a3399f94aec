"""Tests of the options of `%open_vault`, and that a password given by mistake is never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault_magic.errors import CommandError
from vault_magic.options import OPTIONS, FrameFormat, OpenOptions, Option, parse_options, render_options


def _name_option(option: Option) -> str:
    return option.field


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
        pytest.param("-p C:\\data\\x.zip", OpenOptions(path="C:/data/x.zip"), id="windows-path"),
        pytest.param("-p C:\\data\\", OpenOptions(path="C:/data/storage.zip"), id="windows-folder"),
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
        pytest.param("-o False", OpenOptions(optimize_df=False), id="short-optimize"),
        pytest.param("--optimize_df no", OpenOptions(optimize_df=False), id="long-optimize"),
        pytest.param("-l my.log", OpenOptions(logs_path="my.log"), id="short-log"),
        pytest.param("--logs_path {path}.log", OpenOptions(logs_path="{path}.log"), id="log-beside-the-archive"),
        pytest.param("-l logs/vault.gz", OpenOptions(logs_path="logs/vault.gz"), id="log-in-a-folder"),
        pytest.param("-l {{path}}.log", OpenOptions(logs_path="{path}.log"), id="log-with-doubled-braces"),
        pytest.param("-g False", OpenOptions(gzip_logs=False), id="short-gzip"),
        pytest.param("--gzip_logs 0", OpenOptions(gzip_logs=False), id="long-gzip"),
        pytest.param("-r True", OpenOptions(report_memory_gain=True), id="short-report"),
        pytest.param("--report_memory_gain", OpenOptions(report_memory_gain=True), id="bare-report"),
        pytest.param("-n yes", OpenOptions(numbers_as_categories=True), id="short-numbers"),
        pytest.param("-b 1", OpenOptions(booleans_as_categories=True), id="short-booleans"),
        pytest.param("-n -b", OpenOptions(numbers_as_categories=True, booleans_as_categories=True), id="bare-shorts"),
        pytest.param("--frame_format parquet", OpenOptions(frame_format=FrameFormat.PARQUET), id="parquet"),
        pytest.param("--frame_format=TSV", OpenOptions(), id="format-in-capitals"),
        pytest.param("--keyed_digests True", OpenOptions(keyed_digests=True), id="keyed"),
        pytest.param("--allow_pickle", OpenOptions(allow_pickle=True), id="bare-pickle"),
        pytest.param("--allow-pickle", OpenOptions(allow_pickle=True), id="hyphen"),
        pytest.param("--numbers-as-categories=True", OpenOptions(numbers_as_categories=True), id="hyphens-and-equals"),
        pytest.param("--frame-format parquet", OpenOptions(frame_format=FrameFormat.PARQUET), id="hyphen-and-value"),
        pytest.param("-s", OpenOptions(secure=True), id="bare-at-the-end"),
        pytest.param("-s -p x.zip", OpenOptions(path="x.zip", secure=True), id="bare-before-another"),
        pytest.param("-p x.zip -r # tell", OpenOptions(path="x.zip", report_memory_gain=True), id="bare-and-comment"),
        pytest.param("-p -x.zip", OpenOptions(path="-x.zip"), id="value-with-dash"),
        pytest.param(
            "-s False --path x.zip -e KEY -t False",
            OpenOptions(path="x.zip", encryption_variable="KEY", secure=False, timestamp=False),
            id="several-in-any-order",
        ),
    ],
)
def test_options_are_understood(line: str, options: OpenOptions) -> None:
    assert parse_options(line) == options


@pytest.mark.parametrize(
    ("line", "options"),
    [
        pytest.param("", OpenOptions("p.zip", secure=False, base=Path("project")), id="nothing-said"),
        pytest.param("-s", OpenOptions("p.zip", secure=True, base=Path("project")), id="another-option-said"),
        pytest.param("-p x.zip", OpenOptions("x.zip", secure=False), id="path-said-is-no-longer-the-project's"),
        pytest.param("-p p.zip", OpenOptions("p.zip", secure=False), id="same-path-said"),
    ],
)
def test_line_goes_before_the_defaults(line: str, options: OpenOptions) -> None:
    defaults = OpenOptions("p.zip", secure=False, base=Path("project"))
    assert parse_options(line, defaults=defaults) == options


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.value == "True|False"], ids=_name_option)
def test_every_boolean_is_read_in_every_spelling(option: Option) -> None:
    for flag in (*option.flags, option.flags[-1].replace("_", "-")):
        for said, meant in (("", True), (" true", True), (" False", False), ("=no", False)):
            assert getattr(parse_options(f"{flag}{said}"), option.field) is meant


_NOT_A_NAME = "names an environment variable; the text given is not a name (never put a password here)"
_STRAY = "a word behind -e belongs to no option; -e takes one name (never put a password here)"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("-p", "-p needs a value: -p PATH", id="no-value"),
        pytest.param("-p=", "-p needs a value: -p PATH", id="nothing-behind-equals"),
        pytest.param("-p ''", "-p needs a value: -p PATH", id="empty-value"),
        pytest.param("-p # x.zip", "-p needs a value: -p PATH", id="value-in-comment"),
        pytest.param("-s=", "-s needs a value: -s True|False", id="no-bool-behind-equals"),
        pytest.param("-p -s", "-p needs a value: -p PATH", id="option-in-place-of-a-value"),
        pytest.param("-p --frame-format tsv", "-p needs a value: -p PATH", id="hyphens-in-place-of-a-value"),
        pytest.param("-l", "-l needs a value: -l LOG", id="no-log"),
        pytest.param("--frame-format", "--frame-format needs a value: --frame-format tsv|parquet", id="no-format"),
        pytest.param("--frame_format csv", "--frame_format is tsv or parquet, not 'csv'", id="no-such-format"),
        pytest.param(
            "-l {name}.log", "-l '{name}.log' was not expanded; define the variable it names", id="log-braces"
        ),
        pytest.param("-l $path.log", "-l '$path.log' was not expanded; define the variable it names", id="log-dollar"),
        pytest.param(
            "-l logs/{path}.gz",
            "-l 'logs/{path}.gz': {path} is the whole path of the archive, so it stands first, or not at all",
            id="log-path-in-the-middle",
        ),
        pytest.param("-t -t", "-t stands there twice", id="bare-twice"),
        pytest.param("--allow-pickle --allow_pickle", "--allow_pickle stands there twice", id="twice-with-hyphen"),
        pytest.param("-o=maybe", "-o is True or False, not 'maybe'", id="no-such-bool-behind-equals"),
        pytest.param("-s = False", "-s is True or False, not '='", id="equals-apart"),
        pytest.param("-t x.zip", "-t is True or False, not 'x.zip'", id="path-behind-a-bool"),
        pytest.param("-e", "-e needs a value: -e NAME", id="no-name"),
        pytest.param("-p a -p b", "-p stands there twice", id="twice"),
        pytest.param("-p a --path b", "--path stands there twice", id="twice-in-two-spellings"),
        pytest.param("-s maybe", "-s is True or False, not 'maybe'", id="no-such-bool"),
        pytest.param(
            "--frame-formats tsv",
            "%open_vault has no option '--frame-formats'; did you mean '--frame_format'?",
            id="near",
        ),
        pytest.param(
            "--optimise_df False",
            "%open_vault has no option '--optimise_df'; did you mean '--optimize_df'?",
            id="british",
        ),
        pytest.param("-x", "%open_vault has no option '-x'; did you mean '-t'?", id="unknown-short"),
        pytest.param("-path x", "%open_vault has no option '-path'; did you mean '--path'?", id="one-dash"),
        pytest.param(
            "--base x", "%open_vault has no option '--base'; did you mean '--secure'?", id="field-without-option"
        ),
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
        pytest.param("--encryption-variable=s3cret!", id="hyphen"),
        pytest.param("-e KEY s3cret", id="behind-the-name"),
        pytest.param("-e KEY -s3cret", id="behind-the-name-with-dash"),
        pytest.param("-e KEY --s3cret", id="behind-the-name-with-two-dashes"),
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


_FLAGS = [flag for option in OPTIONS for flag in option.flags]


@given(
    st.text()
    | st.lists(st.sampled_from([*_FLAGS, "-e", "x", "=", "True", "parquet", "{path}", "'", '"', "#"])).map(" ".join)
)
def test_any_line_is_options_or_a_command_error(line: str) -> None:
    try:
        options = parse_options(line)
    except CommandError:
        return
    assert options.path


def test_table_has_an_option_for_every_field() -> None:
    assert [*(option.field for option in OPTIONS), "base"] == list(OpenOptions.__dataclass_fields__)


def test_help_has_every_option_on_a_line() -> None:
    lines = render_options().splitlines()
    assert [line.split("  ")[0] for line in lines] == [f"{', '.join(one.flags)} {one.value}" for one in OPTIONS]
    assert all(line.endswith(option.help) for line, option in zip(lines, OPTIONS, strict=True))


def test_every_option_names_its_flags_and_helps() -> None:
    assert [option.flags for option in OPTIONS] == [
        ("-p", "--path"),
        ("-e", "--encryption_variable"),
        ("-s", "--secure"),
        ("-o", "--optimize_df"),
        ("-t", "--timestamp"),
        ("-m", "--metadata"),
        ("-l", "--logs_path"),
        ("-g", "--gzip_logs"),
        ("-r", "--report_memory_gain"),
        ("-n", "--numbers_as_categories"),
        ("-b", "--booleans_as_categories"),
        ("--frame_format",),
        ("--manifest",),
        ("--keyed_digests",),
        ("--allow_pickle",),
    ]
    assert all(option.help for option in OPTIONS)
