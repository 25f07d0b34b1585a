"""Say where and how two trees do not fit."""

from typing import Any

from miniml.tree.flatten import at_path
from miniml.tree.path import Path, key_name
from miniml.tree.structure import Structure, same_static


def mismatch(
    wanted: Structure[Any], found: Structure[Any], *, what: str, path: Path = ()
) -> ValueError:
    """Return the error for the first place, from a path on, at which two structures differ."""
    path, message = _difference(path, wanted, found)
    return ValueError(f"{what}: {at_path(path)} {message}")


def _difference(path: Path, wanted: Structure[Any], found: Structure[Any]) -> tuple[Path, str]:
    if wanted.node is not found.node:
        return path, f"{_kind(wanted)} was expected and {_kind(found)} was found"
    static_names = wanted.node.static_names if wanted.node else ()
    for name, left, right in zip(static_names, wanted.aux, found.aux, strict=False):
        if not same_static(left, right):
            alike = repr(left) == repr(right)
            what = "another such, which is not equal to it," if alike else repr(right)
            return (*path, name), f"the static value {left!r} was expected and {what} was found"
    here, there = list(map(key_name, wanted.keys)), list(map(key_name, found.keys))
    if here != there:
        missing = [name for name in here if name not in there]
        extra = [name for name in there if name not in here]
        parts = [f"{', '.join(missing)} missing"] * bool(missing)
        parts += [f"{', '.join(extra)} too many"] * bool(extra)
        counts = f"{len(here)} were expected and {len(there)} were found"
        return path, f"{_kind(wanted)} has other keys: {'; '.join(parts)} ({counts})"
    for key, left, right in zip(wanted.keys, wanted.children, found.children, strict=True):
        if left is not right:
            return _difference((*path, key), left, right)
    return path, f"{wanted!r} was expected and {found!r} was found"


def _kind(structure: Structure[Any]) -> str:
    if structure.node is None:
        return "a leaf"
    if structure.node.kind == "none":
        return "None"
    return f"a {structure.node.type.__name__}"
