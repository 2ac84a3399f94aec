"""Values to bytes and back; which format holds what is decided in the one table here.

Nothing heavy is imported before a value or an entry needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from vault_magic.codecs.pickle_meaning import digest_meaning
from vault_magic.codecs.pickles import decode_pickle, encode_pickle
from vault_magic.codecs.plugins import decode_with_plugin, encode_with_plugin, is_codec_equal, load_codec
from vault_magic.codecs.protocol import Schema
from vault_magic.codecs.schema import canonical_schema, schema_digest
from vault_magic.content import Content
from vault_magic.errors import CodecError, VaultError
from vault_magic.options import FrameFormat

__all__ = ["CUSTOM", "Encoded", "Schema", "canonical_schema", "decode", "encode", "is_equal", "schema_digest"]

CUSTOM = "custom"
"""The format of an object that a user's function wrote."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value as it is stored; `stable` says that an equal value gives the same bytes in any process."""

    format: str
    content: Content
    schema: Schema | None
    stable: bool

    @property
    def data(self) -> bytes:
        """The bytes as a whole."""
        return self.content.read()


def encode(value: object, *, frame_format: FrameFormat = FrameFormat.TSV) -> Encoded:
    """Turn any value into bytes: text for tables that survive it exactly, `.npy` for arrays, a pickle for the rest.

    Frames that Parquet brings back exactly are stored so where it is chosen, and values of other packages as their
    codecs store them.

    Raises:
        CodecError: the value cannot be pickled, the message names what in it cannot; or Parquet is not installed.
    """
    chosen = _encode_parquet(value) if frame_format is FrameFormat.PARQUET else None
    return chosen or _encode_table(value) or _encode_array(value) or _encode_other(value) or _encode_pickle(value)


def decode(stored_format: str | None, data: bytes, schema: Schema | None, *, allow_pickle: bool = False) -> object:
    """Turn stored bytes back into the value; a pickle runs code that the file names.

    A format of None is an entry without metadata of this tool, read as text the way the original tool did; only
    `allow_pickle` lets a pickle pass among those.

    Raises:
        CodecError: the bytes are damaged, of a newer format, or need something that is not installed or not allowed.
        FormatError: the schema is damaged or newer.
    """
    if stored_format is None and _is_pickle(data):
        stored_format = _admit_pickle(allowed=allow_pickle)
    try:
        return _decode(stored_format, data, schema)
    except VaultError:
        raise
    except ImportError as err:
        wanted = err.name or "pandas"
        raise CodecError(f'cannot load: {wanted} is not installed; run: pip install "vaultcheck[magic]"') from err
    except Exception as err:  # pandas and numpy answer damaged input with many kinds of exception
        name = stored_format or "text"
        raise CodecError(f"cannot load: the {name} is damaged ({' '.join(str(err).split())[:200]})") from err


def is_equal(value: object, encoded: Encoded, data: bytes, schema: Schema | None) -> bool:
    """Tell whether stored bytes of the same format, other ones, are exactly a value; False where it cannot be told.

    Pickles are compared by what they mean, and never loaded.
    """
    try:
        if encoded.format == "pickle":
            meaning = digest_meaning(encoded.data)
            return meaning is not None and meaning == digest_meaning(data)
        if encoded.format == "parquet":
            return _is_same_frame(value, _decode_parquet(data, schema))
        return is_codec_equal(value, data, schema, codec=load_codec(encoded.format))
    except Exception:  # whatever a codec raises
        return False


def _decode(stored_format: str | None, data: bytes, schema: Schema | None) -> object:
    if stored_format is None or stored_format in _DECODERS:
        return _DECODERS[stored_format](data, schema)
    return decode_with_plugin(stored_format, data, schema)


def _encode_parquet(value: object) -> Encoded | None:
    if not _is_a(value, "pandas", ("DataFrame",)):
        return None
    try:
        from vault_magic.codecs.parquet import encode_frame  # pyarrow is heavy and optional
    except ImportError as err:
        raise CodecError(
            f'cannot store as Parquet: {err.name or "pyarrow"} is not installed; run: pip install "vaultcheck[magic]"'
        ) from err
    encoded = encode_frame(value)  # type: ignore[arg-type]  # seen above without importing the type
    # Other versions of pyarrow write other bytes.
    return None if encoded is None else Encoded("parquet", Content.of(encoded[0]), schema=encoded[1], stable=False)


def _encode_table(value: object) -> Encoded | None:
    if not _is_a(value, "pandas", ("DataFrame", "Series")):
        return None
    from vault_magic.codecs.tsv import encode_table  # pandas, which the value's owner has imported

    encoded = encode_table(value)  # type: ignore[arg-type]  # seen above without importing the type
    return None if encoded is None else Encoded("tsv", encoded.content, schema=encoded.document, stable=True)


def _encode_array(value: object) -> Encoded | None:
    if not _is_a(value, "numpy", ("ndarray",)):
        return None
    from vault_magic.codecs.npy import encode_array  # numpy, which the value's owner has imported

    data = encode_array(value)  # type: ignore[arg-type]  # seen above without importing the type
    return None if data is None else Encoded("npy", Content.of(data), schema=None, stable=True)


def _encode_other(value: object) -> Encoded | None:
    found = encode_with_plugin(value)
    if found is None:
        return None
    name, encoding = found
    return Encoded(name, Content.of(encoding.data), schema=encoding.schema, stable=encoding.is_stable)


def _encode_pickle(value: object) -> Encoded:
    data, stable = encode_pickle(value)
    return Encoded("pickle", Content.of(data), schema=None, stable=stable)


def _is_a(value: object, module: str, names: tuple[str, ...]) -> bool:
    """Tell whether a value is of exactly one of these types, without importing their module."""
    loaded = sys.modules.get(module)
    return any(type(value) is getattr(loaded, name, None) for name in names)


def _is_pickle(data: bytes) -> bool:
    """Tell whether bytes begin and end as a pickle of protocol 2 or later does, which no UTF-8 text can."""
    return data[:1] == b"\x80" and data[1:2] >= b"\x02" and data[-1:] == b"."


def _admit_pickle(*, allowed: bool) -> str:
    if not allowed:
        raise CodecError(
            "this entry is a pickle that another tool wrote, and unpickling can run any code; "
            "if you trust it, open the vault with --allow_pickle True"
        )
    return "pickle"


def _decode_tsv(data: bytes, schema: Schema | None) -> object:
    from vault_magic.codecs.foreign import read_foreign  # pandas is heavy and optional
    from vault_magic.codecs.tsv import decode_table  # as above

    return read_foreign(data) if schema is None else decode_table(data, schema)


def _decode_parquet(data: bytes, schema: Schema | None) -> object:
    from vault_magic.codecs.parquet import decode_frame  # pandas and pyarrow are heavy and optional

    return decode_frame(data, schema)


def _is_same_frame(value: object, found: object) -> bool:
    from vault_magic.codecs.compare import identical  # imports pandas, which is heavy and optional

    return identical(found, value)


def _decode_npy(data: bytes, _schema: Schema | None) -> object:
    from vault_magic.codecs.npy import decode_array  # numpy is heavy and optional

    return decode_array(data)


def _decode_pickle(data: bytes, _schema: Schema | None) -> object:
    return decode_pickle(data)


def _refuse_custom(_data: bytes, _schema: Schema | None) -> object:
    raise CodecError("was stored with a function of its own; import it with one: with FUNC")


_DECODERS: dict[str | None, Callable[[bytes, Schema | None], object]] = {
    None: _decode_tsv,
    "tsv": _decode_tsv,
    "parquet": _decode_parquet,
    "npy": _decode_npy,
    "pickle": _decode_pickle,
    CUSTOM: _refuse_custom,
}
