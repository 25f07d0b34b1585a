"""Patterns of dotted names."""

import ast
import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import compress

from miniml.tree.names import unknown_name

_PART = re.compile(
    r"""(?: '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*"                       # quoted text
          | \[ (?: '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | [^]'"] )* \]  # another key
          | [^.] )*""",
    re.VERBOSE | re.DOTALL,
)
_END = "\0"  # before each part of a name; names have no such character


def match_names(names: Iterable[str], patterns: str | Iterable[str]) -> list[bool]:
    """Return for each name whether one of the patterns matches it.

    Patterns mean what paths of files mean: the parts of a name are separated by dots, `*` matches
    any text within one part, and the part `**` any number of parts.

    Args:
        names: Dotted names, as from `leaf_names`. Text in quotes also matches without them.
        patterns: One or more patterns: `layers.*.w`, `**.w` (all `w`), `head.**` (all in `head`),
            `**` (all); `?` matches any one character of a part.

    Returns:
        One bool per name.

    Raises:
        KeyError: If a pattern matches no name.
        ValueError: If a pattern has `**` beside other text in one part.

    Example:
        >>> match_names(("w", "m1.w", "m1.n.w"), "*.w")
        [False, True, False]
        >>> match_names(("w", "m1.w", "m1.n.w"), "**.w")
        [True, True, True]
    """
    names = tuple(names)
    forms = list(map(_forms, names))
    chosen = [False] * len(names)
    for pattern in (patterns,) if isinstance(patterns, str) else patterns:
        hits = _hits(forms, pattern)
        if not any(hits):
            raise KeyError(_unmatched(pattern, names, forms))
        chosen = [a or b for a, b in zip(chosen, hits, strict=True)]
    return chosen


def split_name(name: str) -> list[str]:
    """Return the parts of a dotted name or of a pattern; dots in quotes do not separate parts."""
    parts: list[str] = []
    end = -1
    while end < len(name):
        match = _PART.match(name, end + 1)
        assert match is not None, "the pattern matches the empty text"
        parts.append(match[0])
        end = match.end()
    return parts


def _forms(name: str) -> tuple[str, str]:
    """Return a name as its parts, and as those of the name without quotes."""
    parts = split_name(name)
    plain = ".".join(map(_unquoted, parts)).split(".")
    return _END + _END.join(parts), _END + _END.join(plain)


def _unquoted(part: str) -> str:
    if part[:1] in ("'", '"'):
        with suppress(SyntaxError, ValueError):
            text: str = ast.literal_eval(part)
            return text.replace(_END, "")
    return part


def _hits(forms: Iterable[tuple[str, str]], pattern: str) -> list[bool]:
    text = "".join(map(_part_text, split_name(pattern)))
    matches = re.compile(text, re.DOTALL).fullmatch
    return [any(map(matches, form)) for form in forms]


def _part_text(part: str) -> str:
    """Return the regular expression of one part of a pattern."""
    if part == "**":
        return f"(?:{_END}[^{_END}]*)*"
    if "**" in part:
        raise ValueError(
            f"the part {part!r} of a pattern has ** beside other text: ** must stand alone between "
            "dots, as in 'layers.**.w'"
        )
    inside = re.escape(part).replace(r"\*", f"[^{_END}]*").replace(r"\?", f"[^{_END}]")
    return _END + inside


def _unmatched(pattern: str, names: tuple[str, ...], forms: Iterable[tuple[str, str]]) -> str:
    """Return the message for a pattern without hits; explain what `*` does not match."""
    words = unknown_name(pattern, names)
    if "*" not in pattern:
        for deeper in (f"{pattern}.**", f"**.{pattern}", f"**.{pattern}.**"):
            if found := list(compress(names, _hits(forms, deeper))):
                shown = ", ".join(map(repr, found[:3]))
                return f"no leaf is named {pattern!r}: write {deeper!r}, which matches {shown}"
        return words
    across = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    wide = [name for name in names if re.fullmatch(across, name, re.DOTALL)]
    if not wide:
        return words
    new = ".".join("**" if part == "*" else part for part in split_name(pattern))
    instead = f"{new!r}" if any(_hits(forms, new)) else "'**' between dots"
    return (
        f"no leaf is named {pattern!r}: * matches within one part of a name; write {instead} for any "
        f"number of parts, which matches {', '.join(map(repr, wide[:3]))}"
    )
