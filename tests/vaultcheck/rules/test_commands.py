"""Tests of the rules about commands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import Lab, name_case
from vaultcheck.rules.commands import (
    EditedCommand,
    FailedCommand,
    MalformedCommand,
    NeverExecuted,
    VanishedCommand,
)

Case = Callable[[Lab], None]


def _each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("arrange", cases, ids=name_case)


# VC101

_LIVE = {
    "no-place": "%vault store x",
    "no-verb": "%vault",
    "typo": "%vault stroe x in m",
    "star": "%vault import * from m",
    "path-out-of-archive": "%vault import '../x' as x",
    "indented": "if True:\n    %vault store x",
    "in-timed-cell": "%%time\n%vault store x",
    "in-captured-cell": "%%capture\n%vault store x",
    "assigned": "y = %vault store x",
    "continued": "%vault store x \\\n  as y",
    "unknown-option": "%open_vault --pth a.zip",
    "in-cell-that-is-no-python": "for for\n%vault store x",
    "called": "get_ipython().run_line_magic('vault', 'store x')",
    "automagic": "vault store x",
    "refused-path-of-a-call": "from vault_magic import vault\nvault.load('../x')",
    "refused-path-of-an-opening": "from vault_magic import open_vault\nopen_vault('$where')",
}
_DEAD = {
    "well-formed": "%vault store x in m",
    "quoted-path": "%vault store x in 'm/x'",
    "odd-spacing-and-comment": "%vault   store x   in m  # as ever",
    "continued": "%vault store x \\\n  in m",
    "in-a-string": "t = '''\n%vault store x\n'''",
    "in-a-docstring": 'def f():\n    """\n    %vault store x\n    """',
    "in-a-comment": "# %vault store x",
    "in-a-bracket": "t = [5\n%vault\n]",
    "bash-cell": "%%bash\n%vault store x",
    "html-cell": "%%html\n%vault store x",
    "other-interpreter": "%%python\n%vault store x",
    "shell-line": "!echo %vault store x",
    "another-magic": "%vaults store x",
    "expanded-name": "%vault store x in $mod",
    "expanded-expression": "%vault store x in {mod + 'a'}",
    "expanded-option": "%open_vault -p {path}",
    "modulo": "a = b %vault",
    "called-template": "get_ipython().run_line_magic('vault', f'store {x}')",
    "called-with-a-variable": "get_ipython().run_line_magic('vault', line)",
    "prose": "vault doors are heavy",
    "call-with-a-good-path": "from vault_magic import vault\nvault.load('m/x')",
    "call-of-another-object": "vault.load('../x')",
    "call-with-a-variable": "from vault_magic import vault\nvault.load(path)",
}


@pytest.mark.parametrize("source", _DEAD.values(), ids=_DEAD)
def test_line_that_is_no_malformed_command(lab: Lab, source: str) -> None:
    lab.start("a.ipynb").write(source)
    lab.save()
    assert lab.find([MalformedCommand()]) == []


@pytest.mark.parametrize("source", _LIVE.values(), ids=_LIVE)
def test_malformed_command_is_reported_alone(lab: Lab, source: str) -> None:
    lab.start("a.ipynb").write(source)
    lab.save()
    assert lab.find() == [("VC101", "a.ipynb", 2)]


@pytest.mark.parametrize("language", ["R", "julia", "bash"])
def test_kernels_of_other_languages_have_no_commands(lab: Lab, language: str) -> None:
    author = lab.start("a.ipynb")
    author.write("%vault store x")
    author.metadata = {"kernelspec": {"name": "k", "display_name": "K", "language": language}}
    lab.save()
    assert lab.find() == []


def test_markdown_has_no_commands(lab: Lab) -> None:
    lab.start("a.ipynb").write("%vault store x", kind="markdown")
    lab.save()
    assert lab.find() == []


def test_malformed_command_says_reason_form_and_line(lab: Lab) -> None:
    lab.start("a.ipynb").write("x = 1\n\n%vault store x")
    lab.save()
    (finding,) = lab.check([MalformedCommand()])
    assert finding.message == "%vault store x: 'in' is missing"
    assert finding.hint == "write: %vault store VAR[, VAR...] in MODULE [with FUNC] [as NAME]"
    assert (finding.location.cell, finding.location.line, finding.location.cell_id) == (2, 3, "cell-2")


def test_malformed_opening_names_its_own_magic(lab: Lab) -> None:
    lab.start("a.ipynb").write("%open_vault --pth a.zip")
    lab.save()
    (finding,) = lab.check([MalformedCommand()])
    assert (finding.message, finding.hint) == ("%open_vault has no option '--pth'", "did you mean '--path'?")


def test_malformed_opening_tells_no_password(lab: Lab) -> None:
    lab.start("a.ipynb").write("%open_vault -e correct-horse")
    lab.save()
    (finding,) = lab.check([MalformedCommand()])
    assert finding.message.startswith("%open_vault: -e names an environment variable")
    assert "horse" not in f"{finding.message} {finding.hint}"


def test_malformed_call_is_shown_as_a_call(lab: Lab) -> None:
    lab.start("a.ipynb").write("from vault_magic import vault\nvault.load('../x')")
    lab.save()
    (finding,) = lab.check([MalformedCommand()])
    assert finding.message == "vault.load('../x'): the path '../x' is refused: it contains '..'"
    assert (finding.location.line, finding.hint) == (2, "mend the line")


def test_malformed_opening_by_call_is_named_as_a_call(lab: Lab) -> None:
    lab.start("a.ipynb").write("from vault_magic import open_vault\nopen_vault('$where')")
    lab.save()
    (finding,) = lab.check([MalformedCommand()])
    assert finding.message.startswith("open_vault(): ")


# VC102


def unchanged(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")


def edited_and_run_again(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.edit(2, "%vault store x in n")
    author.run_again(2)


def other_spacing(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "%vault  store  x  in  m")


def comment_added(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "# keep\n%vault store x in m  # now")


def keywords_in_another_order(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m as y").edit(2, "%vault store x as y in m")


def expanded_variable(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault store x in $mod", did=["store x in m"])


def expanded_expression(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault store x in {m + 'o'} as {n}", did=["store x in mo as y"])


def loop_that_gave_several_records(lab: Lab) -> None:
    source = "for m in 'abc':\n    %vault store x in {m}"
    lab.start("a.ipynb").run(source, did=[f"store x in {name}" for name in "abc"])


def loop_around_a_fixed_command(lab: Lab) -> None:
    lab.start("a.ipynb").run("for _ in 'abc':\n    %vault store x in m", did=["store x in m"] * 3)


def expanded_beyond_recognition_in_a_cell_as_it_ran(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault $what", did=["store x in m"])


def stored_by_a_function_defined_elsewhere(lab: Lab) -> None:
    lab.start("a.ipynb").run("keep(x)", did=["store x in m"])


def records_in_a_cell_with_more_commands(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault store x in m\n%vault store y in m")


def template_in_an_edited_cell(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("mod = 'm'\n%vault store x in $mod", did=["store x in m"])
    author.edit(2, "mod = 'm'  # ours\n%vault store x in $mod")


def _call(lab: Lab, source: str, *, ran: str, recorded: str) -> None:
    """Run a cell that calls the vault: the record is that of the line which does the same, with the call's text."""
    author = lab.start("a.ipynb", "from vault_magic import vault as v")
    author.run(source, did=[ran])
    author.cells[-1]["outputs"][0]["metadata"]["vault"]["command"] = recorded


def call(lab: Lab) -> None:
    _call(lab, "v.store('m/x', x)", ran="store x in m", recorded="vault.store('m/x', ...)")


def call_spelt_otherwise(lab: Lab) -> None:
    call(lab)
    lab.notebooks["a.ipynb"].edit(3, 'v.store(\n    "m/x",\n    x,\n)')


def call_with_a_computed_path(lab: Lab) -> None:
    _call(lab, "v.store(path, x)", ran="store x in m", recorded="vault.store('m/x', ...)")


def called_magic(lab: Lab) -> None:
    lab.start("a.ipynb").run("get_ipython().run_line_magic('vault', 'store x in m')", did=["store x in m"])


def called_template(lab: Lab) -> None:
    source = "for m in 'abc':\n    get_ipython().run_line_magic('vault', f'store x in {m}')"
    lab.start("a.ipynb").run(source, did=[f"store x in {name}" for name in "abc"])


def automagic(lab: Lab) -> None:
    lab.start("a.ipynb").run("vault store x in m", did=["store x in m"])


_SAME_COMMAND: tuple[Case, ...] = (
    unchanged,
    edited_and_run_again,
    other_spacing,
    comment_added,
    keywords_in_another_order,
    expanded_variable,
    expanded_expression,
    loop_that_gave_several_records,
    loop_around_a_fixed_command,
    expanded_beyond_recognition_in_a_cell_as_it_ran,
    stored_by_a_function_defined_elsewhere,
    records_in_a_cell_with_more_commands,
    template_in_an_edited_cell,
    call,
    call_spelt_otherwise,
    call_with_a_computed_path,
    called_magic,
    called_template,
    automagic,
)


@_each(*_SAME_COMMAND)
def test_command_that_says_the_same_is_not_edited(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([EditedCommand(), VanishedCommand(), NeverExecuted()]) == []


def other_module(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "%vault store x in n")


def other_variable(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "%vault store y in m")


def other_verb(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m", "%vault import x from m").edit(2, "%vault del x from m")


def other_alias(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m as a").edit(2, "%vault store x in m as b")


def template_that_cannot_have_become_it(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%vault store x in $mod", did=["store x in m"])
    author.edit(2, "%vault store y in $mod")


def called_magic_edited(lab: Lab) -> None:
    called_magic(lab)
    lab.notebooks["a.ipynb"].edit(2, "get_ipython().run_line_magic('vault', 'store x in n')")


def automagic_edited(lab: Lab) -> None:
    automagic(lab)
    lab.notebooks["a.ipynb"].edit(2, "vault store x in n")


@_each(
    called_magic_edited,
    automagic_edited,
    other_module,
    other_variable,
    other_verb,
    other_alias,
    template_that_cannot_have_become_it,
)
def test_command_edited_after_it_ran_is_reported(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([EditedCommand(), VanishedCommand()]) == [("VC102", "a.ipynb", 2)]


def test_edited_command_is_reported_once_and_not_as_an_edited_cell(lab: Lab) -> None:
    other_module(lab)
    lab.save()
    assert lab.find() == [("VC102", "a.ipynb", 2)]


def test_edited_command_tells_both_texts_and_its_line(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1\n%vault store x in m")
    author.edit(2, "x = 1\n%vault   store x in n")
    lab.save()
    (finding,) = lab.check([EditedCommand()])
    assert finding.message == ("the output was made by: %vault store x in m; the cell now says: %vault store x in n")
    assert (finding.location.line, finding.object) == (2, "n/x")


def test_edited_call_tells_both_calls(lab: Lab) -> None:
    call(lab)
    lab.notebooks["a.ipynb"].edit(3, "v.store('n/x', x)")
    lab.save()
    (finding,) = lab.check([EditedCommand()])
    assert finding.message == (
        "the output was made by: vault.store('m/x', ...); the cell now says: vault.store('n/x', ...)"
    )


def test_call_that_became_a_line_tells_both_as_they_are(lab: Lab) -> None:
    call(lab)
    lab.notebooks["a.ipynb"].edit(3, "%vault store x in m")
    lab.save()
    (finding,) = lab.check([EditedCommand()])
    assert finding.message == (
        "the output was made by: vault.store('m/x', ...); the cell now says: %vault store x in m"
    )


def test_only_the_edited_one_of_two_commands_is_reported(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m\n%vault store y in m")
    author.edit(2, "%vault store x in m\n%vault store y in n")
    lab.save()
    (finding,) = lab.check([EditedCommand()])
    assert finding.location.line == 2


# VC103


def run(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")


def captured(lab: Lab) -> None:
    lab.start("a.ipynb").run("%%capture\n%vault store x in m", did=["store x in m"], records=False)


def captured_and_stripped(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%%capture\n%vault store x in m", did=["store x in m"], records=False)
    author.strip()


def without_metadata(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault store x in m", records=False)


def stripped(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").strip()


def stripped_import(lab: Lab) -> None:
    lab.put("m/x", "1", format=None)
    lab.start("a.ipynb", "%vault import x from m").strip()


def edited_beside_a_captured_command(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%%capture\nx = 1\n%vault store x in m", did=["store x in m"], records=False)
    author.run("%vault list")
    author.edit(2, "%%capture\nx = 2\n%vault store x in m")


def malformed_is_another_rule(lab: Lab) -> None:
    lab.start("a.ipynb").write("%vault store x")


def template_that_ran(lab: Lab) -> None:
    lab.start("a.ipynb").run("%vault $what", did=["list"])


def to_be_skipped(lab: Lab) -> None:
    lab.start("a.ipynb").write("%vault store x in m")
    lab.notebooks["a.ipynb"].cells[1]["metadata"] = {"tags": ["skip-execution"]}


def to_be_skipped_by_nbval(lab: Lab) -> None:
    lab.start("a.ipynb").write("# NBVAL_SKIP\n%vault store x in m")


@_each(
    run,
    captured,
    captured_and_stripped,
    without_metadata,
    stripped,
    stripped_import,
    template_that_ran,
    edited_beside_a_captured_command,
    to_be_skipped,
    to_be_skipped_by_nbval,
)
def test_command_with_a_trace_of_a_run_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([NeverExecuted()]) == []


def test_malformed_command_is_not_also_never_executed(lab: Lab) -> None:
    malformed_is_another_rule(lab)
    lab.save()
    assert lab.find() == [("VC101", "a.ipynb", 2)]


def written_and_not_run(lab: Lab) -> None:
    lab.start("a.ipynb").write("%vault store x in m")


def template_not_run(lab: Lab) -> None:
    lab.start("a.ipynb").write("%vault store x in $mod")


def automagic_not_run(lab: Lab) -> None:
    lab.start("a.ipynb").write("vault store x in m")


def call_not_run(lab: Lab) -> None:
    lab.start("a.ipynb").write("from vault_magic import vault\nvault.store('m/x', x)")


def copied_from_a_cell_that_ran(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.write("%vault store x in m  # again")
    author.run("%vault store x in m")


def written_into_a_notebook_without_records(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.write("%vault store x in m")
    author.strip()


def written_between_cells_that_ran(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.write("%vault store y in m")
    author.run("%vault list")


@_each(
    written_and_not_run,
    automagic_not_run,
    call_not_run,
    template_not_run,
    written_into_a_notebook_without_records,
    written_between_cells_that_ran,
    copied_from_a_cell_that_ran,
)
def test_command_without_a_trace_of_a_run_is_reported(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find() == [("VC103", "a.ipynb", 2)]


def test_call_that_was_not_run_is_shown_as_a_call(lab: Lab) -> None:
    call_not_run(lab)
    lab.save()
    (finding,) = lab.check([NeverExecuted()])
    assert finding.message == "vault.store('m/x', ...) has not been run"


def test_command_added_to_a_cell_that_ran_is_reported(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.edit(2, "%vault store x in m\n%vault store y in m")
    lab.save()
    assert ("VC103", "a.ipynb", 2) in lab.find()
    (finding,) = lab.check([NeverExecuted()])
    assert finding.location.line == 2
    assert finding.message == "%vault store y in m has not been run"
    assert finding.object == "m/y"


def test_command_added_to_an_ordinary_cell_that_ran_is_reported(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "%vault store x in m")
    author.edit(2, "x = 1\n%vault import y from m")
    lab.save()
    assert lab.find([NeverExecuted()]) == [("VC103", "a.ipynb", 2)]


def test_command_added_to_a_stripped_notebook_is_reported(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "%vault store x in m")
    author.strip()
    author.write("%vault store x in n")
    lab.save()
    assert lab.find([NeverExecuted()]) == [("VC103", "a.ipynb", 4)]


@pytest.mark.parametrize("command", ["list", "list m", "log", "status"])
def test_what_only_shows_is_not_missed(lab: Lab, command: str) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.write(f"%vault {command}")
    lab.save()
    assert lab.find() == []


UNTOLD = pytest.mark.parametrize(
    "command", ["import m", "import m as n", "del x from m", f"assert 'm/x' is {'0' * 8}", "seal"]
)


@UNTOLD
def test_what_no_manifest_tells_is_not_missed_in_a_stripped_notebook(lab: Lab, command: str) -> None:
    lab.put("m/x", "1")
    author = lab.start("a.ipynb", "%vault import x from m")
    author.write(f"%vault {command}")
    author.strip()
    lab.save()
    assert lab.find([NeverExecuted()]) == []


@UNTOLD
def test_what_no_manifest_tells_is_missed_beside_cells_that_ran(lab: Lab, command: str) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.write(f"%vault {command}")
    lab.save()
    assert lab.find([NeverExecuted()]) == [("VC103", "a.ipynb", 3)]


# VC104


def command_removed(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "x")


def command_commented_out(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "# %vault store x in m")


def cell_emptied(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "")


def put_into_a_string(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "t = '''\n%vault store x in m\n'''")


def cell_handed_to_a_shell(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m").edit(2, "%%bash\n%vault store x in m")


def one_of_two_removed(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m\n%vault store y in m").edit(2, "%vault store y in m")


def import_removed(lab: Lab) -> None:
    lab.put("m/x", "1")
    lab.start("a.ipynb", "%vault import x from m").edit(2, "x")


@_each(
    command_removed,
    command_commented_out,
    cell_emptied,
    put_into_a_string,
    cell_handed_to_a_shell,
    one_of_two_removed,
    import_removed,
)
def test_record_whose_command_is_gone_is_reported_alone(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([EditedCommand(), VanishedCommand(), NeverExecuted()]) == [("VC104", "a.ipynb", 2)]


def test_vanished_command_is_not_also_an_edited_cell(lab: Lab) -> None:
    command_removed(lab)
    lab.save()
    assert lab.find() == [("VC104", "a.ipynb", 2)]


def removed_and_run_again(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.edit(2, "x")
    author.run_again(2)


def cell_deleted_with_its_output(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m", "%vault list").cells.pop(1)


def moved_to_the_end_of_its_cell(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m\nx = 1")
    author.edit(2, "x = 1\n%vault store x in m")


@_each(
    removed_and_run_again,
    cell_deleted_with_its_output,
    moved_to_the_end_of_its_cell,
    other_module,
    stored_by_a_function_defined_elsewhere,
)
def test_record_that_has_a_command_or_no_cell_is_no_vanished_command(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([VanishedCommand()]) == []


def test_vanished_command_tells_what_ran_and_its_object(lab: Lab) -> None:
    command_removed(lab)
    lab.save()
    (finding,) = lab.check([VanishedCommand()])
    assert finding.message == "the output was made by: %vault store x in m; the cell does not hold it any more"
    assert (finding.object, finding.location.line) == ("m/x", 1)


# VC105

_ERROR = "ZeroDivisionError: division by zero"
_DONE = "store x in m"


def _fail(lab: Lab, source: str, *done: str, error: str = _ERROR) -> None:
    lab.start("a.ipynb").run(source, did=done, error=error)


def ended_well(lab: Lab) -> None:
    lab.start("a.ipynb", "%vault store x in m")


def failed_below_its_commands(lab: Lab) -> None:
    _fail(lab, "%vault store x in m\n1 / 0", _DONE)


def failed_without_a_command(lab: Lab) -> None:
    _fail(lab, "1 / 0")


def error_that_is_meant(lab: Lab) -> None:
    _fail(lab, "%vault store x in m")
    lab.notebooks["a.ipynb"].cells[1]["metadata"]["tags"] = ["raises-exception"]


def mended_and_run_again(lab: Lab) -> None:
    _fail(lab, "%vault store x in m")
    lab.notebooks["a.ipynb"].run_again(2)


def failed_below_what_was_captured(lab: Lab) -> None:
    lab.start("a.ipynb").run("%%capture\n%vault store x in m\n1 / 0", did=[_DONE], records=False, error=_ERROR)


def failed_below_what_leaves_no_records(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%vault store y in m", records=False)
    author.run("%vault store x in m\n1 / 0", did=[_DONE], records=False, error=_ERROR)


def failed_below_its_commands_and_stripped(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%vault store x in m\n1 / 0", did=[_DONE], error=_ERROR)
    author.run("%vault store y in m")
    author.strip()


def ended_well_without_a_record_and_stripped(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("if False:\n    %vault store y in m", did=[])
    author.run("%vault store x in m")
    author.strip()


def malformed_above(lab: Lab) -> None:
    _fail(lab, "%vault store x\n%vault store x in m", error="CommandError: 'in' is missing")


def failed_below_an_opening(lab: Lab) -> None:
    _fail(lab, "%open_vault -p storage.zip --secure False\n1 / 0")


def failed_below_an_opening_and_a_command(lab: Lab) -> None:
    _fail(lab, "%open_vault -p storage.zip --secure False\n%vault store x in m\nload()", _DONE, error="PathError: no")


def imported_what_nobody_stores(lab: Lab) -> None:
    _fail(lab, "%vault import x from m", error="MissingObject: there is no 'm/x' in storage.zip")


def asserted_what_is_not_so(lab: Lab) -> None:
    lab.put("m/x", "1")
    _fail(lab, f"%vault assert x in m is {'0' * 8}", error="AssertionFailed: 'm/x' is 83DCEFB7, not 00000000")


_NOT_FAILED: tuple[Case, ...] = (
    ended_well,
    failed_below_its_commands,
    failed_without_a_command,
    error_that_is_meant,
    mended_and_run_again,
    failed_below_what_was_captured,
    failed_below_what_leaves_no_records,
    failed_below_its_commands_and_stripped,
    ended_well_without_a_record_and_stripped,
    malformed_above,
    failed_below_an_opening,
    failed_below_an_opening_and_a_command,
    imported_what_nobody_stores,
    asserted_what_is_not_so,
)


@_each(*_NOT_FAILED)
def test_command_that_did_not_fail_or_is_told_elsewhere_is_accepted(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([FailedCommand()]) == []


def store_failed(lab: Lab) -> None:
    _fail(lab, "%vault store x in m", error="MissingVariable: there is no variable 'x'")


def failed_above_it(lab: Lab) -> None:
    _fail(lab, "1 / 0\n%vault store x in m")


def import_failed(lab: Lab) -> None:
    lab.put("m/x", "1")
    _fail(lab, "%vault import x from m", error="VaultNotOpen: no vault is open")


def call_failed(lab: Lab) -> None:
    _fail(lab, "from vault_magic import vault\nvault.store('m/x', x)")


def template_failed(lab: Lab) -> None:
    _fail(lab, "%vault store x in $place")


def failed_after_it_had_been_stored_once(lab: Lab) -> None:
    author = lab.start("a.ipynb", "%vault store x in m")
    author.restart()
    author.run_again(2, did=[], error=_ERROR)


def failed_beside_cells_that_were_edited_before(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1\n%vault store x in m", "pass")
    author.edit(2, "x = y\n%vault store x in m")
    author.restart()
    author.run_again(2, did=[], error="NameError: name 'y' is not defined")


def opening_failed(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%open_vault -p storage.zip -e KEY", error="PasswordError: the password in KEY is empty")


def assertion_that_holds_by_now_failed(lab: Lab) -> None:
    lab.put("m/x", "1")
    _fail(lab, "%vault assert x in m is 83DCEFB7", error="AssertionFailed: 'm/x' is 1AD5BE0D, not 83DCEFB7")


_FAILED: tuple[Case, ...] = (
    store_failed,
    failed_above_it,
    import_failed,
    call_failed,
    template_failed,
    failed_after_it_had_been_stored_once,
    failed_beside_cells_that_were_edited_before,
    opening_failed,
    assertion_that_holds_by_now_failed,
)


@_each(*_FAILED)
def test_command_without_a_record_in_a_cell_that_failed_is_reported(lab: Lab, arrange: Case) -> None:
    arrange(lab)
    lab.save()
    assert lab.find([FailedCommand(), NeverExecuted()]) == [("VC105", "a.ipynb", 2)]


def test_command_edited_before_it_ran_again_and_failed_is_reported_alone(lab: Lab) -> None:
    author = lab.start("a.ipynb", "x = 1", "%vault store x in m")
    author.edit(3, "%vault store x, y in m")
    author.restart()
    author.run_again(2)
    author.run_again(3, did=[], error="MissingVariable: there is no variable 'y'")
    lab.save()
    assert lab.find() == [("VC105", "a.ipynb", 3)]


def test_of_several_commands_the_first_without_a_record_is_meant(lab: Lab) -> None:
    _fail(lab, "%vault store x in m\n%vault store y in m\n%vault store z in m", _DONE)
    lab.save()
    (finding,) = lab.check([FailedCommand(), NeverExecuted()])
    assert (finding.location.line, finding.object) == (2, "m/y")


def test_failed_cell_of_a_stripped_notebook_is_told_by_the_ledger(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%vault store y in m", did=[], error=_ERROR)
    author.run("%vault store x in m")
    author.strip()
    lab.save()
    assert lab.find([FailedCommand(), NeverExecuted()]) == [("VC105", "a.ipynb", 2)]


def test_command_edited_after_it_failed_was_never_executed(lab: Lab) -> None:
    author = lab.start("a.ipynb")
    author.run("%vault store y in m", did=[], error=_ERROR, shows=True)
    author.edit(2, "%vault store y in n")
    lab.save()
    assert lab.find([FailedCommand(), NeverExecuted()]) == [("VC103", "a.ipynb", 2)]


_SHOWN = {
    "own": ("MissingVariable: there is no\nvariable 'x'", " (MissingVariable: there is no variable 'x')"),
    "of-python": ("ValueError: hunter2", " (ValueError)"),
    "of-a-function": ("FunctionFailed: dump failed: hunter2", " (FunctionFailed)"),
    "of-a-codec": ("CodecError: cannot store hunter2", " (CodecError)"),
    "without-a-name": ("", ""),
    "with-an-odd-name": ("hunter2!: hunter2", ""),
}


@pytest.mark.parametrize(("error", "shown"), _SHOWN.values(), ids=_SHOWN)
def test_failed_command_repeats_no_text_that_could_hold_a_password(lab: Lab, error: str, shown: str) -> None:
    _fail(lab, "%vault store x in m", error=error or ": hunter2")
    lab.save()
    (finding,) = lab.check([FailedCommand()])
    assert finding.message == f"%vault store x in m left no record, for its cell failed{shown}"


def test_failed_opening_is_shown_without_its_text(lab: Lab) -> None:
    lab.start("a.ipynb").run("%open_vault -p hunter2", error="ArchiveError: it is a folder")
    lab.save()
    (finding,) = lab.check([FailedCommand()])
    assert finding.message == "%open_vault failed (ArchiveError: it is a folder)"
