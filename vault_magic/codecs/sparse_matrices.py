"""Sparse matrices and arrays of SciPy as `scipy.sparse.save_npz` writes them, which knows nearly all of their kinds."""

from __future__ import annotations

import io
from typing import Any

from vault_magic.codecs.protocol import Encoding, Schema


class SparseMatrices:
    """The codec of what is in `scipy.sparse`; kinds that are made for being changed are left to pickle."""

    package = "scipy"

    def encode(self, value: object) -> Encoding | None:
        """Return an uncompressed `.npz`, None for anything else; its ZIP differs between systems."""
        from scipy import sparse  # its owner has imported it

        if not sparse.issparse(value):
            return None
        file = io.BytesIO()
        sparse.save_npz(file, value, compressed=False)
        return Encoding(file.getvalue())

    def decode(self, data: bytes, _schema: Schema | None) -> object:
        """Return what was encoded; `load_npz` unpickles nothing."""
        from scipy import sparse  # optional

        return sparse.load_npz(io.BytesIO(data))

    def is_same(self, one: Any, other: Any) -> bool:
        """Compare kind, shape and the arrays that it is made of; stored zeros count, and so does their order."""
        if one.format != other.format or one.shape != other.shape:
            return False
        parts = _PARTS.get(one.format, ("indptr", "indices", "data"))
        return all(_is_same_array(getattr(one, part), getattr(other, part)) for part in parts)


_PARTS = {"coo": ("row", "col", "data"), "dia": ("offsets", "data")}


def _is_same_array(one: Any, other: Any) -> bool:
    return bool(one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes())
