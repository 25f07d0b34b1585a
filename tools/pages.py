"""What the documentation's pages name: links, files, and names defined in these files."""

import ast
import operator
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from tools.imports import ROOT

import miniml

PACKAGE = ROOT / "src" / "miniml"

_MODULES = {"np": "numpy", "ml": "miniml", "miniml": "miniml"}
_WORDS = {"miniml", "mypy", "pyright", "loss", "params", "None"}  # no definitions in the package

_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^(?=\||[-*] |\d+\. |$)", re.MULTILINE)  # a row, an item, a paragraph
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_FILE = re.compile(r"[\w./-]+(\.(py|md|toml|svg|ts)|/)")
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def broken_links(page: Path) -> Iterator[str]:
    """Find the relative links of a page that lead to no file, or to no heading in it."""
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        place, _, anchor = link.partition("#")
        if "://" in place or place.startswith("mailto:"):
            continue
        target = (page.parent / place).resolve() if place else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            yield link


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def missing_names(page: Path) -> Iterator[str]:
    """Find the files and names in a page's code spans that do not exist.

    A name must be public in `miniml` (`np.name`: in NumPy), or defined in a file that the same
    paragraph, item or row names. In a block that names no file, any file of the package will do.
    """
    for block in _BLOCK.split(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        spans = _SPAN.findall(block)
        files = [_located(span) for span in spans if _FILE.fullmatch(span)]
        known = frozenset[str]().union(*map(defined, [f for f in files if f] or [PACKAGE]))
        for span in spans:
            if _FILE.fullmatch(span):
                if _located(span) is None:
                    yield f"{span}: there is no such file"
            elif _NAME.fullmatch(span) and not _exists(span, known):
                yield f"{span}: not defined in {', '.join(map(str, files)) or PACKAGE}"


def _located(file: str) -> Path | None:
    paths = [folder / file for folder in (PACKAGE, ROOT)]
    return next((path for path in paths if path.exists()), None)


def _exists(name: str, known: frozenset[str]) -> bool:
    if "." in name and name.partition(".")[0] in _MODULES:
        return exists(name)
    return name in _WORDS or name.rpartition(".")[2] in known or hasattr(miniml, name)


def exists(name: str) -> bool:
    """Whether `ml.name` or `np.name` is an attribute of its module."""
    module, _, rest = name.partition(".")
    try:
        operator.attrgetter(rest)(import_module(_MODULES[module]))
    except AttributeError:
        return False
    return True


@cache
def defined(path: Path) -> frozenset[str]:
    """Collect the names that a file, or a folder's files, define: arguments and fields included."""
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    found: set[str] = set()
    for file in files:
        if file.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(node.attr)
    return frozenset(found)
