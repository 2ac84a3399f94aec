"""The memory of frames: columns that repeat themselves become ordered categoricals, values stay what they are."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    import pandas as pd

_MEGABYTE = 10**6
_SAMPLE = 1000
_TEXTS = ("str", "string")
_BOOLEANS = ("bool", "boolean")
_NUMBER = re.compile(r"(?:u?int|U?Int|[fF]loat)\d+")


@dataclass(frozen=True, slots=True)
class Optimised:
    """A frame that takes less memory or is the given one; both sizes are in bytes, with index and strings."""

    frame: pd.DataFrame
    before: int
    after: int


def is_frame(value: object) -> TypeGuard[pd.DataFrame]:
    """Tell whether a value is a frame and of no subclass, without importing pandas."""
    return type(value) is getattr(sys.modules.get("pandas"), "DataFrame", None)


def estimate_bytes(frame: pd.DataFrame) -> int:
    """Return what a frame takes in memory, Python's own objects judged by some of each column."""
    total = int(frame.memory_usage(deep=False).sum())
    for at in range(frame.shape[1]):
        column = frame.iloc[:, at]
        if column.dtype == object and len(column):
            some = column.iloc[:: max(len(column) // _SAMPLE, 1)]
            total += sum(map(sys.getsizeof, some)) * len(column) // len(some)
    return total


def optimise(frame: pd.DataFrame, *, numbers: bool, booleans: bool) -> Optimised:
    """Turn every column into an ordered categorical that is measured to shrink by it and keeps each value.

    Text always counts, numbers and booleans where they are asked for. The given frame is left as it is. A column stays
    too where its values cannot be sorted, or where the way back to its dtype would not be exact: text of objects with
    None, which a categorical has not, or -0.0 beside 0.0.
    """
    index, *sizes = (int(size) for size in frame.memory_usage(deep=True))
    before = after = index + sum(sizes)
    if not is_frame(frame):
        return Optimised(frame=frame, before=before, after=before)
    result = frame.copy(deep=False)
    for at, size in enumerate(sizes):
        column = frame.iloc[:, at]
        wanted = _is_wanted(column, numbers=numbers, booleans=booleans)
        category = _categorise(column, size) if wanted else None
        if category is not None:
            result.isetitem(at, category)
            # Measured again, strings that were looked at would be larger by the UTF-8 that Python keeps of them.
            after += int(category.memory_usage(deep=True)) - size
    return Optimised(frame=result, before=before, after=after)


def is_optimised_from(value: object, *, original: object, numbers: bool, booleans: bool) -> bool:
    """Tell whether a value is exactly what optimising the original gives, so that it still is the same object."""
    if not (is_frame(value) and is_frame(original) and value.shape == original.shape):
        return False
    from vault_magic.codecs.compare import identical  # pandas is heavy and optional

    return identical(value, optimise(original, numbers=numbers, booleans=booleans).frame)


def render_gain(*, before: int, after: int) -> str:
    """Return what optimising saved in one sentence, from sizes in bytes."""
    percent = 100 * (before - after) / before if before else 0.0
    return f"Reduced memory usage by {percent:.2f}%, from {before / _MEGABYTE:.2f} MB to {after / _MEGABYTE:.2f} MB."


def _is_wanted(column: pd.Series[Any], *, numbers: bool, booleans: bool) -> bool:
    name = column.dtype.name
    if name == "object":  # other types than these cannot be sorted among strings, or would be merged
        return set(map(type, column)) in ({str}, {str, float})
    return name in _TEXTS or (booleans and name in _BOOLEANS) or (numbers and bool(_NUMBER.fullmatch(name)))


def _categorise(column: pd.Series[Any], size: int) -> pd.Categorical[Any] | None:
    """Give the column as a categorical, None where that is not smaller than `size` or not exact."""
    import pandas as pd  # heavy, and the column's owner has imported it

    try:
        codes, distinct = column.array.factorize()
        categories = pd.Index(distinct, dtype=column.dtype)
        category = _sort(codes, categories) if _can_pay(len(codes), categories, size=size) else None
    except (NotImplementedError, TypeError, ValueError):  # numbers that no index holds, objects without an order
        return None
    if category is None or category.memory_usage(deep=True) >= size or not _is_exact(category, column):
        return None
    return category


def _can_pay(rows: int, categories: pd.Index[Any], *, size: int) -> bool:
    """Tell whether a categorical may be smaller, before it is paid for with a sort."""
    width = len(categories).bit_length() // 8 + 1  # bytes that a code takes at least
    return 0 < len(categories) < rows and rows * width + categories.memory_usage(deep=True) < size


def _sort(codes: Any, categories: pd.Index[Any]) -> pd.Categorical[Any]:
    import numpy as np  # heavy, and pandas has imported it
    import pandas as pd  # heavy, and the column's owner has imported it

    order = categories.argsort()
    ranks = np.append(order.argsort(), -1)  # the last is where the -1 of a missing value points
    return pd.Categorical.from_codes(ranks[codes], dtype=pd.CategoricalDtype(categories.take(order), ordered=True))


def _is_exact(category: pd.Categorical[Any], column: pd.Series[Any]) -> bool:
    """Tell whether the categories are the column's values; equal strings always are, equal numbers may differ."""
    if column.dtype.name in ("object", *_TEXTS):
        return True
    import pandas as pd  # heavy, and the column's owner has imported it

    from vault_magic.codecs.compare import identical  # imports pandas

    return identical(pd.Series(category).astype(column.dtype), pd.Series(column.array))
