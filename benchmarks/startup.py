"""How long it takes to check one notebook with one vault, as a whole process: `python benchmarks/startup.py`.

Beside it, in the same run, a bare Python, and what reads the notebook in most other tools. Machines are noisy:
medians of ten runs, and ratios.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 10
NOTEBOOK = Path(__file__).parent.parent / "fixtures/notebooks/quickstart/01_prepare.ipynb"

COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "vaultcheck NOTEBOOK": ("-m", "vaultcheck", str(NOTEBOOK)),
    "nbformat.read(NOTEBOOK)": ("-c", f"import nbformat; nbformat.read({str(NOTEBOOK)!r}, as_version=4)"),
}


def measure(arguments: tuple[str, ...]) -> float:
    """Return the median of the seconds that a whole process takes."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Print a line for each command: median, and how many times the bare Python that is."""
    medians = {name: measure(arguments) for name, arguments in COMMANDS.items()}
    bare = medians["python -c pass"]
    for name, median in medians.items():
        print(f"{name:26} {median:6.3f} s  {median / bare:5.1f} x")


if __name__ == "__main__":
    main()
