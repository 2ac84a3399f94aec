"""The names of dtypes, which describing, spelling and reading have in common; pandas is not needed here."""

from __future__ import annotations

NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
"""The units of datetimes and durations, and what they are."""

DATETIMES = tuple(f"datetime64[{unit}]" for unit in NANOSECONDS)
DURATIONS = tuple(f"timedelta64[{unit}]" for unit in NANOSECONDS)

INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
FLOATS = ("float32", "float64")
NUMBERS = ("bool", *INTEGERS, *FLOATS)

NULLABLE_INTEGERS = ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64")
NULLABLE_FLOATS = ("Float32", "Float64")
NULLABLE = ("boolean", *NULLABLE_INTEGERS, *NULLABLE_FLOATS)

ARROW = "[pyarrow]"
"""What ends the name of a dtype that Arrow keeps."""

ARROW_FLOATS = ("float", "double")
ARROW_STRINGS = ("string", "large_string")
ARROW_DATE = "date32[day]"
