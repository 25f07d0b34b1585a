"""Fit the leaves of a file to a template, and list all that does not."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from miniml.checkpoint.errors import CheckpointError
from miniml.checkpoint.header import Header
from miniml.checkpoint.leaves import own_shape_and_dtype, shape_and_dtype
from miniml.checkpoint.outline import NodeOutline, Outline, outline
from miniml.tree import Structure, tree_flatten

T = TypeVar("T")

_EMPTY = frozenset({"NoneType", "dict", "list", "tuple"})  # without leaves, as good as not there


def match_leaves(
    header: Header, template: T, rename: Mapping[str, str], part: str
) -> tuple[dict[str, str], Structure[T]]:
    """Give the file's name of each leaf of the template, in order, and the structure.

    Raises:
        CheckpointError: If anything differs; it lists all that does.
    """
    leaves, structure = tree_flatten(template)
    inside = [inner for name in header.names if (inner := _below(name, part)) is not None]
    if part and leaves and not inside:
        raise CheckpointError(
            f"{header.path} has no leaf at or below {part!r}; it has the leaves "
            f"{', '.join(header.names)}"
        )
    _check_rename(header, rename, inside)
    found = _found(header, rename, part) if rename or part else header.names
    wanted = dict(zip(structure.names, leaves, strict=True))
    asked = {name: shape_and_dtype(name, leaf) for name, leaf in wanted.items()}
    faults = [f"missing: {name or 'the root'}" for name in wanted if name not in found]
    faults += [f"extra: {name or 'the root'}" for name in found if name not in wanted]
    for name in wanted:
        if name in found:
            entry = header.entries[found[name]]
            saved = own_shape_and_dtype(entry.shape, entry.file_dtype, entry.dtype)
            if saved != asked[name]:
                faults.append(
                    f"differing: {name or 'the root'} has {_shown(*saved)} in the file and "
                    f"{_shown(*asked[name])} in the template"
                )
    outlined = header.contents.outline.items()
    nodes = [(here, n) for old, n in outlined if (here := _now(old, rename, part)) is not None]
    shape = outline(structure)
    faults += _differing_nodes(nodes, shape, rename)
    faults += _lone_nodes(nodes, shape, {*found, *wanted})
    if faults:
        listed = "\n  ".join(faults)
        way_out = _way_out(header.names, wanted, faults, part)
        raise CheckpointError(f"{header.path} does not fit the template:\n  {listed}\n{way_out}")
    return {name: found[name] for name in wanted}, structure


def _way_out(
    names: Iterable[str], wanted: Collection[str], faults: Iterable[str], part: str
) -> str:
    """Say what to do about a file that does not fit."""
    sure = "A leaf, a node or a class that has another name now is mended by rename={'old': 'new'}."
    if any(not fault.startswith("missing: ") for fault in faults):
        if part or not (nodes := _nodes_with(names, wanted)):
            return sure
        listed = ", ".join(map(repr, nodes[:3])) + ", ..." * (len(nodes) > 3)
        return (
            f"The template's leaves are all in the file, below {listed}: load one node with "
            f"part={nodes[0]!r}."
        )
    new = "What the template alone has keeps its value in replace_leaves(template, load(path))."
    return sure if part else f"{sure} {new}"


def _nodes_with(names: Iterable[str], leaves: Collection[str]) -> list[str]:
    """Give the nodes that have all these leaves below them, the highest first."""
    first, saved = next(iter(leaves), ""), {*names}
    nodes = {
        name.removesuffix(f".{first}") for name in saved if first and name.endswith(f".{first}")
    }
    fitting = (node for node in nodes if all(_join(node, leaf) in saved for leaf in leaves))
    return sorted(fitting, key=lambda node: (node.count("."), node))


def _found(header: Header, rename: Mapping[str, str], part: str) -> dict[str, str]:
    """Give the file's name of each leaf by the name that it has in the template."""
    found: dict[str, str] = {}
    for name, stored in header.names.items():
        here = _now(name, rename, part)
        if here in found:
            raise CheckpointError(
                f"{header.path}: {found[here]!r} and {stored!r} would both be named {here!r}"
            )
        if here is not None:
            found[here] = stored
    return found


def _check_rename(header: Header, rename: Mapping[str, str], names: Collection[str]) -> None:
    classes = {kind for kind, _ in header.contents.outline.values()}
    for old in rename:
        if old not in classes and all(_below(name, old) is None for name in names):
            raise CheckpointError(
                f"rename has {old!r}, and {header.path} has no such leaf, node or class; it has the "
                f"leaves {', '.join(names)} and the classes {', '.join(sorted(classes))}"
            )


def _differing_nodes(
    saved: Iterable[tuple[str, NodeOutline]], wanted: Outline, rename: Mapping[str, str]
) -> Iterator[str]:
    for here, (kind, statics) in saved:
        if here not in wanted:
            continue
        wanted_kind, wanted_statics = wanted[here]
        if (now := rename.get(kind, kind)) != wanted_kind:
            renamed = f", by `rename` a {now}," * (now != kind)
            yield (
                f"differing: {here or 'the root'} is a {kind} in the file{renamed} and a "
                f"{wanted_kind} in the template"
            )
        for field in sorted(statics.keys() & wanted_statics.keys()):
            if statics[field] != wanted_statics[field]:
                yield (
                    f"differing: the static field {_join(here, field)} is {statics[field]} in the "
                    f"file and {wanted_statics[field]} in the template"
                )


def _lone_nodes(
    saved: Iterable[tuple[str, NodeOutline]], wanted: Outline, leaves: Collection[str]
) -> Iterator[str]:
    """Tell of the nodes that one side alone has, and no leaf tells of."""
    here = dict(saved)
    if not here or here.keys() == wanted.keys():  # another tool's file says nothing of nodes
        return
    above = {leaf[:end] for leaf in leaves for end, letter in enumerate(leaf) if letter == "."}
    for what, these, others in (("missing", wanted, here), ("extra", here, wanted)):
        for name in sorted(these.keys() - others.keys() - above - {"", *leaves}):
            if (kind := these[name][0]) not in _EMPTY:
                yield f"{what}: {name}, a {kind}"


def _now(name: str, rename: Mapping[str, str], part: str) -> str | None:
    """Give the name that a place of the file has in the template; None if it is not asked for."""
    inner = _below(name, part)
    if inner is None:
        return None
    old = max((old for old in rename if _below(inner, old) is not None), key=len, default=None)
    return inner if old is None else _join(rename[old], _below(inner, old) or "")


def _below(name: str, node: str) -> str | None:
    """Give the name of a place as seen from a node, None if it is not below it."""
    if not node:
        return name
    if name == node:
        return ""
    return name[len(node) + 1 :] if name.startswith(f"{node}.") else None


def _join(*names: str) -> str:
    return ".".join(name for name in names if name)


def _shown(shape: tuple[int, ...], dtype: object) -> str:
    return f"shape {shape} and dtype {dtype}"
