"""How long a whole check takes: `python -m benchmarks.check [--notebooks N]`.

Notebooks of 30 cells that hand objects on to each other through one vault, a third of the cells with records or marks,
one notebook in five with three pictures of 200 KB. Beside it, in the same run and each in a process of its own: reading
the bytes and digesting the cells with msgspec, which is the least that has to be done; ruff looking for undefined
names; and nbformat reading the files. The folder for them is a temporary one. Machines are noisy: medians, and ratios.
"""

from __future__ import annotations

import argparse
import base64
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.builders import Author, Lab

RUNS = 5
NOTEBOOKS = 1000
CELLS = 30
PICTURE = 150_000  # bytes, which are 200 KB as base64
DICE = random.Random(1)

_PLAIN = "values{at} = [\n    (number, number * {at})\n    for number in range(10)\n    if number % 3\n]\n" * 4
_SHOWN = "print(values{before})\nvalues{at} = sorted(values{before})\nvalues{at}\n"

# A process begins with the memory of the one that starts it: this one has little.
LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
FLOOR = """
import hashlib, sys
from pathlib import Path
from msgspec import Raw, Struct, json

class Output(Struct):
    output_type: str
    metadata: Raw = Raw()

class Cell(Struct):
    cell_type: str
    source: str | list[str]
    outputs: list[Output] = []

class Notebook(Struct):
    cells: list[Cell]

decoder = json.Decoder(Notebook)
for file in sorted(Path(sys.argv[1]).rglob("*.ipynb")):
    for cell in decoder.decode(file.read_bytes()).cells:
        source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        hashlib.sha256(source.encode()).hexdigest()
"""
NBFORMAT = """
import sys, nbformat
from pathlib import Path
for file in sorted(Path(sys.argv[1]).rglob("*.ipynb")):
    nbformat.read(file, as_version=4)
"""


def build(folder: Path, *, count: int) -> None:
    """Write the notebooks, the archive and the manifest."""
    lab = Lab(folder)
    for number in range(count):
        author = lab.start(f"{number // 100:02}/{number:05}.ipynb")
        if number:
            author.run(f"%vault import object{number - 1} from chain")
        for at in range(len(author.cells), CELLS - 1):
            is_shown = at % 4 == 0
            author.run((_SHOWN if is_shown else _PLAIN).format(at=at, before=at - 1), shows=is_shown)
        author.run(f"%vault store object{number} in chain", content=str(number))
        if number % 5 == 0:
            add_pictures(author)
    lab.save()


def add_pictures(author: Author) -> None:
    """Show three pictures in cells that have shown nothing."""
    for at in (6, 10, 14):
        data = {"image/png": base64.b64encode(DICE.randbytes(PICTURE)).decode(), "text/plain": ["<Figure>"]}
        author.cells[at]["outputs"].append({"output_type": "display_data", "data": data, "metadata": {}})


def run(command: tuple[str, ...]) -> tuple[float, float]:
    """Return the seconds that a process takes, and the most megabytes it has; modules are compiled once, as ever."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    launch = (sys.executable, "-c", LAUNCHER, *command)
    start = time.perf_counter()
    done = subprocess.run(launch, env=environment, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, int(done.stdout) / 1024


def main() -> None:
    """Print a line for each contestant: median, ratio to the least that has to be done, memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebooks", type=int, default=NOTEBOOKS)
    count = parser.parse_args().notebooks
    with tempfile.TemporaryDirectory() as name:
        build(Path(name), count=count)
        size = sum(file.stat().st_size for file in Path(name).rglob("*.ipynb")) / 10**6
        print(f"{count} notebooks, {size:.0f} MB")
        contestants = {
            "read and digest": (sys.executable, "-c", FLOOR, name),
            "vaultcheck": (sys.executable, "-m", "vaultcheck", name),
            "ruff F821": ("ruff", "check", "--isolated", "--no-cache", "--select", "F821", name),
            "nbformat.read": (sys.executable, "-c", NBFORMAT, name),
        }
        check = subprocess.run(contestants["vaultcheck"], capture_output=True, text=True, check=False)
        print(check.stdout.splitlines()[-1])
        runs = {one: [run(command)] for one, command in contestants.items()}  # the first, which is thrown away
        for _ in range(RUNS):
            for one, command in contestants.items():
                runs[one].append(run(command))
        medians = {one: statistics.median(seconds for seconds, _ in found[1:]) for one, found in runs.items()}
        for one, found in runs.items():
            memory = max(megabytes for _, megabytes in found)
            ratio = medians[one] / medians["read and digest"]
            print(f"{one:16} {medians[one]:7.2f} s {ratio:6.1f} x {memory:6.0f} MB")


if __name__ == "__main__":
    main()
