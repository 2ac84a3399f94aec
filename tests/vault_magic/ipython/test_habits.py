"""What users of the original tool are used to type."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.utils.capture import capture_output

from vault_magic import load_ipython_extension, unload_ipython_extension
from vault_magic.errors import VaultError
from vault_magic.ipython.magics import VaultMagics

ADVICE = "data_vault is not installed and not needed: %vault is there already; delete this line"


def fail(shell: InteractiveShell, cell: str) -> BaseException:
    with capture_output():
        result = shell.run_cell(cell)
    error: BaseException | None = result.error_in_exec
    assert error is not None
    return error


def test_import_of_the_original_tells_what_to_type(shell: InteractiveShell) -> None:
    error = fail(shell, "import data_vault")
    assert isinstance(error, VaultError)
    assert isinstance(error, ModuleNotFoundError)
    assert error._render_traceback_() == [f"NotNeeded: {ADVICE}"]


def test_other_modules_are_missing_as_ever(shell: InteractiveShell) -> None:
    assert type(fail(shell, "import data_vaults")) is ModuleNotFoundError


def test_name_of_the_original_shows_our_reference(shell: InteractiveShell) -> None:
    with capture_output() as captured:
        shell.run_cell("print(data_vault.VaultMagics.vault.__doc__)").raise_error()
    assert captured.stdout.rstrip() == (VaultMagics.vault.__doc__ or "").rstrip()
    error = fail(shell, "data_vault.Vault")
    assert isinstance(error, VaultError)
    assert error._render_traceback_() == [
        "NotHere: data_vault.Vault is not there: vault_magic does its work here; type %vault?"
    ]
    assert "data_vault" not in shell.user_ns


def test_unloading_forgets_the_habits(shell: InteractiveShell) -> None:
    unload_ipython_extension(shell)
    assert type(fail(shell, "import data_vault")) is ModuleNotFoundError
    assert isinstance(fail(shell, "data_vault"), NameError)
    load_ipython_extension(shell)


def test_original_that_takes_over_is_told_once(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    @magics_class
    class Original(Magics):
        @line_magic
        def vault(self, line: str) -> None:
            """Stand for the magic of the original."""

    monkeypatch.setitem(sys.modules, "data_vault", types.ModuleType("data_vault"))
    with capture_output() as captured:
        shell.run_cell("import data_vault")
        shell.register_magics(Original)
        shell.run_cell("1")
        shell.run_cell("2")
    assert captured.stderr.splitlines() == [
        "Warning: %vault is that of data_vault now; delete the line that imports data_vault, or type below it "
        "%reload_ext vault_magic and %open_vault"
    ]
    with capture_output():
        shell.run_cell("%reload_ext vault_magic\n%open_vault -p storage.zip --secure False").raise_error()
        shell.run_cell("x = 1\n%vault store x in m").raise_error()
    assert Path("storage.zip").exists()


@pytest.mark.parametrize("line", ["%open_vault -p storage.zip --secure False", "%vault list"])
def test_importing_the_package_is_enough_for_the_magics(shell: InteractiveShell, line: str) -> None:
    unload_ipython_extension(shell)
    shell.magics_manager._loaded_lazy = set()  # what a new session has
    with capture_output() as captured:
        shell.run_cell("import sys, importlib, vault_magic\nimportlib.reload(vault_magic);")
        shell.run_cell(line)
    assert "not found" not in captured.stdout + captured.stderr
    assert shell.find_line_magic("vault") is not None
    assert shell.find_cell_magic("vault") is None
