"""Any sequence of what people, crashes and other tools do to an archive gives what a plain dict would hold."""

from __future__ import annotations

import os
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.vault_magic.archive.builders import PASSWORD, list_folder, put, read_members
from vault_magic.archive import durable
from vault_magic.archive.opening import open_archive

NAMES = ["m/a", "m/b", "n/c", "n/deep/d", "za\u017c\u00f3\u0142\u0107 x"]
NOISE = random.Random(5).randbytes(200_000)
SAMPLES = {
    "empty": b"",
    "signatures": b"PK\5\6" * 50,
    "signature-in-noise": NOISE[:777] + b"PK\5\6" + NOISE[:40],
    "zeros": bytes(5000),
    "noise": NOISE[:3000],
    "much-noise": NOISE,
}
CONTENTS = st.one_of(st.binary(max_size=60), st.sampled_from(sorted(SAMPLES)).map(lambda name: SAMPLES[name]))
GARBAGE = {
    "a-byte": b"\0",
    "half-a-member": b"PK\3\4half",
    "noise": NOISE[:999],
    "signatures": b"PK\5\6" * 99,
    "an-end": b"PK\5\6" + bytes(18),
}
OBJECTS = st.dictionaries(st.sampled_from(NAMES), CONTENTS, min_size=1, max_size=3)
PASSWORDS = (PASSWORD, b"another password", None)
THOROUGH = bool(os.environ.get("VAULTCHECK_THOROUGH"))


class _Killed(BaseException):
    """Ends an operation where a kill would have."""


class ArchiveMachine(RuleBasedStateMachine):
    """An archive and the dict that it should equal."""

    start_password: bytes | None = None

    def __init__(self) -> None:
        super().__init__()
        self.place = TemporaryDirectory()
        self.folder = Path(self.place.name) / "0"
        self.folder.mkdir()
        self.copies = 0
        self.model: dict[str, bytes] = {}
        self.password = self.start_password
        self.generation = 0

    @initialize()
    def create(self) -> None:
        self.archive = open_archive(self.path, password=self.password, variable="KEY")

    @property
    def path(self) -> Path:
        return self.folder / "storage.zip"

    @rule(objects=OBJECTS)
    def store(self, objects: dict[str, bytes]) -> None:
        put(self.archive, objects)
        self.model |= objects

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        names = data.draw(st.lists(st.sampled_from(sorted(self.model)), min_size=1, max_size=2, unique=True))
        put(self.archive, {}, delete=tuple(names))
        for name in names:
            del self.model[name]

    @precondition(lambda self: self.model)
    @rule(data=st.data(), objects=OBJECTS)
    def store_and_delete(self, data: st.DataObject, objects: dict[str, bytes]) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        put(self.archive, {path: one for path, one in objects.items() if path != name}, delete=(name,))
        self.model |= objects
        del self.model[name]

    @rule()
    def compact(self) -> None:
        with self.archive.lock(holder="a test"):
            self.archive.compact()

    @rule()
    def reopen(self) -> None:
        self.archive = open_archive(self.path, password=self.password, variable="KEY")

    @rule(password=st.sampled_from(PASSWORDS))
    def rekey(self, password: bytes | None) -> None:
        with self.archive.lock(holder="a test"):
            self.archive = self.archive.rekey(password)
        self.password = password

    @rule(garbage=st.sampled_from(sorted(GARBAGE)))
    def tear(self, garbage: str) -> None:
        if garbage == "an-end" and not self.archive.list().generation:
            return  # another tool has dropped the commit marker, by which alone the true end would be known
        with self.path.open("ab") as file:
            file.write(GARBAGE[garbage])

    @rule(
        objects=OBJECTS,
        deleting=st.booleans(),
        call=st.integers(0, 9),
        half=st.booleans(),
        kind=st.sampled_from(["write", "sync", "move", "truncate"]),
    )
    def crash(self, objects: dict[str, bytes], *, deleting: bool, call: int, half: bool, kind: str) -> None:
        """End an operation where a kill would have, and go on with the files as they were at that moment."""
        self.copies += 1
        place = Path(self.place.name) / str(self.copies)
        gone = tuple(sorted(self.model)[:1]) if deleting else ()
        stored = {} if gone else objects
        after = {name: one for name, one in (self.model | stored).items() if name not in gone}
        with _kill_at(kind, call, half=half, at_death=lambda: shutil.copytree(self.folder, place)) as was_killed:
            put(self.archive, stored, delete=gone)
        if not was_killed():
            self.model = after
            return
        self.folder = place
        self.archive = open_archive(self.path, password=self.password, variable="KEY")
        found = {name: self.archive.read(name).data for name in self.archive.list().objects}
        assert found in (self.model, after)
        self.model = found

    @precondition(lambda self: self.password is None and self.model)
    @rule(data=st.data(), content=CONTENTS, comment=st.booleans())
    def overwrite_by_another_tool(self, data: st.DataObject, content: bytes, *, comment: bool) -> None:
        """Replace an object as Python's zipfile can: the whole file is written anew, with or without our comment."""
        name = data.draw(st.sampled_from(sorted(self.model)))
        if self.archive.list().torn:
            return  # zipfile would read the torn file otherwise, or not at all
        with zipfile.ZipFile(self.path) as old:
            members = {info.filename: (info, old.read(info)) for info in old.infolist() if info.filename != name}
            marker = old.comment
        with zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED) as new:
            for info, kept in members.values():
                new.writestr(info, kept)
            new.writestr(name, content)
            new.comment = marker if comment else b""
        self.generation = 0
        self.model[name] = content

    @precondition(lambda self: self.password is None)
    @rule(content=CONTENTS)
    def add_by_another_tool(self, content: bytes) -> None:
        if self.archive.list().torn or "theirs" in self.model:
            return
        with zipfile.ZipFile(self.path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("theirs", content)
        self.model["theirs"] = content

    @invariant()
    def equals_the_model(self) -> None:
        if not hasattr(self, "archive"):
            return
        listing = self.archive.list()
        assert list(listing.objects) == sorted(self.model)
        assert {name: one.data for name, one in self.archive.read_all(self.model).items()} == self.model
        assert listing.generation >= self.generation
        self.generation = listing.generation

    @invariant()
    def other_tools_read_the_same(self) -> None:
        if self.path.exists() and self.password is None and not self.archive.list().torn:
            assert zipfile.ZipFile(self.path).testzip() is None
            assert read_members(self.path) == self.model

    @invariant()
    def nothing_is_left_over(self) -> None:
        known = {"storage.zip", "storage.zip.lock", "storage.zip.lock.owner", "storage.zip.tmp"}
        assert list_folder(self.folder) <= known

    def teardown(self) -> None:
        self.place.cleanup()


class _kill_at:  # noqa: N801  # a context manager, as those of contextlib are called
    """Ends what is done in it at the n-th call of a function of `durable`, half of it done for a write."""

    def __init__(self, kind: str, call: int, *, half: bool, at_death: Callable[[], object]) -> None:
        self._kind, self._left, self._half, self._at_death = kind, call, half, at_death
        self._killed = False

    def __enter__(self) -> Callable[[], bool]:
        self._original = getattr(durable, self._kind)
        setattr(durable, self._kind, self._run)
        return lambda: self._killed

    def _run(self, *arguments: object) -> object:
        self._left -= 1
        if self._left >= 0 or self._killed:
            return self._original(*arguments)
        if self._half and self._kind == "write":
            data = arguments[1]
            assert isinstance(data, bytes)
            self._original(arguments[0], data[: len(data) // 2])
        self._killed = True
        self._at_death()
        raise _Killed

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        setattr(durable, self._kind, self._original)
        return kind is _Killed


class EncryptedMachine(ArchiveMachine):
    """The same, beginning with a password."""

    start_password = PASSWORD


@pytest.mark.parametrize("machine", [ArchiveMachine, EncryptedMachine], ids=["plain", "encrypted"])
def test_archive_equals_a_dict(machine: type[ArchiveMachine]) -> None:
    encrypted = machine is EncryptedMachine
    examples = (300 if encrypted else 1000) if THOROUGH else (8 if encrypted else 30)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50 if THOROUGH else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
