"""Which names are modules and which are what plots are drawn on, by what everybody calls them."""

from __future__ import annotations

import re

_LIBRARIES = frozenset(
    {
        *("altair", "bisect", "bokeh", "collections", "contextlib", "copy", "csv", "cudf", "cv2", "dask"),
        *("dataclasses", "datetime", "folium", "functools", "gc", "geopandas", "glob", "hashlib", "heapq"),
        *("holoviews", "inspect", "io", "IPython", "ipywidgets", "itertools", "joblib", "json", "keras", "lightgbm"),
        *("logging", "math", "matplotlib", "missingno", "networkx", "nltk", "numpy", "operator", "os", "pandas"),
        *("pathlib", "pickle", "PIL", "platform", "plotly", "polars", "pprint", "pyarrow", "pylab", "random", "re"),
        *("requests", "scipy", "seaborn", "shap", "shutil", "skimage", "sklearn", "spacy", "sqlite3", "statsmodels"),
        *("string", "subprocess", "sys", "tabulate", "tempfile", "tensorflow", "textwrap", "time", "torch"),
        *("torchvision", "tqdm", "traceback", "typing", "urllib", "warnings", "xarray", "xgboost", "yaml", "zipfile"),
    }
)
"""Well-known libraries, whose functions leave their arguments alone but for those named here."""

_NICKNAMES = frozenset(
    {
        *("alt", "bisect", "cv2", "datetime", "functools", "glob", "go", "gpd", "heapq", "itertools", "json"),
        *("keras", "lgb", "logging", "math", "matplotlib", "mpl", "nn", "np", "numpy", "nx", "os", "pandas"),
        *("pathlib", "pd", "pickle", "pl", "plotly", "plt", "px", "random", "re", "requests", "scipy", "seaborn"),
        *("shutil", "sklearn", "sm", "smf", "sns", "subprocess", "sys", "tf", "time", "torch", "tqdm", "warnings"),
        *("xgb", "xr"),
    }
)
"""What everybody calls modules, so that a name needs no import in the same cell to be one."""

_OF_CONTAINERS = frozenset(("append", "clear", "extend", "insert", "pop", "remove", "setdefault", "update"))

_DRAWINGS = re.compile(
    r"(?:ax|axs|axes|axis|fig|figure|chart|plot|canvas|subplot)\d*|(?:ax|fig|axs|axes)_\w+|\w+_(?:ax|fig|axs|axes|plot)"
)
_PLOTTERS = frozenset({"plt", "sns", "px", "go", "alt", "mpl", "matplotlib", "pyplot", "pylab", "seaborn", "plotly"})


def is_library(module: str) -> bool:
    """Tell whether a module belongs to a library whose functions are known here."""
    return module.partition(".")[0] in _LIBRARIES


def is_nickname(name: str) -> bool:
    """Tell whether a name is what everybody calls a well-known module."""
    return name in _NICKNAMES


def is_of_containers(method: str) -> bool:
    """Tell whether a method changes lists or dicts, such as a module may have: `sys.path.append`."""
    return method in _OF_CONTAINERS


def is_drawing(name: str) -> bool:
    """Tell whether something is called as plots and what draws them are called."""
    return name in _PLOTTERS or _DRAWINGS.fullmatch(name) is not None
