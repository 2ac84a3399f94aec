"""The codecs that installed packages bring: found when a value or an entry asks for one, and never trusted to work."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points

from vault_magic.codecs.protocol import GROUP, Codec, Encoding, Schema
from vault_magic.errors import CodecError

_BUILT_IN = frozenset(("custom", "npy", "parquet", "pickle", "tsv"))
_OWN = frozenset(("__main__", "numpy", "pandas", *sys.stdlib_module_names))
"""Packages whose types no other codec is asked for, so that most values need no search."""


def encode_with_plugin(value: object) -> tuple[str, Encoding] | None:
    """Return the format and the bytes of the first codec that brings a value back exactly; None if there is none."""
    for name, codec in _find_codecs(value):
        try:
            encoding = codec.encode(value)
            if encoding is not None and is_codec_equal(value, encoding.data, encoding.schema, codec=codec):
                return name, encoding
        except Exception:  # noqa: S112  # whatever a codec raises: the value is a pickle then
            continue
    return None


def decode_with_plugin(name: str, data: bytes, schema: Schema | None) -> object:
    """Return the value of an entry of a format that is not built in.

    Raises:
        CodecError: no installed package has a codec of that name, or it does not work.
    """
    return load_codec(name).decode(data, schema)


def load_codec(name: str) -> Codec:
    """Return the codec of a format; raises `CodecError`."""
    found = _load_all().get(name)
    if found is None:
        raise CodecError(
            f"cannot load the format {name!r}: no installed package reads it; install the one that does "
            f"(an entry point {name!r} of {GROUP}), or upgrade: pip install --upgrade vaultcheck"
        )
    if isinstance(found, Exception):
        reason = " ".join(f"{type(found).__name__}: {found}".split())[:200]
        raise CodecError(f"cannot load the format {name!r}: its codec does not work ({reason})")
    return found


def is_codec_equal(value: object, data: bytes, schema: Schema | None, *, codec: Codec) -> bool:
    """Tell whether bytes bring back exactly a value; raises what the codec raises."""
    found = codec.decode(data, schema)
    return type(found) is type(value) and codec.is_same(found, value) is True


def _find_codecs(value: object) -> Iterator[tuple[str, Codec]]:
    package = type(value).__module__.partition(".")[0]
    if package in _OWN:
        return
    for name, codec in _load_all().items():
        if not isinstance(codec, Exception) and codec.package == package:
            yield name, codec


@cache
def _load_all() -> Mapping[str, Codec | Exception]:
    """Load every codec that is installed, by its name; one that cannot be loaded leaves its reason."""
    found: dict[str, Codec | Exception] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        if point.name in _BUILT_IN or point.name in found:
            continue
        try:
            loaded = point.load()
            codec: Codec = loaded() if isinstance(loaded, type) else loaded
            found[point.name] = codec if isinstance(codec.package, str) else TypeError("package is no text")
        except Exception as err:  # whatever a codec raises, other values are stored all the same
            found[point.name] = err
    return found
