"""Which functions and methods change what they are given, by their names: the types of objects are not known."""

from __future__ import annotations

import re
from enum import Enum


class Kind(Enum):
    """What calling a method does to the object that it is called on."""

    CHANGES = "changes"
    CHANGES_IF_DROPPED = "changes if dropped"  # returns nothing; what returns a result has the name from elsewhere
    MAY_CHANGE = "may change"
    READS = "reads"
    UNKNOWN = "unknown"


_CHANGING = frozenset(
    {
        *("__delattr__", "__delitem__", "__iadd__", "__setattr__", "__setitem__", "appendleft", "backward", "close"),
        *("commit", "compile", "difference_update", "execute", "executemany", "executescript", "extendleft", "fit"),
        *("fit_generator", "fit_on_texts", "fit_predict", "fit_resample", "fit_transform", "intersection_update"),
        *("load_state_dict", "load_weights", "move_to_end", "partial_fit", "pop", "popitem", "popleft", "put"),
        *("put_nowait", "rollback", "rotate", "seek", "send", "set_params", "set_weights", "setdefault", "step"),
        *("symmetric_difference_update", "terminate", "train", "write", "writelines", "writerow", "writerows"),
        *("writestr", "zero_grad"),
    }
)
_CHANGING_IF_DROPPED = frozenset(
    {
        *("add", "add_edge", "add_edges_from", "add_module", "add_node", "add_nodes_from", "append", "clear"),
        *("discard", "extend", "fill", "insert", "register_buffer", "remove", "remove_edge", "remove_node", "resize"),
        *("reverse", "seed", "setflags", "sort", "start", "stop", "subtract", "update"),
    }
)
_CHANGING_WITHOUT_ARGUMENTS = frozenset({"cpu", "cuda", "eval", "half"})
_MAYBE_CHANGING = frozenset(
    {
        *("__next__", "get_nowait", "read", "readinto", "readline", "readlines", "recv", "to"),
        *_CHANGING_WITHOUT_ARGUMENTS,
    }
    - {"eval"}
)
_READING = frozenset(
    {
        *("abs", "agg", "aggregate", "all", "any", "apply", "applymap", "argmax", "argmin", "argsort", "asfreq"),
        *("assign", "astype", "at_time", "bar", "barh", "between", "bfill", "bool", "boxplot", "capitalize"),
        *("casefold", "center", "clip", "combine", "compare", "compute", "convert_dtypes", "copy", "corr"),
        *("corrwith", "count", "cov", "critical", "cummax", "cummin", "cumprod", "cumsum", "cut", "date", "debug"),
        *("decode", "decode_predictions", "density", "describe", "diff", "difference", "display", "div", "divide"),
        *("dot", "drop", "drop_duplicates", "droplevel", "dropna", "duplicated", "encode", "endswith", "eq"),
        *(
            "equals",
            "error",
            "eval",
            "evaluate",
            "ewm",
            "exception",
            "exists",
            "expanding",
            "expandtabs",
            "explode",
            "ffill",
        ),
        *("fillna", "filter", "find", "findall", "finditer", "first", "flatten", "format", "format_map", "fullmatch"),
        *("ge", "get", "getvalue", "glob", "group", "groupby", "groupdict", "groups", "gt", "head", "hexbin", "hist"),
        *("hvplot", "idxmax", "idxmin", "index", "infer_objects", "info", "interpolate", "intersection", "isalnum"),
        *("isalpha", "isdecimal", "isdigit", "isidentifier", "isin", "islower", "isna", "isnull", "isnumeric"),
        *("isoformat", "isspace", "issubset", "issuperset", "isupper", "item", "items", "iterdir", "iterrows"),
        *("itertuples", "join", "kde", "keys", "kurt", "kurtosis", "last", "le", "line", "ljust", "log", "lower"),
        *("lstrip", "lt", "map", "mask", "match", "matches", "max", "mean", "median", "melt", "memory_usage"),
        *("merge", "min", "mod", "mode", "most_common", "mul", "multiply", "nbytes", "ne", "nlargest", "notna"),
        *("notnull", "nsmallest", "nunique", "partition", "pct_change", "pie", "pipe", "pivot", "pivot_table"),
        *("plot", "pow", "predict", "predict_proba", "prod", "profile", "quantile", "query", "rank", "ravel"),
        *("read_bytes", "read_csv", "read_text", "reindex", "reindex_like", "removeprefix", "removesuffix", "rename"),
        *("rename_axis", "render", "reorder_levels", "repeat", "replace", "report", "resample", "reset_index"),
        *("reshape", "resolve", "rfind", "rindex", "rjust", "rolling", "round", "rpartition", "rsplit", "rstrip"),
        *("sample", "savefig", "scatter", "score", "search", "select_dtypes", "set_axis", "set_index", "shift"),
        *("show", "skew", "sort_index", "sort_values", "span", "split", "splitlines", "squeeze", "stack"),
        *("startswith", "std", "strftime", "strip", "sub", "sum", "summary", "swapcase", "swaplevel"),
        *("symmetric_difference", "tail", "take", "time", "timestamp", "title", "tobytes", "tolist", "total_seconds"),
        *("transform", "translate", "transpose", "truncate", "tz_convert", "tz_localize", "union", "unique"),
        *("unstack", "upper", "value_counts", "values", "var", "view", "visualize", "warning", "where", "xs"),
        *("zfill",),
    }
)
_READING_STEMS = re.compile(
    r"(?:to|is|has|get|print|plot|show|describe|display|export|save|log|render|draw)_\w+|__(?!set|del|i)\w+"
)
_READING_ACCESSORS = frozenset({"cat", "dt", "hvplot", "plot", "str", "style"})

CHANGING_ARGUMENT = frozenset(
    {
        *("clip_grad_norm_", "clip_grad_value_", "constant_", "copyto", "delattr", "delitem", "eye_"),
        *("fill_diagonal", "heapify", "heappop", "heappush", "heappushpop", "heapreplace", "iadd", "insort"),
        *("insort_left", "insort_right", "kaiming_normal_", "kaiming_uniform_", "next", "normal_", "ones_"),
        *("orthogonal_", "place", "put", "put_along_axis", "putmask", "setattr", "setitem", "trunc_normal_"),
        *("uniform_", "xavier_normal_", "xavier_uniform_", "zeros_"),
    }
)
"""Functions that change their first argument."""

READING_FUNCTIONS = frozenset(
    {
        *("abs", "accuracy_score", "all", "any", "ascii", "assert_allclose", "assert_array_equal", "assert_equal"),
        *("assert_frame_equal", "assert_series_equal", "Audio", "bar", "bin", "bool", "breakpoint", "bytearray"),
        *("bytes", "callable", "chr", "classification_report", "clear_output", "Code", "complex", "confusion_matrix"),
        *(
            "copy",
            "cross_val_score",
            "deepcopy",
            "dict",
            "dir",
            "display",
            "divmod",
            "enumerate",
            "eval",
            "exec",
            "exit",
            "figure",
        ),
        *("FileLink", "filter", "float", "format", "frozenset", "getattr", "hasattr", "hash", "help", "hex", "hist"),
        *("HTML", "id", "IFrame", "Image", "imshow", "input", "int", "isinstance", "issubclass", "iter", "JSON"),
        *("Latex", "legend", "len", "list", "map", "Markdown", "Math", "max", "memoryview", "min", "object", "oct"),
        *("open", "ord", "plot", "pow", "pprint", "Pretty", "print", "quit", "range", "repr", "reversed", "round"),
        *("savefig", "scatter", "set", "show", "sleep", "slice", "sorted", "str", "subplot", "subplots", "sum"),
        *("summary", "SVG", "tabulate", "title", "tqdm", "train_test_split", "tuple", "type", "vars", "Video"),
        *("xlabel", "ylabel", "zip"),
    }
)
"""Functions that leave their arguments as they are."""

CONTAINERS = frozenset({"bytearray", "defaultdict", "deque", "dict", "list", "object", "set", "super"})
"""Types whose methods, called as functions, change their first argument."""


def classify_method(name: str, *, has_arguments: bool) -> Kind:
    """Return what a method of some name does."""
    if name in _CHANGING or (name in _CHANGING_WITHOUT_ARGUMENTS and not has_arguments):
        return Kind.CHANGES
    if name in _CHANGING_IF_DROPPED:
        return Kind.CHANGES_IF_DROPPED
    if name in _MAYBE_CHANGING:
        return Kind.MAY_CHANGE
    if name in _READING or _READING_STEMS.fullmatch(name) or is_class(name):
        return Kind.READS
    return Kind.CHANGES if name.endswith("_") and not name.startswith("_") else Kind.UNKNOWN


def is_class(name: str) -> bool:
    """Tell whether something is called as classes are: making an object leaves what it is made of alone."""
    return name[:1].isupper() and not name.isupper()


def is_reading_accessor(name: str) -> bool:
    """Tell whether what an attribute gives only reads: `df.plot.bar()`, `df.str.len()`."""
    return name in _READING_ACCESSORS
