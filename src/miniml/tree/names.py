"""Names of leaves, and replacement by name."""

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import numpy as np

from miniml.tree.containers import check_leaves
from miniml.tree.flatten import tree_flatten, tree_unflatten
from miniml.tree.path import at_path, plain_names
from miniml.tree.predicates import is_array

T = TypeVar("T")


def leaf_names(tree: Any) -> tuple[str, ...]:
    """Return the dotted name of each leaf, in order.

    Args:
        tree: Any tree.

    Returns:
        The names, such as `layers.0.w`; the name of a single leaf is "".

    Raises:
        TypeError: If a leaf is a container of numbers that is no node, such as a dataclass.

    Example:
        >>> leaf_names({"layers": ({"w": 1.0}, {"w": 2.0})})
        ('layers.0.w', 'layers.1.w')
    """
    leaves, structure = tree_flatten(tree)
    check_leaves(leaves, structure.paths)
    return structure.names


def named_leaves(tree: Any) -> dict[str, Any]:
    """Return the leaves of a tree by their dotted names, in order.

    Args:
        tree: Any tree.

    Returns:
        A dict from name to leaf.

    Raises:
        TypeError: If a leaf is a container of numbers that is no node, such as a dataclass.
        ValueError: If leaves share a name because keys of a dict have the same `repr`.

    Example:
        >>> named_leaves({"layers": ({"w": 1.0}, {"w": 2.0})})
        {'layers.0.w': 1.0, 'layers.1.w': 2.0}
    """
    leaves, structure = tree_flatten(tree)
    check_leaves(leaves, structure.paths)
    named = dict(zip(structure.names, leaves, strict=True))
    if len(named) < len(leaves):
        raise ValueError(shared_name(structure.names))
    return named


def replace_leaves(tree: T, leaves: Mapping[str, Any], *, strict: bool = True) -> T:
    """Return the tree with the named leaves replaced.

    Args:
        tree: Any tree.
        leaves: The new leaves by dotted name, as `named_leaves` and `load` return them; other
            leaves are unchanged.
        strict: Whether shapes and dtypes must equal those of the old leaves. A Python int or
            float may replace any floating-point leaf of shape (), and an array of shape () a
            number of its kind; they are converted to the type of the old leaf.

    Returns:
        The new tree.

    Raises:
        KeyError: If a name is unknown; the message lists the nearest names.
        ValueError: If a shape or a dtype differs, or leaves share a name.

    Example:
        >>> replace_leaves({"w": 1.0, "b": 2.0}, {"b": -1.5})
        {'b': -1.5, 'w': 1.0}
    """
    old, structure = tree_flatten(tree)
    positions = {name: position for position, name in enumerate(structure.names)}
    if len(positions) < len(old):
        raise ValueError(shared_name(structure.names))
    if not leaves.keys() <= positions.keys():  # names without quotes, as in files
        plain = {name: position for position, name in enumerate(plain_names(structure.paths))}
        positions = plain | positions
    new = list(old)
    for name, leaf in leaves.items():
        position = positions.get(name)
        if position is None:
            raise KeyError(unknown_name(name, structure.names))
        before = old[position]
        after = _converted(before, leaf) if strict else leaf
        if strict and (fault := _misfit(before, after)):
            where = at_path(structure.paths[position])
            raise ValueError(f"{where}: {fault}; pass strict=False to replace it anyway")
        new[position] = after
    return tree_unflatten(structure, new)


def shared_name(names: Sequence[str]) -> str:
    """Return the message for names that several leaves have."""
    shared = [name for name, count in Counter(names).items() if count > 1]
    return (
        f"several leaves are named {', '.join(map(repr, shared))}: the keys of a dict must have "
        "different `repr`s"
    )


def unknown_name(name: str, names: tuple[str, ...]) -> str:
    """Return the message for a name that no leaf has."""
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5) or names[:5]
    nearest = (
        f"the nearest names are {', '.join(map(repr, near))}" if near else "there are no leaves"
    )
    return f"no leaf is named {name!r}; {nearest}"


def _converted(old: Any, new: Any) -> Any:
    """Convert a number, or an array of shape (), to the type of the number that it replaces."""
    if type(new) is type(old) or np.shape(old) != () or np.shape(new) != ():
        return new
    dtype: Any = getattr(old, "dtype", None)
    is_numpy = issubclass(type(new), np.ndarray | np.generic)  # and not traced
    if dtype is None:  # a Python number has no width: any that fits into it may replace it
        if type(new) is int and type(old) is float:
            return float(new)
        return cast("Any", new).item() if is_numpy and _fits(old, new) else new
    if type(new) in (int, float) and dtype.kind == "f":
        return np.array(new, dtype) if is_array(old) else dtype.type(new)
    if is_numpy and new.dtype == dtype:
        return np.asarray(new) if is_array(old) else dtype.type(new)
    return new


_KINDS: dict[type, str] = {bool: "b", int: "iu", float: "f", complex: "fc"}
_LONGEST = {"f": 8, "c": 16}  # bytes that a Python number holds


def _fits(old: object, new: Any) -> bool:
    """Return whether a Python number can hold a number that has a dtype, traced or not."""
    dtype: Any = getattr(new, "dtype", None)
    kinds = _KINDS.get(type(old), "")
    return (
        dtype is not None and dtype.kind in kinds and dtype.itemsize <= _LONGEST.get(dtype.kind, 8)
    )


def _misfit(old: Any, new: Any) -> str | None:
    if np.shape(old) != np.shape(new):
        return f"expected shape {np.shape(old)}, found shape {np.shape(new)}"
    if _fits(old, new):  # the new number is traced
        return None
    left, right = _dtype(old), _dtype(new)
    return None if left == right else f"expected {left}, found {right}"


def _dtype(leaf: object) -> str:
    dtype = getattr(leaf, "dtype", None)
    return f"dtype {dtype}" if dtype is not None else f"type {type(leaf).__name__}"
