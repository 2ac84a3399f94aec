"""Datasets and data arrays of xarray as netCDF, the format of their field (https://www.unidata.ucar.edu/software/netcdf/).

Types and attributes that netCDF has not are in the schema.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from vault_magic.codecs.protocol import Encoding, Schema

if TYPE_CHECKING:
    import xarray as xr

_NAME = "__value__"  # of a data array as the variable of a dataset


class XarrayData:
    """The codec of `xarray.Dataset` and `xarray.DataArray`; what netCDF would change all the same is left to pickle."""

    package = "xarray"

    def encode(self, value: object) -> Encoding | None:
        """Return netCDF, None for anything else; versions of the libraries write other bytes."""
        import xarray as xr  # its owner has imported it

        if type(value) is xr.Dataset:
            return self._encode(value, {"kind": "Dataset"})
        if type(value) is not xr.DataArray or not (value.name is None or isinstance(value.name, str)):
            return None
        return self._encode(value.to_dataset(name=_NAME), {"kind": "DataArray", "name": value.name})

    def _encode(self, dataset: xr.Dataset, schema: dict[str, object]) -> Encoding:
        variables = {str(name): variable for name, variable in dataset.variables.items()}
        schema["data_vars"] = [str(name) for name in dataset.data_vars]
        schema["dtypes"] = {name: str(variable.dtype) for name, variable in variables.items()}
        schema["attrs"] = _keep_json(dataset.attrs)
        schema["variable_attrs"] = {name: _keep_json(variable.attrs) for name, variable in variables.items()}
        written = dataset.drop_encoding()
        for attrs in (written.attrs, *(written[name].attrs for name in variables)):
            for name in [name for name, one in attrs.items() if _is_json(one) and not _is_in_netcdf(one)]:
                del attrs[name]
        return Encoding(bytes(written.to_netcdf()), schema)

    def decode(self, data: bytes, schema: Schema | None) -> object:
        """Return what was encoded, all of it in memory."""
        import xarray as xr  # optional

        fields: Any = schema or {}
        dataset = xr.load_dataset(data).drop_encoding()
        dataset = dataset[fields.get("data_vars", [*dataset.data_vars])]
        for name, dtype in fields.get("dtypes", {}).items():
            if str(dataset[name].dtype) != dtype:
                dataset[name] = dataset[name].astype(dtype)
        dataset.attrs.update(fields.get("attrs", {}))
        for name, attrs in fields.get("variable_attrs", {}).items():
            dataset[name].attrs.update(attrs)
        return dataset[_NAME].rename(fields.get("name")) if fields.get("kind") == "DataArray" else dataset

    def is_same(self, one: Any, other: Any) -> bool:
        """Compare names, attributes, dimensions, coordinates, indexes, types and values."""
        return bool(one.identical(other)) and _describe(one) == _describe(other)


def _keep_json(attrs: Any) -> dict[str, object]:
    """Return the attributes that JSON brings back exactly."""
    return {name: one for name, one in attrs.items() if type(name) is str and _is_json(one)}


def _is_in_netcdf(value: Any) -> bool:
    """Tell whether netCDF has attributes like this one, so that other tools see it."""
    kinds = {*map(type, value)} if type(value) is list else {type(value)}
    return len(kinds) == 1 and kinds <= {str, int, float}


def _is_json(value: Any) -> bool:
    if type(value) is list:
        return all(map(_is_json, value))
    if type(value) is dict:
        return all(type(key) is str and _is_json(one) for key, one in value.items())
    return value is None or type(value) in (str, bool, int) or (type(value) is float and math.isfinite(value))


def _describe(value: Any) -> object:
    """Return what xarray calls identical all the same."""
    variables = value.variables if hasattr(value, "variables") else {None: value.variable, **value.coords}
    types = {name: (str(one.dtype), _list_types(one.attrs)) for name, one in variables.items()}
    return types, _list_types(value.attrs), [*value.indexes], [*getattr(value, "data_vars", ())]


def _list_types(attrs: Any) -> dict[object, tuple[str, str]]:
    return {name: (type(one).__name__, str(getattr(one, "dtype", ""))) for name, one in attrs.items()}
