"""Codecs that packages bring: those of this project on real values, and others that do what they should not."""

from __future__ import annotations

import datetime as dt
import decimal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import xarray as xr
from scipy import sparse

from tests.vault_magic.archive.builders import Notebook
from vault_magic.codecs import decode, encode, plugins
from vault_magic.codecs.protocol import GROUP, Encoding
from vault_magic.errors import CodecError

DAY = dt.datetime(2020, 1, 1, 1, 2, 3, 4)

POLARS: dict[str, tuple[Any, str]] = {
    "frame": (pl.DataFrame({"n": [1, None], "x": [0.1, float("nan")], "s": ["", None], "b": [True, None]}), "polars"),
    "awkward-text": (pl.DataFrame({"s": ["a\tb", "c\r\nd", '"', "NA", "\r"]}), "polars"),
    "moments": (
        pl.DataFrame({"d": [DAY.date(), None], "t": [DAY, None], "l": [dt.timedelta(1, 2, 3), None]}),
        "polars",
    ),
    "zoned": (pl.DataFrame({"t": [DAY]}, {"t": pl.Datetime("ms", "Europe/Warsaw")}), "polars"),
    "small-types": (pl.DataFrame({"i": [1], "f": [0.1]}, {"i": pl.UInt8, "f": pl.Float32}), "polars"),
    "decimals": (pl.DataFrame({"d": [decimal.Decimal("1.50"), None]}), "polars"),
    "categorical": (
        pl.DataFrame({"c": pl.Series(["b", "a", None, "b"], dtype=pl.Categorical), "n": [1, 2, 3, 4]}),
        "polars",
    ),
    "empty": (pl.DataFrame(), "polars"),
    "no-rows": (pl.DataFrame(schema={"a": pl.Int8, "b": pl.String}), "polars"),
    "series": (pl.Series("n", [1, None]), "polars"),
    "series-unnamed": (pl.Series([0.5]), "polars"),
    "series-categorical": (pl.Series("c", ["x", "y"], dtype=pl.Categorical), "polars"),
    "lists": (pl.DataFrame({"l": [[1], [2, 3]]}), "pickle"),
    "structs": (pl.DataFrame({"s": [{"a": 1}]}), "pickle"),
    "times": (pl.DataFrame({"t": [dt.time(1, 2)]}), "pickle"),
    "binary": (pl.DataFrame({"b": [b"x"]}), "pickle"),
    "data-type": ([pl.Int8], "pickle"),
}

GRID = xr.Dataset(
    {
        "t": (("y", "x"), np.array([[0.1, -0.0], [np.nan, np.inf]])),
        "n": ("x", np.array([1, 2], "int32"), {"unit": "m", "measured": True}),
    },
    coords={"x": [1, 2], "y": ["a", "b"], "at": np.datetime64("2020-01-01", "ns")},
    attrs={"title": "grid", "count": 3, "levels": [1, 2], "flag": True, "none": None},
)

XARRAY: dict[str, tuple[Any, str]] = {
    "dataset": (GRID, "xarray"),
    "array-of-a-dataset": (GRID["t"], "xarray"),
    "array": (
        xr.DataArray(np.arange(6.0).reshape(2, 3), dims=("a", "b"), name="v", attrs={"unit": "m", "measured": True}),
        "xarray",
    ),
    "array-unnamed": (xr.DataArray(np.arange(3), dims="a"), "xarray"),
    "array-named-as-its-dimension": (xr.DataArray([1, 2], dims="a", name="a"), "xarray"),
    "scalar": (xr.DataArray(1.5), "xarray"),
    "bools": (xr.DataArray([True, False], dims="a", coords={"a": [DAY, DAY + dt.timedelta(1)]}), "xarray"),
    "seconds": (xr.DataArray(np.array(["2020-01-01"], "M8[s]"), dims="a"), "xarray"),
    "strings": (xr.DataArray(np.array(["ż", ""]), dims="a"), "xarray"),
    "array-as-attribute": (xr.DataArray([1], dims="a", attrs={"w": np.array([0.5, 1.5])}), "xarray"),
    "empty": (xr.Dataset(), "xarray"),
    "objects": (xr.DataArray(np.array([{}, 1], object), dims="a"), "pickle"),
    "name-that-is-no-text": (xr.DataArray([1], dims="a", name=3), "pickle"),
    "set-as-attribute": (xr.DataArray([1], dims="a", attrs={"w": {1}}), "pickle"),
}

MATRIX = sparse.random(5, 6, 0.3, format="csr", random_state=1)
UNORDERED = sparse.csr_matrix((np.array([1.0, np.nan, 0.0]), np.array([2, 0, 1]), np.array([0, 3])))

SPARSE: dict[str, tuple[Any, str]] = {
    **{kind: (MATRIX.asformat(kind), "scipy-sparse") for kind in ("csr", "csc", "coo", "bsr", "dia")},
    "array": (sparse.csr_array(np.eye(3, dtype="int8")), "scipy-sparse"),
    "one-dimension": (sparse.coo_array(np.array([0, 1, 2])), "scipy-sparse"),
    "not-in-order-and-zeros": (UNORDERED, "scipy-sparse"),
    "complex": (sparse.csr_matrix(np.eye(2) * 1j), "scipy-sparse"),
    "empty": (sparse.csr_matrix((0, 3)), "scipy-sparse"),
    "lil": (MATRIX.tolil(), "pickle"),
    "dok": (MATRIX.todok(), "pickle"),
}

CASES = {
    f"{package}-{name}": case
    for package, cases in {"polars": POLARS, "xarray": XARRAY, "sparse": SPARSE}.items()
    for name, case in cases.items()
}


def fingerprint(value: Any) -> object:
    """Everything about a value that a user could tell apart; it knows nothing of the codecs."""
    if isinstance(value, pl.Series):
        return value.name, value.dtype, value.to_list().__repr__()
    if isinstance(value, pl.DataFrame):
        return [fingerprint(value[name]) for name in value.columns], value.shape
    if isinstance(value, xr.Dataset):
        return repr(value.attrs), [(name, fingerprint(value[name])) for name in value.data_vars], dict(value.sizes)
    if isinstance(value, xr.DataArray):
        coordinates = {name: (one.dtype, one.values.tolist().__repr__()) for name, one in value.coords.items()}
        return value.name, value.dims, value.dtype, repr(value.attrs), repr(value.values.tolist()), coordinates
    if sparse.issparse(value):
        parts = [repr(getattr(value, name, None)) for name in ("data", "indices", "indptr", "row", "col", "offsets")]
        return type(value), value.shape, value.dtype, parts, repr(value.todense())
    return value


@pytest.mark.parametrize(("value", "expected"), CASES.values(), ids=CASES.keys())
def test_value_comes_back_exactly(value: Any, expected: str) -> None:
    encoded = encode(value)

    assert encoded.format == expected
    assert fingerprint(decode(encoded.format, encoded.data, encoded.schema)) == fingerprint(value)


@pytest.mark.parametrize("value", [GRID, GRID["n"], MATRIX, POLARS["categorical"][0]])
def test_encoding_leaves_the_value_alone(value: Any) -> None:
    before = fingerprint(value)

    encode(value)

    assert fingerprint(value) == before


def test_frame_of_polars_is_plain_text() -> None:
    encoded = encode(pl.DataFrame({"n": [1, None], "city": ["Delhi", ""]}))

    assert encoded.data == b'\tn\tcity\n0\t1\tDelhi\n1\t\t""\n'
    assert encoded.stable


@pytest.mark.parametrize("value", [GRID, MATRIX], ids=["xarray", "sparse"])
def test_equal_value_keeps_the_bytes_that_are_stored(tmp_path: Path, value: Any) -> None:
    notebook = Notebook(tmp_path / "storage.zip", names={"x": value})
    notebook.run("store x in m")
    before = notebook.path.read_bytes()

    notebook.names["x"] = value.copy()
    notebook.run("store x in m")
    assert notebook.path.read_bytes() == before

    notebook.names["x"] = value * 2
    notebook.run("store x in m")
    assert notebook.path.read_bytes() != before


class Own:
    """A value of the package that the fakes below are for."""

    def __init__(self, number: int = 1) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own) and other.number == self.number

    __hash__ = None  # type: ignore[assignment]


class Good:
    """A codec that works."""

    package = "tests"

    def encode(self, value: Any) -> Encoding | None:
        return Encoding(str(value.number).encode(), {"kind": "own"}, is_stable=True)

    def decode(self, data: bytes, schema: Mapping[str, object] | None) -> object:
        assert schema == {"kind": "own"}
        return Own(int(data))

    def is_same(self, one: object, other: object) -> bool:
        return one == other


class NotMine(Good):
    def encode(self, value: Any) -> Encoding | None:
        return None


class RaisesOnEncode(Good):
    def encode(self, value: Any) -> Encoding | None:
        raise RuntimeError("no")


class RaisesOnDecode(Good):
    def decode(self, data: bytes, schema: Mapping[str, object] | None) -> object:
        raise RuntimeError("several\nlines")


class Forgets(Good):
    def decode(self, data: bytes, schema: Mapping[str, object] | None) -> object:
        return Own(0)


class GivesAnotherType(Good):
    def decode(self, data: bytes, schema: Mapping[str, object] | None) -> object:
        return int(data)

    def is_same(self, one: object, other: object) -> bool:
        return True


class SaysAlmost(Good):
    def is_same(self, one: object, other: object) -> bool:
        return "almost"  # type: ignore[return-value]


class GivesText(Good):
    def encode(self, value: Any) -> Encoding | None:
        return "1"  # type: ignore[return-value]


class WithoutPackage(Good):
    package = None  # type: ignore[assignment]


class RaisesWhenMade(Good):
    def __init__(self) -> None:
        raise RuntimeError("no licence")


class Nameless:
    """No codec at all."""


class Interrupted(Good):
    def encode(self, value: Any) -> Encoding | None:
        raise KeyboardInterrupt


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return what makes some entry points the ones that are installed."""

    def put(**points: str) -> None:
        found = [EntryPoint(name.replace("_", "-"), value, GROUP) for name, value in points.items()]
        monkeypatch.setattr(plugins, "entry_points", lambda *, group: found if group == GROUP else [])
        plugins._load_all.cache_clear()

    yield put
    plugins._load_all.cache_clear()


def test_codec_of_a_package_is_used_for_its_values(install: Any) -> None:
    install(own=f"{__name__}:Good")

    encoded = encode(Own(7))

    assert (encoded.format, encoded.data, encoded.schema, encoded.stable) == ("own", b"7", {"kind": "own"}, True)
    assert decode("own", b"7", {"kind": "own"}) == Own(7)
    assert encode(dt.date(2020, 1, 1)).format == "pickle"


BROKEN = [
    *("NotMine", "RaisesOnEncode", "RaisesOnDecode", "Forgets", "GivesAnotherType", "SaysAlmost", "GivesText"),
    *("WithoutPackage", "RaisesWhenMade", "Nameless", "NotThere"),
]


@pytest.mark.parametrize("name", BROKEN)
def test_broken_codec_never_stops_a_store(install: Any, name: str) -> None:
    install(broken=f"{__name__}:{name}", missing="no_such_module:Codec")

    encoded = encode(Own(7))

    assert encoded.format == "pickle"
    assert decode("pickle", encoded.data, None) == Own(7)


def test_codec_that_works_is_found_behind_broken_ones(install: Any) -> None:
    points = {f"a_{name.lower()}": f"{__name__}:{name}" for name in BROKEN}
    install(**points, own=f"{__name__}:Good")

    assert encode(Own(7)).format == "own"


def test_interrupt_is_no_fault_of_a_codec(install: Any) -> None:
    install(own=f"{__name__}:Interrupted")

    with pytest.raises(KeyboardInterrupt):
        encode(Own())


@pytest.mark.parametrize("name", ["tsv", "pickle", "npy", "parquet", "custom"])
def test_codec_cannot_take_the_place_of_one_that_is_built_in(install: Any, name: str) -> None:
    install(**{name: f"{__name__}:Good"})

    assert encode(Own(7)).format == "pickle"
    assert decode("pickle", encode([1]).data, None) == [1]


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        pytest.param({}, "no installed package reads it; install the one that does", id="not-installed"),
        pytest.param({"own": "no_such_module:X"}, "ModuleNotFoundError: No module named 'no_such_module'", id="module"),
        pytest.param({"own": f"{__name__}:RaisesWhenMade"}, "RuntimeError: no licence", id="raises"),
        pytest.param({"own": f"{__name__}:WithoutPackage"}, "TypeError: package is no text", id="no-package"),
        pytest.param({"own": f"{__name__}:RaisesOnDecode"}, "the own is damaged (several lines)", id="raises-later"),
    ],
)
def test_entry_whose_codec_is_not_there_says_what_to_do(install: Any, points: dict[str, str], reason: str) -> None:
    install(**points)

    with pytest.raises(CodecError) as caught:
        decode("own", b"7", {"kind": "own"})

    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_codecs_are_loaded_only_where_a_value_asks_for_them() -> None:
    code = (
        "import sys, pandas, decimal; from vault_magic.codecs import encode\n"
        "for value in ({'a': [1]}, pandas.DataFrame({'a': [1]}), decimal.Decimal(1), object): encode(value)\n"
        "print(any(name in sys.modules for name in ('polars', 'xarray', 'scipy', 'vault_magic.codecs.polars_frames')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_codec_of_an_installed_distribution_is_found(tmp_path: Path) -> None:
    package = tmp_path / "weather"
    package.mkdir()
    (package / "__init__.py").write_text("class Station:\n    def __init__(self, name):\n        self.name = name\n")
    (package / "codec.py").write_text(
        "from vault_magic.codecs.protocol import Encoding\n"
        "class Stations:\n"
        "    package = 'weather'\n"
        "    def encode(self, value):\n        return Encoding(value.name.encode(), is_stable=True)\n"
        "    def decode(self, data, schema):\n"
        "        from weather import Station\n        return Station(data.decode())\n"
        "    def is_same(self, one, other):\n        return one.name == other.name\n"
    )
    information = tmp_path / "weather-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: weather\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[{GROUP}]\nweather = weather.codec:Stations\n")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import weather\n"
        "from vault_magic.codecs import decode, encode\n"
        "found = encode(weather.Station('Riga')); print(found.format, decode(found.format, found.data, None).name)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "weather Riga\n"
