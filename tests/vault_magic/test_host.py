"""Who commands run for: what a host is told, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from vault_magic.errors import CommandError
from vault_magic.operations.host import Script
from vault_magic.operations.outcome import Outcome
from vault_magic.operations.task import OpenVault
from vault_magic.options import OpenOptions


class _Watched(Script):
    """A script with variables, which notes what it is told of each action."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.names: dict[str, object] = {"x": [1]}

    @property
    def namespace(self) -> Mapping[str, object]:
        return self.names

    def perform(self, text: str, action: Callable[[], Outcome], *, vault: OpenVault) -> Outcome:
        self.told.append(text)
        return super().perform(text, action, vault=vault)

    def show_status(self) -> list[tuple[str, ...]]:
        table = self.command("status").table
        assert table is not None
        return [row[:2] for row in table.rows]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Watched:
    """Return a host with a vault open in an empty folder."""
    monkeypatch.chdir(tmp_path)
    host = _Watched()
    host.open(lambda defaults: replace(defaults, secure=False))
    return host


def test_host_is_told_the_command_or_what_is_called(host: _Watched) -> None:
    host.command("store x in m")
    host.call("load", "m/x", vault=host.vault)
    host.call("load", "m/x", vault=host.vault, expression="m.x")
    host.call("list", None, vault=host.vault)
    assert host.told == ["store x in m", "load m/x", "m.x", "list"]


def test_variable_stored_twice_is_both_objects(host: _Watched) -> None:
    host.command("store x in m")
    host.command("store x in n")
    host.names["x"] = [2]
    assert host.show_status() == [("x", "m/x"), ("x", "n/x")]


def test_imported_variable_is_that_object_alone(host: _Watched) -> None:
    host.command("store x in m")
    host.command("store x in n")
    host.command("import x from n")
    host.names["x"] = [2]
    assert host.show_status() == [("x", "n/x")]


def test_options_that_cannot_be_read_leave_no_vault_open(host: _Watched) -> None:
    def refuse(defaults: OpenOptions) -> OpenOptions:
        raise CommandError("no")

    with pytest.raises(CommandError):
        host.open(refuse)
    assert host.opened is None


def test_options_are_read_on_top_of_those_of_the_project(host: _Watched, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.vault_magic]\nsecure = false\nmetadata = false\n")
    given: list[OpenOptions] = []
    host.open(lambda defaults: given.append(defaults) or defaults)  # type: ignore[func-returns-value]
    assert given == [OpenOptions(secure=False, metadata=False)]
