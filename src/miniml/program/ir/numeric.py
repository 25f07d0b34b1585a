"""The dtypes that programs compute in: bools, integers and floats."""

from typing import Any

import numpy as np

from miniml.program.ir.errors import TraceError

_KINDS = "biuf"

_TEXT = "for text, np.unique(text, return_inverse=True)[1] gives numbers"
_DATES = "subtract a date and divide by a unit first: (dates - dates[0]) / np.timedelta64(1, 'D')"

_WAYS_OUT = {
    "c": "keep the real and the imaginary part in two arrays of floats",
    "O": f"make it an array of floats first, np.array(values, float); {_TEXT}",
    "U": _TEXT,
    "S": _TEXT,
    "T": _TEXT,
    "M": _DATES,
    "m": _DATES,
}
"""How to get numbers of another kind of dtype."""


def is_numeric(dtype: np.dtype[Any]) -> bool:
    """Return whether programs compute in a dtype."""
    return dtype.kind in _KINDS


def refusal(dtype: np.dtype[Any]) -> str:
    """Return why programs do not compute in a dtype, and the way out."""
    fields = "pass its fields as an array each" if dtype.names else "convert it with .astype(float)"
    return (
        f"cannot compute with dtype {dtype}, only with bools, integers and floats: "
        f"{_WAYS_OUT.get(dtype.kind, fields)}"
    )


def check_numeric(dtype: np.dtype[Any]) -> None:
    """Refuse a dtype that programs do not compute in.

    Raises:
        TraceError: If it is complex, text, dates, objects, or a record.
    """
    if dtype.kind not in _KINDS:
        raise TraceError(refusal(dtype))
