"""`%open_vault` and `%vault` in a shell."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput, capture_output

from vault_magic.errors import CommandError, PasswordError, VaultError, VaultNotOpen
from vault_magic.forms import FORMS
from vault_magic.options import OPTIONS
from vault_magic.record import read_record

OPEN = "%open_vault -p storage.zip --secure False"


def run(shell: InteractiveShell, *cells: str) -> list[RichOutput]:
    """Run cells that must succeed, and return the rich outputs of the last."""
    outputs: list[RichOutput] = []
    for cell in cells:
        with capture_output() as captured:
            shell.run_cell(cell, store_history=True).raise_error()
        outputs = captured.outputs
    return outputs


def fail(shell: InteractiveShell, cell: str) -> BaseException:
    """Run a cell that must fail, and return its error."""
    with capture_output():
        result = shell.run_cell(cell, store_history=True)
    error: BaseException | None = result.error_in_exec
    assert error is not None
    return error


def stored_record(output: RichOutput) -> dict[str, Any]:
    """Return the record of an output as it will lie in the notebook."""
    record: dict[str, Any] = output.metadata["vault"]
    return record


def test_store_shows_a_stamp_and_leaves_a_record(shell: InteractiveShell) -> None:
    (output,) = run(shell, OPEN, "x = [1, 2]", "%vault store x in m")
    assert output.data["text/markdown"].startswith("Stored `x` as pickle (None → ")
    assert output.data["text/plain"] == output.data["text/markdown"].replace("`", "")
    record = read_record(stored_record(output))
    assert (record.action, record.command) == ("store", "store x in m")
    assert record.cell is not None
    assert [row.split(" ")[1] for row in (record.ledger.rows if record.ledger else "").splitlines()] == ["+", "+", "~"]


def test_import_binds_the_value(shell: InteractiveShell) -> None:
    run(shell, OPEN, "x = [1, 2]\n%vault store x in m\ndel x", "%vault import x from m as y")
    assert shell.user_ns["y"] == [1, 2]
    assert "x" not in shell.user_ns


def test_import_inside_a_function_sees_its_variables(shell: InteractiveShell) -> None:
    code = "def keep(value):\n    get_ipython().run_line_magic('vault', 'store value in m')\nkeep(7)"
    run(shell, OPEN, code, "%vault import value from m as out")
    assert shell.user_ns["out"] == 7


def test_function_is_found_among_the_variables_of_a_function(shell: InteractiveShell) -> None:
    code = "def keep():\n    x, render = 7, lambda value: str(value)\n    %vault store x in m with render\nkeep()"
    run(shell, OPEN, code, "look = lambda file: file.read()\n%vault import x from m with look")
    assert shell.user_ns["x"] == b"7"


def test_import_that_a_function_would_not_see_is_refused(shell: InteractiveShell) -> None:
    run(shell, OPEN, "x = 1\n%vault store x in m\ndel x")
    error = fail(shell, "def look():\n    x = 'old'\n    %vault import x from m\n    return x\nlook()")
    assert isinstance(error, CommandError)
    assert str(error) == (
        "'x' is a variable of the function here, and would stay what it is; import it under another name, "
        "or write: x = vault_magic.vault.load('MODULE/x')"
    )
    assert "x" not in shell.user_ns
    assert isinstance(fail(shell, "def look():\n    m = 1\n    %vault import m\nlook()"), CommandError)


def test_import_into_the_notebook_replaces_its_variable(shell: InteractiveShell) -> None:
    run(shell, OPEN, "x = 1\n%vault store x in m\nx = 2", "%vault import x from m")
    run(shell, "def look():\n    %vault import x from m as y\n    return y\nz = look()")
    assert (shell.user_ns["x"], shell.user_ns["z"]) == (1, 1)


def test_vault_that_cannot_be_opened_leaves_none_open(shell: InteractiveShell) -> None:
    run(shell, OPEN, "x = 1")
    for line in ("%open_vault -p storage.zip -e VAULT_TEST_UNSET", "%open_vault --typo"):
        run(shell, OPEN)
        fail(shell, line)
        assert isinstance(fail(shell, "%vault store x in m"), VaultNotOpen)


@pytest.mark.skipif(os.name == "nt", reason="a working directory is not removed there")
def test_lost_working_directory_is_one_error(shell: InteractiveShell, tmp_path: Path) -> None:
    run(shell, f"import os\nos.mkdir('gone')\nos.chdir('gone')\nos.rmdir({str(tmp_path / 'gone')!r})")
    error = fail(shell, OPEN)
    assert str(error) == "the working directory is not there any more; change to one that is: %cd FOLDER"


def test_variables_in_a_line_are_filled_in_and_recorded(shell: InteractiveShell) -> None:
    outputs = run(shell, OPEN, "x = 1", "for m in ('a', 'b'):\n    %vault store x in {m}")
    assert [stored_record(one)["command"] for one in outputs] == ["store x in a", "store x in b"]


@pytest.mark.parametrize(
    ("option", "has_stamp", "has_record"),
    [("", True, True), ("-t False", False, True), ("-m False", True, False), ("-t False -m False", False, False)],
)
def test_stamp_and_record_can_be_left_out(
    shell: InteractiveShell, option: str, *, has_stamp: bool, has_record: bool
) -> None:
    outputs = run(shell, f"{OPEN} {option}", "x = 1", "%vault store x in m")
    assert [bool(one.data["text/plain"]) for one in outputs] == [has_stamp] * (has_stamp or has_record)
    assert ["vault" in one.metadata for one in outputs] == [has_record] * (has_stamp or has_record)


def test_without_a_stamp_there_is_still_plain_text(shell: InteractiveShell) -> None:
    (output,) = run(shell, f"{OPEN} -t False", "x = 1", "%vault store x in m")
    assert output.data == {"text/plain": ""}


def test_command_before_open_is_an_error(shell: InteractiveShell) -> None:
    error = fail(shell, "%vault list")
    assert isinstance(error, VaultNotOpen)
    assert str(error) == "no vault is open; type first: %open_vault -p storage.zip"


def test_new_vault_is_announced_and_an_old_one_is_not(shell: InteractiveShell) -> None:
    with capture_output() as first:
        shell.run_cell("%open_vault -p data/ --secure False")
    with capture_output() as second:
        shell.run_cell("%open_vault -p data/ --secure False")
    assert (first.stdout, second.stdout) == ("Created a new vault: data/storage.zip\n", "")
    assert Path("data/storage.zip").exists()


def test_undecided_encryption_is_warned_of(shell: InteractiveShell) -> None:
    with capture_output() as captured:
        shell.run_cell("%open_vault")
    assert captured.stderr.startswith("Warning: storage.zip is not encrypted; ")


def test_manifest_can_be_left_out(shell: InteractiveShell) -> None:
    run(shell, f"{OPEN} --manifest False", "x = 1", "%vault store x in m", "%vault import x from m")
    assert not Path("storage.zip.manifest.json").exists()


def test_list_shows_a_table(shell: InteractiveShell) -> None:
    run(shell, OPEN, "x = 1", "%vault store x in m")
    (output,) = run(shell, "%vault list")
    head, row = output.data["text/plain"].splitlines()
    assert head.split() == ["object", "format", "bytes", "crc32", "stored", "by"]
    assert row.split()[:2] == ["m/x", "pickle"]
    assert output.data["text/html"].startswith('<table><thead><tr><th style="text-align: left">object</th>')
    assert "vault" not in output.metadata


def test_empty_list_says_so(shell: InteractiveShell) -> None:
    (output,) = run(shell, OPEN, "%vault list nothing")
    assert output.data["text/plain"] == "Nothing is stored in 'nothing'."
    (output,) = run(shell, "%vault list")
    assert output.data == {"text/plain": "Nothing is stored here.", "text/html": "<p>Nothing is stored here.</p>"}


def test_list_of_a_misspelt_module_names_the_nearest(shell: InteractiveShell) -> None:
    (output,) = run(shell, OPEN, "x = 1", "%vault store x in deep.data", "%vault list deep.dta")
    assert output.data["text/plain"] == "Nothing is stored in 'deep/dta'; did you mean 'deep/data'?"


def test_password_stays_out_of_everything(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_KEY", "correct horse")
    (output,) = run(shell, "%open_vault -e STORAGE_KEY", "x = 1", "%vault store x in m")
    assert "correct horse" not in str(output.metadata)
    monkeypatch.setenv("STORAGE_KEY", "wrong horse")
    error = fail(shell, "%open_vault -e STORAGE_KEY")
    assert isinstance(error, PasswordError)
    assert str(error) == "the password in STORAGE_KEY does not open storage.zip; set the right one"


def test_errors_render_as_one_line(shell: InteractiveShell) -> None:
    error = fail(shell, "%open_vault --sceure False")
    assert isinstance(error, VaultError)
    assert error._render_traceback_() == [
        "CommandError: %open_vault has no option '--sceure'; did you mean '--secure'?",
    ]


def test_home_folder_is_found_and_not_named(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path.cwd() / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    (output,) = run(shell, "%open_vault -p ~/vaults/ --secure False", "x = 1", "%vault store x in m")
    assert (home / "vaults/storage.zip").exists()
    assert stored_record(output)["archive"]["path"] == "storage.zip"


def test_folder_in_place_of_an_archive_is_one_line(shell: InteractiveShell) -> None:
    Path("data").mkdir()
    error = fail(shell, "%open_vault -p data")
    assert str(error) == "data is a folder; for the archive in it write: -p data/"


def test_help_shows_every_form_and_option(shell: InteractiveShell) -> None:
    with capture_output() as captured:
        shell.run_cell("%vault?\n")
        shell.run_cell("%open_vault?\n")
    shown = str(captured.stdout) + "".join(output.data["text/plain"] for output in captured.outputs)
    for form in FORMS:
        assert f"%vault {form.text}\n" in f"{shown}\n"
    for option in OPTIONS:
        assert f"{', '.join(option.flags)} {option.value} " in shown


def test_log_shows_what_was_done(shell: InteractiveShell) -> None:
    (output,) = run(shell, OPEN, "x = 1", "%vault store x in m", "%vault import x from m", "%vault log")
    rows = [row.split("  ") for row in output.data["text/plain"].splitlines()]
    assert [[cell.strip() for cell in row if cell][1:] for row in rows] == [
        ["command", "objects"],
        ["%vault store x in m", "m/x (F918E912)"],
        ["%vault import x from m", "m/x (F918E912)"],
    ]


def test_seal_leaves_the_ledger_without_storing(shell: InteractiveShell) -> None:
    (output,) = run(shell, OPEN, "x = 1", "%vault seal")
    assert output.data["text/plain"].startswith("Sealed 3 cells at ")
    record = read_record(stored_record(output))
    assert (record.action, record.results) == ("seal", ())
    assert record.ledger is not None
    assert len(record.ledger.rows.splitlines()) == 3
    (listing,) = run(shell, "%vault list")
    assert listing.data["text/plain"] == "Nothing is stored here."


def test_sealing_one_cell_is_spelt_so(shell: InteractiveShell) -> None:
    (output,) = run(shell, f"{OPEN}\n%vault seal")
    assert output.data["text/plain"].startswith("Sealed 1 cell at ")


FRAME = "import pandas\nframe = pandas.DataFrame({'n': range(1000), 'city': ['London', 'Delhi'] * 500})"


def test_memory_gain_is_told_before_the_stamp(shell: InteractiveShell) -> None:
    run(shell, f"{OPEN} --report_memory_gain", FRAME, "%vault store frame in m")
    with capture_output() as captured:
        shell.run_cell("%vault import frame from m as again").raise_error()
    assert captured.stdout.startswith("Reduced memory usage by ")
    assert captured.outputs[0].data["text/plain"].startswith("Imported again (")
    assert str(shell.user_ns["again"]["city"].dtype) == "category"


def test_storing_an_optimised_frame_again_changes_nothing(shell: InteractiveShell) -> None:
    run(shell, OPEN, FRAME, "%vault store frame in m", "%vault import frame from m")
    (output,) = run(shell, "%vault store frame in m")
    (result,) = read_record(stored_record(output)).results
    assert result.before == result.after
    (output,) = run(shell, "%vault status")
    assert output.data["text/plain"] == "1 variable is as in the vault."


def test_optimisation_can_be_switched_off(shell: InteractiveShell) -> None:
    run(shell, f"{OPEN} --optimize_df False", FRAME, "%vault store frame in m", "%vault import frame from m as again")
    assert shell.user_ns["again"].equals(shell.user_ns["frame"])
    assert str(shell.user_ns["again"]["city"].dtype) != "category"


def test_frames_can_be_parquet(shell: InteractiveShell) -> None:
    opening = f"{OPEN} --frame_format parquet --optimize_df False"
    (output,) = run(shell, opening, FRAME, "%vault store frame in m", "%vault import frame from m as again")
    (result,) = read_record(stored_record(output)).results
    assert result.after is not None
    assert result.after.format == "parquet"
    assert shell.user_ns["again"].equals(shell.user_ns["frame"])


def test_hint_is_shown_before_the_work_and_once(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vault_magic.operations.storing.estimate_bytes", lambda _frame: 10**9)
    run(shell, OPEN, "import pandas\nframe = pandas.DataFrame({'n': range(100_000)})")
    with capture_output() as captured:
        shell.run_cell("%vault store frame in m\n%vault store frame in m").raise_error()
    assert captured.stdout == (
        "m/frame takes 1,000 MB and is stored as text; for frames this large Parquet is several times as fast: "
        "%open_vault ... --frame_format parquet\n"
    )


def test_project_says_where_the_vault_is(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pyproject.toml").write_text('[tool.vault_magic]\npath = "data/"\nsecure = false\n', encoding="utf-8")
    Path("notebooks").mkdir()
    monkeypatch.chdir("notebooks")
    with capture_output() as captured:
        shell.run_cell("%open_vault").raise_error()
    assert (captured.stdout, captured.stderr) == ("Created a new vault: data/storage.zip\n", "")
    assert Path("../data/storage.zip").is_file()


def test_unknown_option_of_the_project_is_one_line(shell: InteractiveShell) -> None:
    Path("pyproject.toml").write_text('[tool.vault_magic]\npth = "data/"\n', encoding="utf-8")
    error = fail(shell, "%open_vault")
    assert str(error) == "pyproject.toml: [tool.vault_magic] has no option 'pth'; did you mean 'path'?"


def test_log_goes_where_it_is_wanted(shell: InteractiveShell) -> None:
    run(shell, f"{OPEN} --logs_path logs/all.log --gzip_logs False", "x = 1", "%vault store x in m")
    assert '"command": "store x in m"' in Path("logs/all.log").read_text(encoding="utf-8")
    assert not Path("storage.zip.vault.log.gz").exists()


def test_log_beside_the_archive_by_its_placeholder(shell: InteractiveShell) -> None:
    run(shell, f"{OPEN} -l {{path}}.txt -g False", "x = 1", "%vault store x in m")
    assert '"command": "store x in m"' in Path("storage.zip.txt").read_text(encoding="utf-8")


def test_failing_function_shows_its_own_traceback(shell: InteractiveShell) -> None:
    run(shell, OPEN, "x = 1\ndef broken(value):\n    return value.nothing")
    error = fail(shell, "%vault store x in m with broken")
    start = "broken failed when storing 'm/x': AttributeError: 'int' object has no attribute 'nothing'"
    assert str(error) == f"{start}; nothing was changed"
    assert isinstance(error, VaultError)
    assert "return value.nothing" in "\n".join(error._render_traceback_())
    (output,) = run(shell, "%vault list")
    assert output.data["text/plain"] == "Nothing is stored here."


def test_file_in_place_of_a_terminal_gets_escaped_what_it_has_no_sign_for(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252", write_through=True))
    for cell in ("%open_vault -p ż.zip --secure False", "x = [1, 2]", "%vault store x in m"):
        shell.run_cell(cell).raise_error()
    shown = raw.getvalue().decode("cp1252")
    assert "Created a new vault: \\u017c.zip" in shown
    assert "Stored x as pickle (None \\u2192 " in shown
