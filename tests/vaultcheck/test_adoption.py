"""Tests of the hand-overs between notebooks, and of what is to be written instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from vault_magic.grammar import parse_command
from vault_magic.options import parse_options
from vaultcheck.adoption import Adoption, Handover, plan_adoption
from vaultcheck.cell import Cell
from vaultcheck.file_functions import Kind
from vaultcheck.notebook import Notebook
from vaultcheck.papermill_run import PapermillRun


def _build(path: str, *sources: str, papermill: PapermillRun | None = None) -> Notebook:
    cells = tuple(Cell(number, is_code=True, source=source) for number, source in enumerate(sources, start=1))
    return Notebook(path, Path("/p", path), cells, papermill=papermill)


def _plan(*notebooks: Notebook) -> Adoption:
    return plan_adoption(notebooks, working_directory=Path("/p"))


def _plan_two(writer: str, reader: str) -> Adoption:
    return _plan(_build("a.ipynb", writer), _build("b.ipynb", reader))


def _list_lines(handover: Handover, kind: Kind) -> list[str]:
    return [line for step in handover.steps if step.kind is kind for line in step.advice.lines]


_ADVICE: dict[str, tuple[str, str, list[str], list[str]]] = {
    "table": (
        "pay.to_parquet('data/p')",
        "pay = pd.read_parquet('data/p')",
        ["%vault store pay in data"],
        ["%vault import pay from data"],
    ),
    "other-name-in-the-reader": (
        "pay.to_csv('data/p.csv')",
        "wages = pd.read_csv('data/p.csv')",
        ["%vault store pay in data"],
        ["%vault import pay from data as wages"],
    ),
    "name-that-says-nothing": (
        "df.to_csv('data/pay.csv')",
        "df = pd.read_csv('data/pay.csv')",
        ["%vault store df in data as pay"],
        ["%vault import pay from data as df"],
    ),
    "computed": (
        "df[df.a > 0].to_csv('data/pay.csv')",
        "top = pd.read_csv('data/pay.csv').head()",
        ["pay = df[df.a > 0]", "%vault store pay in data"],
        ["%vault import pay from data", "top = pay.head()"],
    ),
    "value-that-is-not-told": (
        "with open('a.txt', 'w') as f:\n    print(x, file=f)",
        "text = open('a.txt').read()",
        ["%vault store a in shared"],
        ["%vault import a from shared as text"],
    ),
    "stored": ("%store x y", "%store -r x y", ["%vault store x, y in shared"], ["%vault import x, y from shared"]),
    "stored-by-a-call": (
        "get_ipython().run_line_magic('store', 'x')",
        "%store -r x",
        ["%vault store x in shared"],
        ["%vault import x from shared"],
    ),
    "all-restored": ("%store x y", "%store -r", ["%vault store x, y in shared"], ["%vault import x, y from shared"]),
    "all-restored-of-which-one-is-used": (
        "%store x y",
        "%store -r\nprint(y)",
        ["%vault store y in shared"],
        ["%vault import y from shared"],
    ),
    "names-that-differ-in-case": (
        "%store x X",
        "%store -r x X",
        ["%vault store X in shared", "%vault store x in shared as x_2"],
        ["%vault import X from shared", "%vault import x_2 from shared as x"],
    ),
}


@pytest.mark.parametrize(("writer", "reader", "store", "load"), _ADVICE.values(), ids=_ADVICE)
def test_lines_to_write_instead(writer: str, reader: str, store: list[str], load: list[str]) -> None:
    (handover,) = _plan_two(writer, reader).handovers
    assert (_list_lines(handover, Kind.WRITE), _list_lines(handover, Kind.READ)) == (store, load)
    for line in (*store, *load):
        if line.startswith("%vault "):
            parse_command(line.removeprefix("%vault "))


_NOTES: dict[str, tuple[str, str, list[str]]] = {
    "none": ("pay.to_csv('p')", "pay = pd.read_csv('p')", []),
    "used-at-once": ("pay.to_csv('p')", "f(pd.read_csv('p'))", []),
    "used-at-once-over-lines": (
        "pay.to_csv('p')",
        "f(pd.read_csv(\n    'p',\n))",
        ["use pay in place of pd.read_csv('p')"],
    ),
    "merely-opened": (
        "pay.to_csv('p')",
        "for line in open('p'): pass",
        [
            "use pay in place of what is read from the file",
            "pay is then what to_csv was given, not what open makes of a file",
        ],
    ),
    "part-that-is-read": (
        "pay.to_csv('p')",
        "pay = pd.read_csv('p', index_col=0, nrows=5)",
        ["nrows=5 is not needed to read, but what it does has to be done to pay"],
    ),
    "part-that-is-written": (
        "pay.to_csv('p', columns=['a'])",
        "pay = pd.read_csv('p')",
        ["columns=['a'] left something out of the file; the vault gets all of pay"],
    ),
    "appended": (
        "pay.to_csv('p', mode='a')",
        "pay = pd.read_csv('p')",
        ["this adds to the file; a vault keeps what is stored last, so store pay when it is whole"],
    ),
    "value-that-is-not-told": (
        "with open('p', 'w') as f: print(1, file=f)",
        "x = open('p').read()",
        ["p stands for what is written there: give it that name first"],
    ),
    "secret": (
        "%store API_KEY",
        "%store -r API_KEY",
        ["if API_KEY is a password or key, it belongs in an environment variable, not in a vault"],
    ),
    "no-secret": ("%store tokens tokenizer", "%store -r tokens tokenizer", []),
    "dictionary-of-arrays": ("np.savez('p', a=a)", "d = np.load('p.npz')", []),
}


@pytest.mark.parametrize(("writer", "reader", "notes"), _NOTES.values(), ids=_NOTES)
def test_what_to_know_about_them(writer: str, reader: str, notes: list[str]) -> None:
    (handover,) = _plan_two(writer, reader).handovers
    assert [note for step in handover.steps for note in step.advice.notes] == notes


def test_values_in_one_file_are_handed_over_each() -> None:
    writer = "with open('p.pkl', 'wb') as f:\n    pickle.dump(model, f)\n    pickle.dump(scores, f)"
    reader = "with open('p.pkl', 'rb') as f:\n    model = pickle.load(f)\n    s = pickle.load(f)"
    found = [one.objects for one in _plan_two(writer, reader).handovers]
    assert found == [("shared/model",), ("shared/scores",)]


_PAIRS: dict[str, tuple[str, str, str]] = {
    "folders": ("n/a.ipynb", "df.to_csv('../d/x.csv')", "df = pd.read_csv('d/x.csv')"),
    "moved": ("n/a.ipynb", "%cd ..\ndf.to_csv('d/x.csv')", "df = pd.read_csv('d/x.csv')"),
    "absolute": ("n/a.ipynb", "df.to_csv('/p/d/x.csv')", "df = pd.read_csv('d/x.csv')"),
    "suffix-that-numpy-adds": ("a.ipynb", "np.save('x', a)", "a = np.load('x.npy')"),
}


@pytest.mark.parametrize(("path", "writer", "reader"), _PAIRS.values(), ids=_PAIRS)
def test_one_file_is_found_under_other_paths(path: str, writer: str, reader: str) -> None:
    assert len(_plan(_build(path, writer), _build("b.ipynb", reader)).handovers) == 1


_ALONE: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "raw": ("pd.read_csv('x')", "pd.read_csv('x')", ("x",), ()),
    "export": ("df.to_csv('x')", "df.to_csv('x')", (), ("x",)),
    "read-by-its-writer": ("df.to_csv('x')\npd.read_csv('x')", "1", (), ("x",)),
    "another-file": ("df.to_csv('x')", "pd.read_csv('y')", ("y",), ("x",)),
    "another-file-of-that-name": ("df.to_csv('d/x')", "pd.read_csv('x')", ("x",), ("d/x",)),
    "another-variable": ("%store x", "%store -r y", ("%store y",), ("%store x",)),
    "variable-and-file": ("%store x", "open('x')", ("x",), ("%store x",)),
    "nothing-to-restore": ("1", "%store -r", (), ()),
    "nothing": ("1", "2", (), ()),
}


@pytest.mark.parametrize(("one", "other", "raw", "exports"), _ALONE.values(), ids=_ALONE)
def test_what_is_only_read_or_only_written_is_left_alone(
    one: str, other: str, raw: tuple[str, ...], exports: tuple[str, ...]
) -> None:
    plan = _plan_two(one, other)
    assert (plan.handovers, plan.raw, plan.exports) == ((), raw, exports)


def test_reader_that_is_a_writer_too_is_listed() -> None:
    (handover,) = _plan_two("df.to_csv('x')", "df = pd.read_csv('x')\ndf.to_csv('x')").handovers
    places = [(step.location.file, step.kind) for step in handover.steps]
    assert places == [("a.ipynb", Kind.WRITE), ("b.ipynb", Kind.WRITE), ("b.ipynb", Kind.READ)]


def test_run_of_papermill_is_not_a_notebook_of_its_own() -> None:
    source = "df.to_csv('x')\npd.read_csv('x')"
    copy = _build("out/a.ipynb", "%cd ..", source, papermill=PapermillRun(source="a.ipynb"))
    plan = _plan(_build("a.ipynb", source), copy)
    assert (plan.notebooks, plan.handovers) == (1, ())


_FURTHER = {
    "deleted": ("%store -d x", ["%vault del x from shared"]),
    "deleted-that-is-not-handed-over": ("%store -d y", []),
    "shown": ("%store", ["%vault list"]),
    "emptied": ("%store -z", []),
}


@pytest.mark.parametrize(("source", "lines"), _FURTHER.values(), ids=_FURTHER)
def test_other_lines_with_store_are_replaced_too(source: str, lines: list[str]) -> None:
    further = _plan_two("%store x", f"%store -r x\n{source}").further
    assert [line for step in further for line in step.advice.lines] == lines
    for line in lines:
        parse_command(line.removeprefix("%vault "))


def test_other_lines_with_store_do_not_matter_where_nothing_is_handed_over() -> None:
    assert _plan_two("%store", "%store -z").further == ()


def _list_preparations(*notebooks: Notebook) -> list[tuple[tuple[str, ...], str]]:
    preparations = _plan(*notebooks).preparations
    for one in preparations:
        assert one.lines[0] == "%load_ext vault_magic"
        parse_options(one.lines[1].removeprefix("%open_vault "))
    return [(one.notebooks, one.lines[1]) for one in preparations]


def test_notebooks_of_one_folder_open_the_vault_beside_them() -> None:
    notebooks = _build("n/a.ipynb", "%store x"), _build("n/b.ipynb", "%store -r x")
    assert _list_preparations(*notebooks) == [(("n/a.ipynb", "n/b.ipynb"), "%open_vault -p storage.zip")]


def test_notebooks_of_several_folders_open_the_vault_above_them() -> None:
    notebooks = _build("m/n/a.ipynb", "%store x"), _build("m/b.ipynb", "%store -r x")
    opened = [(("m/n/a.ipynb",), "%open_vault -p ../storage.zip"), (("m/b.ipynb",), "%open_vault -p storage.zip")]
    assert _list_preparations(*notebooks) == opened


def test_notebook_that_opens_a_vault_needs_nothing() -> None:
    notebooks = _build("a.ipynb", "%open_vault -p v.zip", "%store x"), _build("b.ipynb", "%store -r x")
    assert [paths for paths, _ in _list_preparations(*notebooks)] == [("b.ipynb",)]
