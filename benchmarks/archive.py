"""What a store of 100 KB costs in archives of all sizes, made durable: `python benchmarks/archive.py [FOLDER]`.

Beside it, in the same run: 7-Zip adding the same file, and the whole archive written anew, which is what most tools do
and the original tool did. The folder (default: a temporary one) needs 3 GB and should lie on a real disk. Machines are
noisy: medians, and ratios to the smallest archive.
"""

from __future__ import annotations

import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

from pyzipper.zipfile_aes import AESZipEncrypter

from tests.vault_magic.archive.builders import build_entry
from vault_magic.archive import deflating
from vault_magic.archive.archive import Archive
from vault_magic.archive.encryption import encrypt
from vault_magic.archive.opening import open_archive
from vault_magic.zlib_library import ZLIB

SIZES = {"1 MB": (10, 10**5), "100 MB": (10, 10**7), "1 GB": (10, 10**8)}
MANY = 20_000
RUNS = 15
ORIGINAL = 2.8e-3  # seconds for each MB that is there already: the original tool, as measured once
DICE = random.Random(1)


def build(path: Path, *, count: int, size: int, password: bytes | None) -> Archive:
    """Make an archive of noise; it is not worth the time to try to compress that."""
    archive = open_archive(path, password=password, variable="KEY")
    with mock.patch.object(deflating, "choose_library", return_value=replace(ZLIB, level=0)):
        if size < 10**6:
            store(archive, {f"m/old{number}": DICE.randbytes(size) for number in range(count)})
        else:
            for number in range(count):
                store(archive, {f"m/old{number}": DICE.randbytes(size)})
    return archive


def store(archive: Archive, objects: dict[str, bytes]) -> None:
    """Store objects in one transaction, under the lock."""
    with archive.lock(holder="benchmark"):
        archive.change(store={path: build_entry(path, data) for path, data in objects.items()})


def measure(act: Callable[[int], object], *, runs: int = RUNS) -> float:
    """Return the median of the seconds that something takes."""
    seconds = []
    for number in range(runs):
        start = time.perf_counter()
        act(number)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def add_with_7z(path: Path, data: bytes) -> float:
    """Return the seconds that 7-Zip takes to add a file of 100 KB."""
    if shutil.which("7z") is None:
        return float("nan")

    def add(number: int) -> None:
        new = path.with_name(f"new{number}")
        new.write_bytes(data)
        subprocess.run(["7z", "a", "-y", path, new.name], cwd=path.parent, check=True, capture_output=True)

    return measure(add, runs=3)


def show(name: str, seconds: float, *, base: float | None = None, note: str = "") -> None:
    """Print a line."""
    ratio = f"{seconds / base:6.2f} x" if base else ""
    print(f"{name:44} {seconds * 1000:9.1f} ms  {ratio}  {note}")


def compare_sizes(folder: Path, *, password: bytes | None) -> None:
    """Print what a store costs beside what is there already."""
    kind, base = "AES" if password else "plain", None
    for name, (count, size) in SIZES.items():
        archive = build(folder / "storage.zip", count=count, size=size, password=password)
        data = [DICE.randbytes(10**5) for _ in range(RUNS)]
        seconds = measure(lambda number: store(archive, {f"n/new{number}": data[number]}))  # noqa: B023  # called at once
        base = base or seconds
        show(f"store 100 KB into {name}, {kind}", seconds, base=base)
        if password is None:
            compact = measure(lambda _: rewrite(archive), runs=3)  # noqa: B023  # called at once
            show(
                "    the whole file anew",
                compact,
                base=base,
                note=f"(original: {ORIGINAL * count * size / 1e3:.0f} ms)",
            )
            show("    7z a", add_with_7z(archive.path, data[0]), base=base)
        for left in folder.iterdir():
            left.unlink()


def rewrite(archive: Archive) -> None:
    """Write the whole archive anew."""
    with archive.lock(holder="benchmark"):
        archive.compact()


def overwrite(folder: Path) -> None:
    """Print what it costs to store one object again and again, the new file that is made now and then included."""
    archive = build(folder / "storage.zip", count=100, size=10**5, password=None)
    seconds, files = [], []
    for number in range(400):
        data = DICE.randbytes(10**5)
        start = time.perf_counter()
        store(archive, {f"m/old{number % 100}": data})
        seconds.append(time.perf_counter() - start)
        files.append(archive.path.stat().st_ino)
    anew = [one for one, before, after in zip(seconds[1:], files, files[1:], strict=False) if before != after]
    base = statistics.median(seconds)
    show("store 100 KB again, in 10 MB, median of 400", base)
    show(f"    those {len(anew)} that made the file anew", statistics.median(anew), base=base)
    show("    on average", statistics.mean(seconds), base=base)


def store_among_many(folder: Path) -> None:
    """Print what a store costs among 20,000 objects."""
    archive = build(folder / "storage.zip", count=MANY, size=100, password=None)
    data = [DICE.randbytes(10**5) for _ in range(RUNS)]
    seconds = measure(lambda number: store(archive, {f"n/new{number}": data[number]}))
    show(f"store 100 KB among {MANY:,} objects", seconds)


def encrypt_much(_: Path) -> None:
    """Print what it costs to encrypt and authenticate 100 MB, and beside it pyzipper as it comes."""
    data = DICE.randbytes(10**8)

    def encrypt_with_pyzipper(_: int) -> None:
        encrypter = AESZipEncrypter(b"a password")
        encrypter.encrypt(data)
        encrypter.flush()

    base = measure(lambda _: [*encrypt([data], password=b"a password")], runs=5)
    show("encrypt 100 MB", base, base=base)
    show("    pyzipper as it comes", measure(encrypt_with_pyzipper, runs=5), base=base)


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        for step in (
            lambda folder: compare_sizes(folder, password=None),
            lambda folder: compare_sizes(folder, password=b"a password"),
            overwrite,
            store_among_many,
            encrypt_much,
        ):
            folder = Path(name) / "step"
            folder.mkdir()
            step(folder)
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
