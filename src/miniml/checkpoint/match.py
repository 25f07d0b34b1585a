"""Match the leaves of a file with a template, and list all differences."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from miniml.checkpoint.errors import CheckpointError
from miniml.checkpoint.header import Header
from miniml.checkpoint.leaves import leaf_shape_and_dtype, shape_and_dtype
from miniml.checkpoint.outline import NodeOutline, Outline, outline
from miniml.tree import Structure, parse_name, tree_flatten
from miniml.tree.path import plain_name, plain_names

T = TypeVar("T")

_EMPTY = frozenset({"NoneType", "dict", "list", "tuple"})  # ignored if they have no leaves


def match_leaves(
    header: Header, template: T, rename: Mapping[str, str], part: str
) -> tuple[dict[str, str], Structure[T]]:
    """Return the stored name of each leaf of the template, in order, and its structure.

    Raises:
        CheckpointError: If anything differs; the message lists all differences.
    """
    leaves, structure = tree_flatten(template)
    inside = [inner for name in header.names if (inner := _relative(name, part)) is not None]
    if part and leaves and not inside:
        raise CheckpointError(
            f"{header.path} has no leaf at or below {part!r}; its leaves are "
            f"{', '.join(header.names)}"
        )
    _check_rename(header, rename, inside)
    wanted = dict(zip(plain_names(structure.paths), leaves, strict=True))
    found = _found(header, rename, part, wanted)
    asked = {name: shape_and_dtype(name, leaf) for name, leaf in wanted.items()}
    faults = [f"missing: {name or 'the root'}" for name in wanted if name not in found]
    faults += [f"extra: {name or 'the root'}" for name in found if name not in wanted]
    converted = 0  # the faults that another dtype mends
    for name in wanted:
        if name in found:
            entry = header.entries[found[name]]
            saved = leaf_shape_and_dtype(entry.shape, entry.file_dtype, entry.dtype)
            if saved != asked[name]:
                converted += saved[0] == asked[name][0]
                faults.append(
                    f"differing: {name or 'the root'} has {_shown(*saved)} in the file and "
                    f"{_shown(*asked[name])} in the template"
                )
    outlined = header.contents.outline.items()
    nodes = [
        (here, node)
        for old, node in outlined
        if (here := _new_name(_plain(old), rename, part)) is not None
    ]
    shape = {_plain(name): node for name, node in outline(structure).items()}
    faults += _differing_nodes(nodes, shape, rename)
    faults += _unmatched_nodes(nodes, shape, {*found, *wanted})
    if faults:
        listed = "\n  ".join(faults)
        hint = _CONVERT if converted == len(faults) else _hint(header.names, wanted, faults, part)
        raise CheckpointError(f"{header.path} does not match the template:\n  {listed}\n{hint}")
    return {name: found[name] for name in wanted}, structure


_CONVERT = (
    "To convert the dtype, load without a template: replace_leaves(template, {name: leaf.astype(dtype) "
    "for name, leaf in load(path).items()})."
)


def _hint(names: Iterable[str], wanted: Collection[str], faults: Iterable[str], part: str) -> str:
    """Return the advice for a file that does not match."""
    hint = "If a leaf, node or class was renamed, pass rename={'old': 'new'}."
    if any(not fault.startswith("missing: ") for fault in faults):
        if part or not (nodes := _nodes_with(names, wanted)):
            return hint
        listed = ", ".join(map(repr, nodes[:3])) + ", ..." * (len(nodes) > 3)
        return (
            f"The file has all leaves of the template below {listed}: load one node by "
            f"part={nodes[0]!r}."
        )
    new = "To keep the template's values of new leaves, use replace_leaves(template, load(path))."
    return hint if part else f"{hint} {new}"


def _nodes_with(names: Iterable[str], leaves: Collection[str]) -> list[str]:
    """Return the nodes that have all these leaves below them, the highest first."""
    first, saved = next(iter(leaves), ""), {*names}
    nodes = {
        name.removesuffix(f".{first}") for name in saved if first and name.endswith(f".{first}")
    }
    fitting = (node for node in nodes if all(_join(node, leaf) in saved for leaf in leaves))
    return sorted(fitting, key=lambda node: (node.count("."), node))


def _found(
    header: Header, rename: Mapping[str, str], part: str, wanted: Collection[str]
) -> dict[str, str]:
    """Return the stored name of each leaf, by its name in the template."""
    found: dict[str, str] = {}
    for name, stored in header.names.items():
        here = _new_name(name, rename, part)
        if here is not None and here not in wanted and _plain(here) in wanted:
            here = _plain(here)  # older files quote text
        if here in found:
            raise CheckpointError(
                f"{header.path}: {found[here]!r} and {stored!r} would both be named {here!r}"
            )
        if here is not None:
            found[here] = stored
    return found


def _plain(name: str) -> str:
    """Return a name without quotes around the text in it."""
    if "'" not in name and '"' not in name:
        return name
    try:
        return plain_name(parse_name(name))
    except ValueError:
        return name


def _check_rename(header: Header, rename: Mapping[str, str], names: Collection[str]) -> None:
    classes = {kind for kind, _ in header.contents.outline.values()}
    for old in rename:
        if old not in classes and all(_relative(name, old) is None for name in names):
            raise CheckpointError(
                f"rename has {old!r}, but {header.path} has no such leaf, node or class; its leaves are "
                f"{', '.join(names)}, its classes {', '.join(sorted(classes))}"
            )


def _differing_nodes(
    saved: Iterable[tuple[str, NodeOutline]], wanted: Outline, rename: Mapping[str, str]
) -> Iterator[str]:
    for here, (kind, statics) in saved:
        if here not in wanted:
            continue
        wanted_kind, wanted_statics = wanted[here]
        if (new := rename.get(kind, kind)) != wanted_kind:
            renamed = f" ({new} by `rename`)" * (new != kind)
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


def _unmatched_nodes(
    saved: Iterable[tuple[str, NodeOutline]], wanted: Outline, leaves: Collection[str]
) -> Iterator[str]:
    """Yield the nodes that only one side has and that no difference of leaves implies."""
    here = dict(saved)
    if not here or here.keys() == wanted.keys():  # files of other tools do not describe nodes
        return
    ordered = sorted(leaves)
    for what, these, others in (("missing", wanted, here), ("extra", here, wanted)):
        for name in sorted(these.keys() - others.keys() - {"", *leaves}):
            kind = these[name][0]
            if kind not in _EMPTY and not _is_above(name, ordered):
                yield f"{what}: {name}, a {kind}"


def _is_above(node: str, leaves: Sequence[str]) -> bool:
    """Return whether a node has one of these leaves, which are sorted, below it."""
    at = bisect_left(leaves, f"{node}.")
    return at < len(leaves) and leaves[at].startswith(f"{node}.")


def _new_name(name: str, rename: Mapping[str, str], part: str) -> str | None:
    """Return the template's name of a node or leaf of the file; None if it is outside `part`."""
    inner = _relative(name, part)
    if inner is None:
        return None
    old = max((old for old in rename if _relative(inner, old) is not None), key=len, default=None)
    return inner if old is None else _join(rename[old], _relative(inner, old) or "")


def _relative(name: str, node: str) -> str | None:
    """Return a name relative to a node; None if it is not below the node."""
    if not node:
        return name
    if name == node:
        return ""
    return name[len(node) + 1 :] if name.startswith(f"{node}.") else None


def _join(*names: str) -> str:
    return ".".join(name for name in names if name)


def _shown(shape: tuple[int, ...], dtype: object) -> str:
    return f"shape {shape} and dtype {dtype}"
