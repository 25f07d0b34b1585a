"""Leaves as arrays that the file format can hold, and back."""

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from miniml.checkpoint.errors import CheckpointError

Kind: TypeAlias = Literal["array", "scalar", "number"]
"""An array, a NumPy scalar, or a Python number."""

FILE_DTYPES: dict[str, np.dtype[Any]] = {
    "BOOL": np.dtype("?"),
    "U8": np.dtype("u1"),
    "I8": np.dtype("i1"),
    "U16": np.dtype("<u2"),
    "I16": np.dtype("<i2"),
    "U32": np.dtype("<u4"),
    "I32": np.dtype("<i4"),
    "U64": np.dtype("<u8"),
    "I64": np.dtype("<i8"),
    "F16": np.dtype("<f2"),
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "C64": np.dtype("<c8"),
}
"""The dtypes of the format that NumPy has, by the format's names."""

_WRITTEN = frozenset(FILE_DTYPES.values())
_COMPLEX128 = np.dtype("<c16")


class Packed(NamedTuple):
    """A leaf as it goes into the file."""

    array: NDArray[Any]
    """C-contiguous and little-endian, of a dtype that the format has."""
    special: tuple[Kind, str] | None
    """The leaf's own kind and dtype, as NumPy writes it; None if it is the array in the file."""


def pack(name: str, leaf: object) -> Packed:
    """Give a leaf as the file holds it.

    Raises:
        CheckpointError: If the file format has no place for it.
    """
    # The safetensors library writes the bytes from the first one on, whatever the strides:
    # only a C-contiguous array comes back as it was. (`ascontiguousarray` turns () into (1,).)
    if type(leaf) is np.ndarray and leaf.dtype in _WRITTEN:  # most are: thousands, in no time
        return Packed(np.asarray(leaf, order="C"), None)
    array = _as_array(name, leaf)
    kind = kind_of(leaf)
    stored = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
    if stored.dtype == _COMPLEX128:  # two real columns: the format has no such dtype
        stored = stored[..., None].view("<f8")
    if stored.dtype not in _WRITTEN:
        raise CheckpointError(
            f"{_called(name)} has dtype {array.dtype}, which the file format does not hold: "
            f"convert it to one of {', '.join(str(dtype) for dtype in FILE_DTYPES.values())} or "
            "complex128"
        )
    as_stored = kind == "array" and stored.dtype == array.dtype
    return Packed(stored, None if as_stored else (kind, array.dtype.str))


def kind_of(leaf: object) -> Kind:
    """Give the kind of a leaf."""
    if isinstance(leaf, np.generic):
        return "scalar"
    return "number" if isinstance(leaf, (bool, int, float, complex)) else "array"


def unpack(array: NDArray[Any], kind: Kind, dtype: str) -> Any:
    """Give the leaf back, of its own kind and dtype."""
    wanted = np.dtype(dtype)
    if wanted.kind == "c" and array.dtype.kind == "f":
        array = array.view(_COMPLEX128)[..., 0]
    array = array.astype(wanted, copy=False)
    if kind == "array":
        return array
    return array[()] if kind == "scalar" else array.item()


def own_shape_and_dtype(
    shape: tuple[int, ...], file_dtype: np.dtype[Any], dtype: str
) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Give the leaf's shape and dtype; complex numbers take another axis in the file."""
    own = np.dtype(dtype)
    return (shape[:-1] if own.kind == "c" and file_dtype.kind == "f" else shape), own


def shape_and_dtype(name: str, leaf: object) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Give what a template asks of a leaf; anything with a shape and a dtype can ask."""
    shape: tuple[int, ...] | None = getattr(leaf, "shape", None)
    dtype: DTypeLike | None = getattr(leaf, "dtype", None)
    if shape is not None and dtype is not None:
        return tuple(shape), np.dtype(dtype)
    array = _as_array(name, leaf)
    return array.shape, array.dtype


def _as_array(name: str, leaf: object) -> NDArray[Any]:
    if isinstance(leaf, np.ma.MaskedArray):
        raise CheckpointError(
            f"{_called(name)} is a masked array: save its `data` and its `mask` as two leaves"
        )
    if isinstance(leaf, (bool, int, float, complex)):
        return _number(name, leaf)
    if hasattr(leaf, "__array__"):
        return np.asarray(leaf)
    raise CheckpointError(
        f"{_called(name)} is {leaf!r} of type {type(leaf).__name__}, and a file holds numbers: "
        "make the field static, or turn it into an array"
    )


def _called(name: str) -> str:
    return f"the leaf {name!r}" if name else "the root"


def _number(name: str, leaf: complex) -> NDArray[Any]:
    if isinstance(leaf, int) and not -(2**63) <= leaf < 2**63:
        raise CheckpointError(f"{_called(name)} is {leaf}, and a file holds integers of 64 bits")
    return np.asarray(leaf, dtype=np.int64 if type(leaf) is int else None)
