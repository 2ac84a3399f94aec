"""A disk that forgets: what an operation writes is noted, and given back as a power cut could have left it.

What was synced is there. Of what was written since, each sector may be as it was, as it was to be, or zero where the
file has grown; the file may be as long as before or as after. A move is done or not until its folder is synced.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import pytest

from vault_magic.archive import durable

SECTOR = 512


@dataclass(frozen=True)
class State:
    """The files of a folder at one moment: those that are sure, and what has been done since to each."""

    sure: dict[str, bytes]
    present: dict[str, bytes]
    moves: tuple[tuple[str, str], ...] = ()


@dataclass
class Disk:
    """A folder whose every change is noted, by the functions of `durable`."""

    folder: Path
    states: list[State] = field(default_factory=list)

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin to note; everything that is there now is sure."""
        files = self._read()
        self.states = [State(files, files)]
        originals: dict[str, Callable[..., None]] = {
            name: getattr(durable, name) for name in ("write", "truncate", "sync", "move", "sync_folder")
        }
        monkeypatch.setattr(durable, "write", lambda file, data: self._after(originals["write"], file, data))
        monkeypatch.setattr(durable, "truncate", lambda file, size: self._after(originals["truncate"], file, size))
        monkeypatch.setattr(durable, "sync", lambda file: self._sync(originals["sync"], file))
        monkeypatch.setattr(durable, "move", lambda one, other: self._move(originals["move"], one, other))
        monkeypatch.setattr(durable, "sync_folder", lambda folder: self._sync_folder(originals["sync_folder"], folder))

    def _read(self) -> dict[str, bytes]:
        return {one.name: one.read_bytes() for one in self.folder.iterdir() if one.name.startswith("storage.zip")}

    def _note(self, **changes: object) -> None:
        self.states.append(replace(self.states[-1], present=self._read(), **changes))  # type: ignore[arg-type]

    def _after(self, original: Callable[..., None], *arguments: object) -> None:
        original(*arguments)
        self._note()

    def _sync(self, original: Callable[..., None], file: BinaryIO) -> None:
        original(file)
        name = Path(file.name).name
        self._note(sure=self.states[-1].sure | {name: (self.folder / name).read_bytes()})

    def _move(self, original: Callable[..., None], one: Path, other: Path) -> None:
        original(one, other)
        self._note(moves=(*self.states[-1].moves, (one.name, other.name)))

    def _sync_folder(self, original: Callable[..., None], folder: Path) -> None:
        original(folder)
        sure = dict(self.states[-1].sure)
        for one, other in self.states[-1].moves:
            sure[other] = sure.pop(one)
        self._note(sure=sure, moves=())

    def cut(self, dice: random.Random) -> Iterator[dict[str, bytes]]:
        """Yield the files that a power cut after each step could leave, one way of many for each."""
        for state in self.states:
            yield _lose(state, dice)


def _lose(state: State, dice: random.Random) -> dict[str, bytes]:
    """Return the files as they could be found: the moves that had come so far, and of the writes what was lucky."""
    done = dice.randrange(len(state.moves) + 1)
    files = dict(state.sure)
    for one, other in state.moves[:done]:
        files[other] = files.pop(one)
    undone = dict(state.moves[done:])
    for name, data in state.present.items():
        target = next((one for one, other in undone.items() if other == name), name)
        if target == name or target not in files:
            files[target] = _mix(files.get(target, b""), data, dice)
    return files


def _mix(old: bytes, new: bytes, dice: random.Random) -> bytes:
    if old == new:
        return old
    size = dice.choice([len(old), len(new), dice.randrange(min(len(old), len(new)), max(len(old), len(new)) + 1)])
    mixed = bytearray(size)
    mixed[: min(len(old), size)] = old[:size]
    luck = dice.choice([0.0, 0.5, 0.9, 1.0])
    for at in range(0, size, SECTOR):
        if dice.random() < luck:
            piece = new[at : at + SECTOR][: size - at]
            mixed[at : at + len(piece)] = piece
    return bytes(mixed)
