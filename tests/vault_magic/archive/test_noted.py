"""The manifest that is remembered: whoever writes between, the next one is the one that would be made from nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vault_magic.archive.builders import Notebook
from vault_magic import kept_lines
from vault_magic.archive import noted
from vault_magic.archive.noted import Noted
from vault_magic.archive.upkeep import build_import_lines, follow_archive, load_manifest, manifest_path
from vault_magic.errors import FormatError
from vault_magic.identity import Identity
from vault_magic.kept_lines import keep_lines
from vault_magic.manifest import Manifest, ObjectLine, encode_manifest, render_manifest

_MANIFEST = Manifest("v", objects=(ObjectLine("m/x", Identity("0")),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage.zip"


# What is remembered


def test_same_text_is_not_read_again() -> None:
    memory, kept = Noted(), keep_lines(_MANIFEST)
    memory.remember(kept)
    assert memory.read(encode_manifest(_MANIFEST)) is kept


@pytest.mark.parametrize("change", ["other-line", "more", "less"])
def test_other_text_is_read(change: str) -> None:
    other = {"other-line": "m/y", "more": "m/xx", "less": "m"}[change]
    memory = Noted()
    memory.remember(keep_lines(_MANIFEST))
    text = encode_manifest(_MANIFEST).replace(b'"m/x"', f'"{other}"'.encode())
    assert [line.path for line in memory.read(text).objects] == [other]


@pytest.mark.parametrize("text", ["{", "", "<<<<<<<\n"], ids=["cut", "empty", "conflict"])
def test_damage_is_refused_whatever_is_remembered(text: str) -> None:
    memory = Noted()
    memory.remember(keep_lines(_MANIFEST))
    with pytest.raises(FormatError, match="the manifest"):
        memory.read(text.encode())


def test_text_that_goes_on_is_refused() -> None:
    memory = Noted()
    memory.remember(keep_lines(_MANIFEST))
    with pytest.raises(FormatError, match="Extra data"):
        memory.read(encode_manifest(_MANIFEST) + b"{}")


def test_manifest_that_is_too_large_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noted, "LARGEST", 10)
    memory, kept = Noted(), keep_lines(_MANIFEST)
    memory.remember(kept)
    assert memory.read(encode_manifest(_MANIFEST)) is not kept


def test_commands_of_one_session_read_no_line_twice(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(path, names={"x": 1, "y": 2})
    notebook.run("store x, y in m")
    monkeypatch.delattr(kept_lines, "identify_line")
    monkeypatch.delattr(noted, "parse_manifest")
    for number in range(3):
        notebook.names["x"] = number
        notebook.run("store x in m")
        notebook.run("import y from m")
    manifest = load_manifest(path)
    assert manifest is not None
    assert [line.path for line in manifest.objects] == ["m/x", "m/y"]


# Whatever happens between


def _remove(_: str) -> str:
    return ""


def _reformat(text: str) -> str:
    return text.replace(", ", ",\n ")


def _drop_first(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(line for at, line in enumerate(lines) if at != 5 or line.startswith("null"))


EDITS: dict[str, Callable[[str], str]] = {
    "remove": _remove,
    "reformat": _reformat,
    "drop-first": _drop_first,
    "windows": lambda text: text.replace("\n", "\r\n"),
    "unknown-field": lambda text: text.replace('{"path": ', '{"later": {"x": [1.50]}, "path": ', 1),
    "unknown-at-the-top": lambda text: text.replace('"objects": [', '"later": 7,\n"objects": [', 1),
    "other-identity": lambda text: text.replace('"crc32": "', '"crc32": "F', 1),
    "other-producer": lambda text: text.replace('"command": "store', '"command": "store  ', 1),
    "other-vault": lambda text: text.replace('"vault": "', '"vault": "0', 1),
    "no-imports": lambda text: text[: text.index('"imports"')] + '"imports": [\nnull]\n}\n',
    "conflict": lambda text: text.replace('"objects": [', '<<<<<<< ours\n"objects": [', 1),
    "object-twice": lambda text: text.replace('"objects": [\n', f'"objects": [\n{text.splitlines()[5]}\n', 1),
}
VARIABLES = ["x", "y", "ż"]
COMMANDS = ["store", "store", "import", "del"]
PLAIN_STEPS = st.tuples(st.sampled_from(COMMANDS), st.sampled_from(VARIABLES), st.booleans())
STEPS = st.tuples(st.sampled_from([*COMMANDS, *EDITS]), st.sampled_from(VARIABLES), st.booleans())


def _edit(path: Path, edit: Callable[[str], str]) -> None:
    if not path.exists():
        return
    if text := edit(path.read_text(encoding="utf-8")):
        path.write_bytes(text.encode())
    else:
        path.unlink()


def _run_and_compare(notebook: Notebook, verb: str, variable: str) -> None:
    """Run a command, and compare the manifest with that which comes of parsing and rendering all of it."""
    path, manifest = f"m/{variable}", manifest_path(notebook.path)
    notebook.names[variable] = len(notebook.session.runs) // 2
    command = f"{verb} {variable} {'in' if verb == 'store' else 'from'} m"
    if verb != "store" and path not in notebook.archive.list().objects:
        return
    try:
        before = load_manifest(notebook.path)
    except FormatError:
        _check_refusal(notebook, command)
        return
    old = notebook.archive.list().generation
    record = notebook.run(command).record
    changed = [path] if notebook.archive.list().generation > old and verb == "store" else []
    expected = follow_archive(before, notebook.archive, changed=changed)
    lines = build_import_lines(record, notebook="a.ipynb")
    assert manifest.read_text(encoding="utf-8") == render_manifest(
        expected.replace_imports(lines) if lines else expected
    )


def _check_refusal(notebook: Notebook, command: str) -> None:
    before, generation = manifest_path(notebook.path).read_bytes(), notebook.archive.list().generation
    if command.startswith("import"):
        assert "not noted in the manifest" in notebook.run(command).warnings[0]
    else:
        with pytest.raises(FormatError, match="mend it, or delete it"):
            notebook.run(command)
    assert (manifest_path(notebook.path).read_bytes(), notebook.archive.list().generation) == (before, generation)


@settings(max_examples=settings().max_examples // 4)
@given(st.lists(STEPS, max_size=10))
def test_manifest_is_the_one_that_parsing_all_of_it_gives(steps: list[tuple[str, str, bool]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "storage.zip")
        notebooks = [Notebook(path, file=path.with_name("a.ipynb"), names={"x": 0}) for _ in range(2)]
        for step, variable, other in [("store", "x", False), *steps]:
            if step in EDITS:
                _edit(manifest_path(path), EDITS[step])
            else:
                _run_and_compare(notebooks[other], step, variable)


@settings(max_examples=settings().max_examples // 4)
@given(st.lists(PLAIN_STEPS, max_size=10))
def test_manifest_without_edits_is_the_one_that_is_made_from_nothing(steps: list[tuple[str, str, bool]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "storage.zip")
        notebooks = [Notebook(path, file=path.with_name("a.ipynb"), names={"x": 0}) for _ in range(2)]
        for step, variable, other in [("store", "x", False), *steps]:
            _run_and_compare(notebooks[other], step, variable)
        written = load_manifest(path)
        assert written is not None
        anew = replace(follow_archive(None, notebooks[0].archive), imports=written.imports)
        assert render_manifest(written) == render_manifest(anew)
