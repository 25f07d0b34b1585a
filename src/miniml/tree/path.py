"""Paths from the root of a tree to a place in it, and their dotted names."""

import ast
import re
from collections.abc import Hashable
from contextlib import suppress
from typing import TypeAlias

Path: TypeAlias = tuple[Hashable, ...]
"""The keys from the root to a place: field names, positions, dict keys."""

_KEY = re.compile(
    r"""(?:0|-?[1-9][0-9]*)                   # a position, or a dict key that is an integer
      | '(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"   # text that is no identifier
    """,
    re.VERBOSE,
)


def key_name(key: Hashable) -> str:
    """Return how one key is written in a dotted name."""
    if type(key) is int:
        return str(key)
    if isinstance(key, str):
        return key if key.isidentifier() else repr(str.__str__(key))  # an enum writes itself
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
    rest = f".{name}" if name else ""
    while rest:
        found = _first_key(rest[1:]) if rest[0] == "." else None
        if found is None:
            raise ValueError(
                f"{name!r} is no name of a leaf: it cannot be read from {rest!r} on; "
                "write keys with dots between them, as in 'layers.0.w'"
            )
        keys.append(found[0])
        rest = found[1]
    return tuple(keys)


def _first_key(text: str) -> tuple[Hashable, str] | None:
    """Return the key that a text begins with, and what follows it."""
    word = text.partition(".")[0]
    if word.isidentifier():  # a field name, or such a dict key
        return word, text[len(word) :]
    match = _KEY.match(text)
    written = [(match[0], match.end())] if match else []
    if text.startswith("["):  # a key in brackets may itself hold brackets
        written = [(text[1 : m.start()], m.end()) for m in re.finditer(r"\]", text)]
    for key, end in written:
        with suppress(SyntaxError, ValueError):
            return ast.literal_eval(key), text[end:]
    return None
