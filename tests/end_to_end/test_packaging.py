"""The wheel, and what it does in fresh environments."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from fixtures.build import NOTEBOOKS

pytestmark = pytest.mark.packaging

ROOT = NOTEBOOKS.parent.parent
FOLDER = "Scripts" if os.name == "nt" else "bin"


def run(*command: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a program with what it prints caught."""
    return subprocess.run([*map(str, command)], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the source distribution, as a package index would receive both."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--outdir", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def install(wheel: Path, extras: str, folder: Path) -> Path:
    """Install the wheel into a fresh environment and return the folder of its programs."""
    venv.create(folder, with_pip=True)
    python = folder / FOLDER / "python"
    done = run(python, "-m", "pip", "install", "--quiet", f"{wheel}{extras}")
    assert done.returncode == 0, done.stderr
    return folder / FOLDER


def test_wheel_holds_both_packages_with_types(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"vaultcheck/py.typed", "vault_magic/py.typed", "vault_magic/ipython/magics.py"} <= names
    assert {name.split("/")[0] for name in names} == {
        "vaultcheck",
        "vault_magic",
        f"{'-'.join(wheel.name.split('-')[:2])}.dist-info",
    }


def test_index_accepts_what_is_built(wheel: Path) -> None:
    done = run(sys.executable, "-m", "twine", "check", "--strict", *wheel.parent.iterdir())
    assert done.returncode == 0, done.stdout


def test_base_install_checks(wheel: Path, tmp_path: Path) -> None:
    programs = install(wheel, "", tmp_path / "venv")
    broken = NOTEBOOKS / "VC304-stale-import"
    assert run(programs / "vaultcheck", "clean", folder=broken).returncode == 0
    found = run(programs / "vaultcheck", "broken", folder=broken)
    assert (found.returncode, found.stdout.count("error VC304")) == (1, 1)
    absent = run(programs / "python", "-c", "import pandas")
    assert absent.returncode == 1


def test_full_install_stores_in_a_terminal_and_checks(wheel: Path, tmp_path: Path) -> None:
    programs = install(wheel, "[all]", tmp_path / "venv")
    lines = (
        "%load_ext vault_magic",
        "%open_vault -p storage.zip --secure False",
        "import pandas",
        "frame = pandas.DataFrame({'a': [1, 2]})",
        "%vault store frame in datasets",
        "%vault import frame from datasets as again",
        "print(again.equals(frame))",
    )
    (tmp_path / "session.ipy").write_text("\n".join(lines), encoding="utf-8")
    done = run(programs / "ipython", "--no-banner", "session.ipy", folder=tmp_path)
    assert "Stored frame (None → 64E1A99A) at" in done.stdout, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "True"
    assert run(programs / "vaultcheck", NOTEBOOKS / "quickstart").returncode == 0
