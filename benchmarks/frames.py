"""What it costs to pass a frame on: `python benchmarks/frames.py [small] [large] [huge] [many]`.

`%vault store` and `%vault import` end to end in an IPython shell, beside what a user would pick instead. Every
contestant runs in a process of its own, in turns, and writes a file on disk. Shown are the medians of processor seconds
(of all threads), of elapsed seconds, the peak of memory beyond the frame, the bytes on disk, and how many times as long
each takes as the vault. Machines are noisy: trust the ratios.

small: 10,000 x 2; large: 1,000,000 x 5; huge: 10,000,000 x 5, by the vault alone; many: 200 stores in one notebook.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

RUNS = {"small": 7, "large": 5, "huge": 1}
ROWS = {"small": 10_000, "large": 1_000_000, "huge": 10_000_000}
MANY = 200
PAGE = resource.getpagesize()


def build_frame(size: str) -> Any:
    """Return the frame of a size: of 10,000 rows two columns, else int, normal floats, strings and datetimes."""
    import numpy as np
    import pandas as pd

    dice, rows = np.random.default_rng(0), ROWS[size]
    cities = dice.choice(["London", "Delhi", "Tokyo", "Lagos", "Warsaw", "Chongqing"], rows)
    if size == "small":
        return pd.DataFrame({"salary": dice.integers(0, 100, rows), "city": cities})
    columns = {
        "n": dice.integers(0, 1_000_000, rows),
        "x": dice.normal(size=rows),
        "city": cities,
        "kind": dice.choice(["a", "b", "c"], rows),
        "at": pd.date_range("2020-01-01", periods=rows, freq="s"),
    }
    return pd.DataFrame(columns)


class Vault:
    """The magics, in a shell as a kernel has it."""

    def __init__(self, options: str = "") -> None:
        from IPython.core.interactiveshell import InteractiveShell

        self._shell = InteractiveShell.instance()
        self.run("%load_ext vault_magic")
        self.run(f"%open_vault -p storage.zip --secure False {options}")

    def run(self, cell: str) -> None:
        """Run a cell without its output."""
        kept, sys.stdout = sys.stdout, io.StringIO()
        try:
            self._shell.run_cell(cell, store_history=True).raise_error()
        finally:
            sys.stdout = kept

    def store(self, frame: Any, *, name: str = "frame") -> None:
        """Store a frame."""
        self._shell.user_ns[name] = frame
        self.run(f"%vault store {name} in m")

    def load(self) -> Any:
        """Import it, types as stored."""
        self.run("%vault import frame from m")
        return self._shell.user_ns["frame"]


def store_with_storemagic(frame: Any) -> None:
    """Keep a frame by IPython's own magic, which pickles into the user's profile."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "storemagic")
    shell.user_ns["frame"] = frame
    shell.run_line_magic("store", "frame")


def load_with_storemagic() -> Any:
    """Bring it back."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "storemagic")
    shell.run_line_magic("store", "-r frame")
    return shell.user_ns["frame"]


def store_text(frame: Any) -> None:
    """Write text as the vault has it, compressed as most tools do."""
    text = frame.to_csv(sep="\t", lineterminator="\n").encode()
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    Path("frame.gz").write_bytes(packer.compress(text) + packer.flush())


def load_text() -> Any:
    """Read it, all types inferred but the datetimes."""
    import pandas as pd

    with gzip.open("frame.gz") as file:
        head = file.readline().decode().split()
    return pd.read_csv("frame.gz", sep="\t", index_col=0, parse_dates=["at"] if "at" in head else None)


def store_gzip(frame: Any) -> None:
    """Write text with the compression that pandas has built in."""
    frame.to_csv("frame.csv.gz")


def load_gzip() -> Any:
    """Read it."""
    import pandas as pd

    return pd.read_csv("frame.csv.gz", index_col=0)


def parquet(compression: Any) -> tuple[Callable[[Any], None], Callable[[], Any]]:
    """Return writer and reader of Parquet."""

    def load() -> Any:
        import pandas as pd

        return pd.read_parquet("frame.parquet")

    return lambda frame: frame.to_parquet("frame.parquet", compression=compression), load


def store_pickle(frame: Any) -> None:
    """Pickle a frame."""
    Path("frame.pickle").write_bytes(pickle.dumps(frame, protocol=5))


def load_pickle() -> Any:
    """Unpickle it."""
    return pickle.loads(Path("frame.pickle").read_bytes())


def store_joblib(frame: Any) -> None:
    """Pickle a frame compressed at level 3."""
    import joblib

    joblib.dump(frame, "frame.joblib", compress=3)


def load_joblib() -> Any:
    """Unpickle it."""
    import joblib

    return joblib.load("frame.joblib")


CONTESTANTS: dict[str, Callable[[], tuple[Callable[[Any], None], Callable[[], Any]]]] = {
    "%vault": lambda: ((vault := Vault("--optimize_df False")).store, vault.load),
    "%vault, strings as categories": lambda: ((vault := Vault()).store, vault.load),
    "%vault --frame_format parquet": lambda: ((vault := Vault("--frame_format parquet")).store, vault.load),
    "to_csv + zlib 6": lambda: (store_text, load_text),
    "to_csv, gzip": lambda: (store_gzip, load_gzip),
    "parquet, snappy": lambda: parquet("snappy"),
    "parquet, zstd": lambda: parquet("zstd"),
    "joblib, compress=3": lambda: (store_joblib, load_joblib),
    "pickle": lambda: (store_pickle, load_pickle),
    "%store": lambda: (store_with_storemagic, load_with_storemagic),
}


class Peak:
    """The most memory that is resident while a block runs, beyond what was at its start; MB."""

    def __enter__(self) -> Peak:
        self._start = self._most = self._read()
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, self._read())

    @staticmethod
    def _read() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE

    @property
    def megabytes(self) -> float:
        """What it was."""
        return (self._most - self._start) / 1e6


def time_one(act: Callable[[], object]) -> dict[str, float]:
    """Return what an act costs; the work of all threads counts."""
    with Peak() as peak:
        cpu, wall = time.process_time(), time.perf_counter()
        act()
        spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    return spent | {"memory": peak.megabytes}


def run_contestant(name: str, size: str) -> dict[str, Any]:
    """Store and load once, warm, in this process and folder."""
    frame = build_frame(size)
    store, load = CONTESTANTS[name]()
    warm = frame.iloc[:100].copy()
    store(warm)
    load()
    stored, loaded = time_one(lambda: store(frame)), time_one(load)
    on_disk = sum(file.stat().st_size for file in Path().rglob("*") if file.is_file())
    return {"store": stored, "import": loaded, "bytes": on_disk}


def run_in_turns(size: str, names: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Run each contestant some times, in processes and folders of their own."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(RUNS[size]):
        for name in names:
            found[name].append(json.loads(run_alone("one", name, size)))
    return found


def show(size: str, found: dict[str, list[dict[str, Any]]]) -> None:
    """Print a table, with ratios to the vault."""
    print(f"\n{ROWS[size]:,} rows, medians of {RUNS[size]}")
    print(f"{'':32}{'store':>30}{'import':>30}")
    print(f"{'':32}{'cpu s    wall   MB      x':>30}{'cpu s    wall   MB      x':>30}{'file MB':>10}")
    base = {step: median(found["%vault"], step, "cpu") for step in ("store", "import")}
    for name, runs in found.items():
        line = f"{name:32}"
        for step in ("store", "import"):
            cpu, wall, memory = (median(runs, step, what) for what in ("cpu", "wall", "memory"))
            line += f"{cpu:10.3f}{wall:8.3f}{memory:6.0f}{cpu / base[step]:6.1f}"
        print(f"{line}{runs[0]['bytes'] / 1e6:10.2f}")


def median(runs: list[dict[str, Any]], step: str, what: str) -> float:
    """Return the median of one figure."""
    return float(statistics.median(run[step][what] for run in runs))


def store_many() -> None:
    """Print what 200 stores of small frames cost in one notebook, each durable before the next."""
    vault, frame = Vault(), build_frame("small").head(100)
    vault.store(frame)
    start = time.perf_counter(), time.process_time()
    for number in range(MANY):
        vault.store(frame.assign(n=number), name=f"frame{number}")
    print(f"{time.perf_counter() - start[0]:.2f} s, {time.process_time() - start[1]:.2f} cpu s")


def run_alone(*arguments: str) -> str:
    """Run this program in a process and a folder of its own, and return the last line that it printed."""
    here = Path(__file__).resolve()
    with tempfile.TemporaryDirectory() as folder:
        settings = {**os.environ, "IPYTHONDIR": folder, "PYTHONPATH": str(here.parents[1])}
        command = [sys.executable, "-W", "ignore", str(here), *arguments]
        done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def main(*arguments: str) -> None:
    """Run what is asked for."""
    if arguments[:1] == ("one",):
        print(json.dumps(run_contestant(*arguments[1:])))
        return
    if arguments[:1] == ("stores",):
        store_many()
        return
    for size in arguments or ("small", "large", "huge", "many"):
        if size == "many":
            for _ in range(3):
                print(f"{MANY} stores of 100 rows: {run_alone('stores')}")
        else:
            show(size, run_in_turns(size, ["%vault"] if size == "huge" else [*CONTESTANTS]))


if __name__ == "__main__":
    main(*sys.argv[1:])
