"""Conversion of leaves to arrays that the file format supports, and back."""

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from miniml.checkpoint.errors import CheckpointError
from miniml.tree.containers import container_hint

LeafKind: TypeAlias = Literal["array", "scalar", "number"]
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
"""The dtypes that both the format and NumPy have, by their names in the format."""

LEAF_KINDS: dict[str, LeafKind] = {"array": "array", "scalar": "scalar", "number": "number"}
"""The kinds by their names in a file."""

_WRITTEN = frozenset(FILE_DTYPES.values())
_COMPLEX128 = np.dtype("<c16")
_LEAF_DTYPES = {
    named.str: dtype
    for dtype in (*_WRITTEN, _COMPLEX128)
    for named in (dtype, dtype.newbyteorder(">"))
}
"""The dtypes of leaves: those of the format and complex128, in both byte orders."""
_NUMBERS = frozenset({np.dtype("?"), np.dtype("<i8"), np.dtype("<f8"), _COMPLEX128})
"""The dtypes of Python numbers."""


class Packed(NamedTuple):
    """A leaf in the form that is stored."""

    array: NDArray[Any]
    """C-contiguous and little-endian, of a dtype of the format."""
    special: tuple[LeafKind, str] | None
    """Kind and NumPy dtype of the leaf; None if the stored array is the leaf."""


def pack(name: str, leaf: object) -> Packed:
    """Convert a leaf to its stored form.

    Raises:
        CheckpointError: If the file format cannot store it.
    """
    # The safetensors library ignores strides, so the array must be C-contiguous.
    # (`ascontiguousarray` converts shape () to (1,).)
    if (
        type(leaf) is np.ndarray and leaf.dtype in _WRITTEN
    ):  # the usual case, fast for thousands of leaves
        return Packed(np.asarray(leaf, order="C"), None)
    array = _as_array(name, leaf)
    kind = kind_of(leaf)
    stored = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
    if stored.dtype == _COMPLEX128:  # stored as two real columns: the format has no complex128
        stored = stored[..., None].view("<f8")
    if stored.dtype not in _WRITTEN:
        raise CheckpointError(
            f"{_called(name)} has dtype {array.dtype}, which the file format lacks: "
            f"convert it to one of {', '.join(str(dtype) for dtype in FILE_DTYPES.values())} or "
            "complex128"
        )
    as_stored = kind == "array" and stored.dtype == array.dtype
    return Packed(stored, None if as_stored else (kind, array.dtype.str))


def kind_of(leaf: object) -> LeafKind:
    """Return the kind of a leaf."""
    if isinstance(leaf, np.generic):
        return "scalar"
    return "number" if isinstance(leaf, (bool, int, float, complex)) else "array"


def is_stored_as(
    kind: LeafKind, dtype: str, file_dtype: np.dtype[Any], shape: tuple[int, ...]
) -> bool:
    """Return whether `pack` stores leaves of this kind and dtype as such an array."""
    known = _LEAF_DTYPES.get(dtype)
    if known is None:  # NumPy takes None for float64
        return False
    if known == _COMPLEX128:
        fits, shape = file_dtype == "<f8" and shape[-1:] == (2,), shape[:-1]
    else:
        fits = known == file_dtype
    if kind == "number":
        fits = fits and known in _NUMBERS
    return fits and (kind == "array" or not shape)


def unpack(array: NDArray[Any], kind: LeafKind, wanted: np.dtype[Any]) -> Any:
    """Convert a stored array to the leaf, of its kind and dtype."""
    if wanted.kind == "c" and array.dtype.kind == "f":
        array = array.view(_COMPLEX128)[..., 0]
    array = array.astype(wanted, copy=False)
    if kind == "array":
        return array
    return array[()] if kind == "scalar" else array.item()


def leaf_shape_and_dtype(
    shape: tuple[int, ...], file_dtype: np.dtype[Any], own: np.dtype[Any]
) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and dtype of a stored leaf; complex128 has an extra axis in the file."""
    return (shape[:-1] if own.kind == "c" and file_dtype.kind == "f" else shape), own


def shape_and_dtype(name: str, leaf: object) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and dtype of a template's leaf: any object that has both, or a number."""
    shape: tuple[int, ...] | None = getattr(leaf, "shape", None)
    dtype: DTypeLike | None = getattr(leaf, "dtype", None)
    if shape is not None and dtype is not None:
        return tuple(shape), np.dtype(dtype)
    array = _as_array(name, leaf)
    return array.shape, array.dtype


def _as_array(name: str, leaf: object) -> NDArray[Any]:
    if isinstance(leaf, np.ma.MaskedArray):
        raise CheckpointError(
            f"{_called(name)} is a masked array: save `data` and `mask` as two leaves"
        )
    if isinstance(leaf, (bool, int, float, complex)):
        return _number(name, leaf)
    if hasattr(leaf, "__array__"):
        return np.asarray(leaf)
    way_out = container_hint(leaf) or "make the field static, or convert it to an array"
    raise CheckpointError(
        f"{_called(name)} is {leaf!r} of type {type(leaf).__name__}, but a file holds numbers: "
        f"{way_out}"
    )


def _called(name: str) -> str:
    return f"the leaf {name!r}" if name else "the root"


def _number(name: str, leaf: complex) -> NDArray[Any]:
    if isinstance(leaf, int) and not -(2**63) <= leaf < 2**63:
        raise CheckpointError(f"{_called(name)} is {leaf}, but a file holds 64-bit integers")
    return np.asarray(leaf, dtype=np.int64 if type(leaf) is int else None)
