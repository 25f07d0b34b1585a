"""The error for trees of different structure."""

from typing import Any

from miniml.tree.depth import explained
from miniml.tree.path import Path, at_path, key_name
from miniml.tree.structure import Structure, same_static


def mismatch(
    wanted: Structure[Any], found: Structure[Any], *, what: str, path: Path = ()
) -> ValueError:
    """Return the error for the first difference of two structures at or below a path."""
    path, message = explained(_difference)(path, wanted, found)
    return ValueError(f"{what}: {at_path(path)} {message}")


def _difference(path: Path, wanted: Structure[Any], found: Structure[Any]) -> tuple[Path, str]:
    if wanted.node is not found.node:
        again = wanted.node and found.node and defined_again(wanted.node.type, found.node.type)
        return path, f"expected {_kind(wanted)}, found {again or _kind(found)}"
    static_names = wanted.node.static_names if wanted.node else ()
    for name, left, right in zip(static_names, wanted.aux, found.aux, strict=False):
        if not same_static(left, right):
            return (*path, name), f"expected the static value {left!r}, found {_other(left, right)}"
    here, there = list(map(key_name, wanted.keys)), list(map(key_name, found.keys))
    if here != there:
        missing = [name for name in here if name not in there]
        extra = [name for name in there if name not in here]
        parts = [f"missing {', '.join(missing)}"] * bool(missing)
        parts += [f"extra {', '.join(extra)}"] * bool(extra)
        counts = f"{len(here)} expected, {len(there)} found"
        return path, f"{_kind(wanted)} has other keys: {'; '.join(parts)} ({counts})"
    for key, left, right in zip(wanted.keys, wanted.children, found.children, strict=True):
        if left is not right:
            return _difference((*path, key), left, right)
    return path, f"expected {wanted!r}, found {found!r}"


def defined_again(wanted: Any, found: Any) -> str | None:
    """Return words for a class or function that has the name of another, else None."""
    if getattr(wanted, "__name__", wanted) != getattr(found, "__name__", None):
        return None
    name, other = (f"{a.__module__}.{getattr(a, '__qualname__', '')}" for a in (wanted, found))
    if name != other:
        return f"{other}, which is not {name}"
    return (
        f"another {found.__name__}: {name} was defined again, as by running a cell again, so there are "
        "two of this name; make all trees from the newer one"
    )


def _other(left: object, right: object) -> str:
    """Return the text of a static value that is not the wanted one."""
    again = defined_again(left, right) if callable(left) else None
    if type(left) is not type(right):
        again = again or defined_again(type(left), type(right))
    alike = repr(left) == repr(right)
    return again or ("an unequal value with the same repr" if alike else repr(right))


def _kind(structure: Structure[Any]) -> str:
    if structure.node is None:
        return "a leaf"
    if structure.node.kind == "none":
        return "None"
    return f"a {structure.node.type.__name__}"
