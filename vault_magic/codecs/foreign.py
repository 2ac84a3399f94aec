"""Text without a schema, as other tools and the original one left it: types are inferred."""

from __future__ import annotations

import io
import re
import warnings
from typing import Any

import pandas as pd

from vault_magic.errors import CodecError

_BINARY = re.compile(rb"[^\n]*[\x00-\x08\x0e-\x1f]")  # in the header, where nobody writes control characters
_YEARS = (1678, 2261)  # that nanoseconds cover in whole


def read_foreign(data: bytes) -> object:
    """Read text that has no schema as the original tool did, types inferred and an index of dates parsed.

    Raises:
        CodecError: it is no table of text.
    """
    if _BINARY.match(data):
        raise CodecError("cannot load: it is damaged or no text; give a function that reads it: with FUNC")
    try:
        return _read_inferred(data)
    except ValueError as err:  # so are all that pandas raises of text
        reason = " ".join(str(err).split())[:200]
        raise CodecError(
            f"cannot load: the text is damaged or no table ({reason}); give a function: with FUNC"
        ) from err


def _read_inferred(data: bytes) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a plain index makes pandas warn that it found no format of dates
        frame: pd.DataFrame = pd.read_csv(io.BytesIO(data), sep="\t", index_col=0, parse_dates=True)
        if _is_far(frame.index):
            frame = pd.read_csv(io.BytesIO(data), sep="\t", index_col=0)
        return frame


def _is_far(index: pd.Index[Any]) -> bool:
    """Tell whether dates are out of the range of pandas 1, which left numbers as 1000 and 9999 what they are."""
    if not isinstance(index, pd.DatetimeIndex):
        return False
    years = index.year
    return bool(((years < _YEARS[0]) | (years > _YEARS[1])).any())
