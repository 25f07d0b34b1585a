"""The rooms of the package, and which of them import which, read from the source."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TypeAlias

import attrs

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"

Arrows: TypeAlias = Mapping[str, frozenset[str]]
"""For each room, the rooms that it imports."""


@attrs.frozen
class House:
    """The rooms in one package: its subpackages and its modules.

    Attributes:
        name: The package.
        rooms: What each room is for, by its name: the first sentence of its docstring.
        arrows: The rooms that each imports.
    """

    name: str
    rooms: Mapping[str, str]
    arrows: Arrows


def house(package: str, source: Path = SOURCE) -> House:
    """Read the rooms of a package and the imports between them.

    A module that no room imports, such as `miniml.losses`, only repeats names and is left out.

    Args:
        package: The package's dotted name.
        source: The folder that holds the root package.

    Returns:
        Its rooms in alphabetical order.
    """
    folder = source.joinpath(*package.split("."))
    names = sorted({path.stem for path in folder.iterdir() if _is_room(path)})
    arrows = {name: _imported(package, name, folder, names) for name in names}
    used = frozenset[str]().union(*arrows.values())
    kept = [name for name in names if name in used or (folder / name).is_dir()]
    return House(
        package,
        {name: _purpose(folder, name) for name in kept},
        {name: arrows[name] for name in kept},
    )


def without_implied(arrows: Arrows) -> Arrows:
    """Leave out the arrows that follow from others: a to c where a -> b -> c.

    Raises:
        graphlib.CycleError: If rooms import each other in a circle.
    """
    reached: dict[str, frozenset[str]] = {}
    for name in TopologicalSorter(arrows).static_order():
        reached[name] = arrows[name].union(*[reached[below] for below in arrows[name]])
    return {
        name: frozenset(
            below
            for below in targets
            if not any(below in reached[other] for other in targets - {below})
        )
        for name, targets in arrows.items()
    }


def _is_room(path: Path) -> bool:
    if path.stem.startswith("_"):  # private, or the package itself
        return False
    return path.suffix == ".py" or (path / "__init__.py").exists()


def _files(folder: Path, room: str) -> Iterable[Path]:
    module = folder / f"{room}.py"
    return [module] if module.exists() else sorted((folder / room).rglob("*.py"))


def _imported(package: str, room: str, folder: Path, rooms: Iterable[str]) -> frozenset[str]:
    """The other rooms of the package that the files of a room import."""
    found: set[str] = set()
    for path in _files(folder, room):
        for name in _names(ast.parse(path.read_text(encoding="utf-8"))):
            if name.startswith(f"{package}."):
                found.add(name.removeprefix(f"{package}.").partition(".")[0])
    return frozenset(found.intersection(rooms) - {room})


def _names(module: ast.Module) -> Iterator[str]:
    """What a module imports, with dotted names, inside functions too."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _purpose(folder: Path, room: str) -> str:
    """The first line of a room's docstring."""
    module = folder / f"{room}.py"
    path = module if module.exists() else folder / room / "__init__.py"
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0].removesuffix(".")
