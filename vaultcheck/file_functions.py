"""The functions by which people read and write files: where the path stands in a call, and where the value."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Whether a file is read or written."""

    READ = "read"
    WRITE = "write"


class Family(Enum):
    """What a function makes of a value; what one family has written another one reads as something else."""

    TABLE = "table"
    ARRAY = "array"
    ARRAYS = "arrays"
    OBJECT = "object"
    JSON = "json"
    YAML = "yaml"
    TEXT = "text"


RECEIVER = -1
"""The place of what stands left of the dot; other places count the arguments."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a function is called: the places of the path and of the value that is written.

    `owners` are the modules that it is a function of, where its name alone does not tell; without one, `suffixes` of
    the path have to. `added` is what it appends to a path that does not end so.
    """

    kind: Kind
    family: Family
    path: int = 0
    value: int | None = None
    owners: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()
    added: str = ""


_TABLE_FORMATS = ("csv", "parquet", "pickle", "feather", "excel", "json", "hdf", "stata", "orc", "xml", "html")
_MORE_READERS = ("table", "fwf", "sas", "spss", "file", "ipc")
_POLARS_FORMATS = ("csv", "parquet", "ipc", "excel", "json", "ndjson")
_NUMPY = frozenset({"np", "numpy", "jnp"})
_PICKLES = frozenset({"pickle", "cPickle", "pkl", "dill", "cloudpickle", "joblib"})
_PICKLE_SUFFIXES = (".pkl", ".pickle", ".p", ".joblib", ".jl", ".sav", ".gz")
_JSON = frozenset({"json", "ujson", "simplejson"})
_YAML = frozenset({"yaml"})

_READERS = {
    **{f"read_{one}": Shape(Kind.READ, Family.TABLE) for one in (*_TABLE_FORMATS, *_MORE_READERS, "ndjson")},
    **{f"scan_{one}": Shape(Kind.READ, Family.TABLE) for one in _POLARS_FORMATS},
    "ExcelFile": Shape(Kind.READ, Family.TABLE),
    "loadtxt": Shape(Kind.READ, Family.ARRAY),
    "genfromtxt": Shape(Kind.READ, Family.ARRAY),
    "fromfile": Shape(Kind.READ, Family.ARRAY, owners=_NUMPY),
    "read_text": Shape(Kind.READ, Family.TEXT, path=RECEIVER),
    "read_bytes": Shape(Kind.READ, Family.TEXT, path=RECEIVER),
}
_WRITERS = {
    **{f"to_{one}": Shape(Kind.WRITE, Family.TABLE, value=RECEIVER) for one in (*_TABLE_FORMATS, "file")},
    **{f"write_{one}": Shape(Kind.WRITE, Family.TABLE, value=RECEIVER) for one in _POLARS_FORMATS},
    "savetxt": Shape(Kind.WRITE, Family.ARRAY, value=1, owners=_NUMPY),
    "savez": Shape(Kind.WRITE, Family.ARRAYS, owners=_NUMPY, added=".npz"),
    "savez_compressed": Shape(Kind.WRITE, Family.ARRAYS, owners=_NUMPY, added=".npz"),
    "write_text": Shape(Kind.WRITE, Family.TEXT, path=RECEIVER, value=0),
    "write_bytes": Shape(Kind.WRITE, Family.TEXT, path=RECEIVER, value=0),
}
SHAPES: dict[str, tuple[Shape, ...]] = {name: (shape,) for name, shape in (*_READERS.items(), *_WRITERS.items())} | {
    "load": (
        Shape(Kind.READ, Family.ARRAY, owners=_NUMPY),
        Shape(Kind.READ, Family.JSON, owners=_JSON),
        Shape(Kind.READ, Family.YAML, owners=_YAML),
        Shape(Kind.READ, Family.OBJECT, owners=_PICKLES | {"torch"}, suffixes=_PICKLE_SUFFIXES),
    ),
    "dump": (
        Shape(Kind.WRITE, Family.JSON, path=1, value=0, owners=_JSON),
        Shape(Kind.WRITE, Family.YAML, path=1, value=0, owners=_YAML),
        Shape(Kind.WRITE, Family.OBJECT, path=1, value=0, owners=_PICKLES, suffixes=_PICKLE_SUFFIXES),
    ),
    "save": (
        Shape(Kind.WRITE, Family.ARRAY, value=1, owners=_NUMPY, added=".npy"),
        Shape(Kind.WRITE, Family.OBJECT, path=1, value=0, owners=frozenset({"torch"})),
    ),
    "safe_load": (Shape(Kind.READ, Family.YAML, owners=_YAML),),
    "safe_dump": (Shape(Kind.WRITE, Family.YAML, path=1, value=0, owners=_YAML),),
    # Of an open file, as below.
    "read": (Shape(Kind.READ, Family.TEXT, path=RECEIVER),),
    "readlines": (Shape(Kind.READ, Family.TEXT, path=RECEIVER),),
    "write": (Shape(Kind.WRITE, Family.TEXT, path=RECEIVER, value=0),),
}
"""The functions by name; of several shapes the first whose owner stands there."""

ON_OPEN_FILES = frozenset({"read", "readlines", "write"})
"""The methods that only open files have."""

PATH_WORDS = frozenset(
    {
        *("path", "filepath_or_buffer", "path_or_buf", "path_or_buffer", "io", "excel_writer", "source", "fname"),
        *("file", "filename", "fp", "f", "stream", "where"),
    }
)
"""The names by which a path can be given."""

VALUE_WORDS = frozenset({"obj", "value", "arr", "X", "data"})
"""The names by which the value can be given."""

_OPENERS = frozenset({"io", "gzip", "bz2", "lzma", "codecs"})


def find_shape(function: ast.expr) -> Shape | None:
    """Return how a function is called that is named so; of a bare name the path has to tell whether it is that one."""
    name, owner = name_function(function)
    for shape in SHAPES.get(name, ()):
        if not shape.owners or owner in shape.owners or (isinstance(function, ast.Name) and shape.suffixes):
            return shape
    return None


def name_function(function: ast.expr) -> tuple[str, str]:
    """Return the name of a function and that of what it is taken from, empty where there is none."""
    match function:
        case ast.Name(id=name):
            return name, ""
        case ast.Attribute(attr=name, value=ast.Name(id=owner) | ast.Attribute(attr=owner)):
            return name, owner
        case ast.Attribute(attr=name):
            return name, ""
    return "", ""


def find_opened(node: ast.expr) -> tuple[ast.expr, Kind] | None:
    """Return what a call opens and for what: `open('p', 'wb')`, `gzip.open('p')`, `Path('p').open()`."""
    match node:
        case ast.Call(func=ast.Name(id="open"), args=[path, *rest]):
            pass
        case ast.Call(func=ast.Attribute(attr="open", value=ast.Name(id=owner)), args=[path, *rest]) if (
            owner in _OPENERS
        ):
            pass
        case ast.Call(func=ast.Attribute(attr="open", value=path), args=rest):
            pass
        case _:
            return None
    mode = next(iter(rest), next((one.value for one in node.keywords if one.arg == "mode"), ast.Constant("r")))
    match mode:
        case ast.Constant(value=str() as text):
            return path, Kind.WRITE if set(text) & set("wxa") else Kind.READ
    return None
