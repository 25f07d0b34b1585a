"""Paths from the root of a tree to a part, and their dotted names."""

import ast
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from contextlib import suppress
from typing import TypeAlias

Path: TypeAlias = tuple[Hashable, ...]
"""The keys from the root to a part: field names, positions, dict keys."""

_KEY = re.compile(
    r"""(?:0|-?[1-9][0-9]*)                   # a position, or an integer dict key
      | '(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"   # text that is not an identifier
    """,
    re.VERBOSE,
)


def key_name(key: Hashable) -> str:
    """Return the text of one key in a dotted name."""
    if type(key) is int:
        return str(key)
    if isinstance(key, str):
        return (
            key if key.isidentifier() else repr(str.__str__(key))
        )  # the repr of an enum is another
    return f"[{key!r}]"


def path_name(path: Path) -> str:
    """Return the dotted name of a path.

    Field names, positions and dict keys are joined by dots. A dict key that is not an identifier
    is quoted, so that names are unique.

    Args:
        path: The keys from the root.

    Returns:
        The name; the empty string for the root.

    Example:
        >>> path_name(("layers", 0, "w"))
        'layers.0.w'
        >>> path_name(("table", "a.b"))
        "table.'a.b'"
    """
    return ".".join(map(key_name, path))


def plain_name(path: Path) -> str:
    """Return the dotted name of a path without quotes around text, as other tools write names.

    Unlike `path_name`, it is the same for the key "a.b" as for the keys "a" and "b".
    """
    return ".".join(
        str.__str__(key) if isinstance(key, str) and key and key.isprintable() else key_name(key)
        for key in path
    )


def plain_names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each path: the plain one, or that of `path_name` if it is another's, too.

    Paths of different `path_name`s get different names.
    """
    quoted = list(map(path_name, paths))
    plain = list(map(plain_name, paths))
    if plain == quoted:
        return plain
    uses = Counter(plain) + Counter(q for p, q in zip(plain, quoted, strict=True) if p != q)
    return [p if p and uses[p] == 1 else q for p, q in zip(plain, quoted, strict=True)]


def at_path(path: Path) -> str:
    """Return the text of a path for error messages."""
    return f"at {path_name(path)}" if path else "at the root"


def parse_name(name: str) -> Path:
    """Return the path of a dotted name: the inverse of `path_name`.

    Args:
        name: A dotted name, as from `leaf_names`.

    Returns:
        The keys from the root.

    Raises:
        ValueError: If `path_name` returns no such name.

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
                f"{name!r} is not the name of a leaf: cannot parse it from {rest!r} on; "
                "separate keys by dots, as in 'layers.0.w'"
            )
        keys.append(found[0])
        rest = found[1]
    return tuple(keys)


def _first_key(text: str) -> tuple[Hashable, str] | None:
    """Return the first key of a text, and the rest of the text."""
    word = text.partition(".")[0]
    if word.isidentifier():  # a field name or a dict key
        return word, text[len(word) :]
    match = _KEY.match(text)
    written = [(match[0], match.end())] if match else []
    if text.startswith("["):  # a key in brackets may contain brackets
        written = [(text[1 : m.start()], m.end()) for m in re.finditer(r"\]", text)]
    for key, end in written:
        with suppress(SyntaxError, ValueError):
            return ast.literal_eval(key), text[end:]
    return None
