"""Tests of what a notebook writes and reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaultcheck.cell import Cell
from vaultcheck.file_functions import Kind
from vaultcheck.handovers import Handling, Medium, Parcel, find_handlings, resolve_path
from vaultcheck.notebook import Notebook


def _find(*sources: str) -> tuple[Handling, ...]:
    cells = tuple(Cell(number, is_code=True, source=source) for number, source in enumerate(sources, start=1))
    return find_handlings(Notebook("n/a.ipynb", Path("/p/n/a.ipynb"), cells))


_PATHS: dict[str, tuple[list[str], list[str]]] = {
    "beside": (["open('x')"], ["/p/n/x"]),
    "above": (["open('../data/x')"], ["/p/data/x"]),
    "absolute": (["open('/data/./x')"], ["/data/x"]),
    "of-the-home": (["open('~/x')"], ["~/x"]),
    "of-windows": (["open('data\\\\x')"], ["/p/n/data/x"]),
    "of-a-drive": (["open('C:\\\\x')"], ["C:/x"]),
    "behind-a-magic": (["%cd ..", "open('x')"], ["/p/x"]),
    "behind-a-call": (["os.chdir('..')", "open('x')"], ["/p/x"]),
    "before-it": (["open('x')\nos.chdir('..')\nopen('x')"], ["/p/n/x", "/p/x"]),
    "behind-two": (["%cd ..", "%cd data", "open('x')"], ["/p/data/x"]),
    "behind-a-computed-one": (["os.chdir(root)", "open('x')\nopen('/x')"], ["/x"]),
    "back-on-known-ground": (["os.chdir(root)", "%cd /q", "open('x')"], ["/q/x"]),
    "by-names-of-other-cells": (["D = Path('..')", "open(D / 'x')"], ["/p/x"]),
}


@pytest.mark.parametrize(("sources", "paths"), _PATHS.values(), ids=_PATHS)
def test_paths_are_made_whole(sources: list[str], paths: list[str]) -> None:
    assert [one.parcel for one in _find(*sources)] == [Parcel(Medium.FILE, path) for path in paths]


def test_path_in_an_unknown_folder_is_not_known() -> None:
    assert resolve_path("x", folder=None) is None


_STORED: dict[str, tuple[str, list[tuple[str, Kind]]]] = {
    "stored": ("%store x y", [("x", Kind.WRITE), ("y", Kind.WRITE)]),
    "restored": ("%store -r x", [("x", Kind.READ)]),
    "all-restored": ("%store -r", [("", Kind.READ)]),
    "neither": ("%store -d x\n%store -z\n%store", []),
}


@pytest.mark.parametrize(("source", "expected"), _STORED.values(), ids=_STORED)
def test_variables_are_stored_and_restored(source: str, expected: list[tuple[str, Kind]]) -> None:
    assert [(one.parcel.name, one.kind) for one in _find(source)] == expected
    assert all(one.parcel.medium is Medium.STORE for one in _find(source))


def test_export_of_a_variable_is_a_file() -> None:
    (one,) = _find("%store x > x.txt")
    assert (one.parcel, one.kind) == (Parcel(Medium.FILE, "/p/n/x.txt"), Kind.WRITE)


def test_place_is_told() -> None:
    (one,) = _find("1", "if a:\n    df.to_csv('x')  # out")
    assert (one.notebook, one.cell, one.line, one.code) == ("n/a.ipynb", 2, 2, "df.to_csv('x')  # out")
