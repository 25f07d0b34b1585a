"""Paths from the root of a tree to a place in it, and their dotted names."""

import ast
import re
from collections.abc import Hashable
from typing import TypeAlias

Path: TypeAlias = tuple[Hashable, ...]
"""The keys from the root to a place: field names, positions, dict keys."""

_KEY = re.compile(
    r"""(?P<word>[^\W\d]\w*)              # a field name, or a dict key that is an identifier
      | (?P<number>-?\d+)                 # a position, or a dict key that is an integer
      | (?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | \[(?P<literal>[^\]]*)\]           # any other dict key, as Python writes it
    """,
    re.VERBOSE,
)


def key_name(key: Hashable) -> str:
    """Return how one key is written in a dotted name."""
    if type(key) is int:
        return str(key)
    if isinstance(key, str):
        return key if key.isidentifier() else repr(str(key))
    return f"[{key!r}]"


def path_name(path: Path) -> str:
    """Return the dotted name of a path.

    Field names, positions and dict keys are joined by dots. A dict key that is no identifier
    is quoted, so that a name can mean one path only.

    Args:
        path: the keys from the root.

    Returns:
        The name; the empty string for the root itself.

    Example:
        >>> path_name(("layers", 0, "w"))
        'layers.0.w'
        >>> path_name(("table", "a.b"))
        "table.'a.b'"
    """
    return ".".join(map(key_name, path))


def parse_name(name: str) -> Path:
    """Return the path that a dotted name means: the inverse of `path_name`.

    Args:
        name: a dotted name, as in `named_leaves`.

    Returns:
        The keys from the root.

    Raises:
        ValueError: if the name is not one that `path_name` writes.

    Example:
        >>> parse_name("layers.0.w")
        ('layers', 0, 'w')
    """
    keys: list[Hashable] = []
    at = 0
    while at < len(name):
        match = _KEY.match(name, at)
        end = match.end() if match else at
        if match is None or (end < len(name) and name[end] != ".") or end == len(name) - 1:
            raise ValueError(
                f"{name!r} is no name of a leaf: it cannot be read from {name[at:]!r} on; "
                "write keys with dots between them, as in 'layers.0.w'"
            )
        keys.append(_parse_key(match))
        at = end + 1
    return tuple(keys)


def _parse_key(match: re.Match[str]) -> Hashable:
    if match["word"]:
        return match["word"]
    if match["number"]:
        return int(match["number"])
    key: Hashable = ast.literal_eval(match["quoted"] or match["literal"])
    return key
