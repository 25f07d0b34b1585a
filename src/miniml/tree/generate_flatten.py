"""Generate the function that flattens trees of one structure.

The function checks every assumption (types, lengths, keys, static values, types of leaves) and
returns None if one fails; the careful traversal in `flatten.py` then runs. The function of a
small structure is straight-line code, `return [a, b, c], structure`. In a large structure, equal
neighbouring parts become a loop, and large parts have functions of their own.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from miniml.tree.codegen import define
from miniml.tree.node import PLAIN_TYPES, node_at
from miniml.tree.structure import Flat, Structure, types_of
from miniml.tree.writer import INLINE, PART, RUN, Writer, batches, display


def generate_flatten(structure: Structure[Any], leaves: Sequence[Any]) -> Callable[..., Any]:
    """Return `flatten(tree) -> (leaves, structure) | None`, given the leaves of one such tree."""
    kinds: list[type[Any]] = [type(leaf) for leaf in leaves]
    if structure.size > INLINE:
        return _by_walk(structure, _walk(structure, kinds))
    writer = _FlattenWriter(kinds)
    found = writer.whole(structure, "tree", 0)
    writer.names["structure"] = structure
    writer.line(f"return [{', '.join(found)}], structure")
    return writer.define("flatten", "tree")


def _by_walk(structure: Structure[Any], walk: Callable[..., bool]) -> Callable[..., Any]:
    def flatten(tree: Any) -> Flat[Any] | None:
        leaves: list[Any] = []
        return (leaves, structure) if walk(tree, leaves) else None

    return flatten


def _walk(structure: Structure[Any], kinds: Sequence[type[Any]]) -> Callable[..., bool]:
    """Return `walk(tree, leaves) -> bool`, which adds the leaves to a list."""
    if structure.walk is None:
        writer = _FlattenWriter(kinds)
        if structure.size > INLINE:
            writer.parts(structure, "tree", 0)
        else:
            writer.add(writer.whole(structure, "tree", 0))
        writer.line("return True")
        structure.walk = writer.define("walk", "tree, leaves")
    return structure.walk


class _FlattenWriter(Writer):
    def __init__(self, kinds: Sequence[type[Any]]) -> None:
        super().__init__()
        self.indent = 2
        self.kinds = kinds  # the types of the leaves seen; guards try them first
        self.names |= {"plain": PLAIN_TYPES, "node_at": node_at, "differs": _differs}

    def define(self, name: str, arguments: str) -> Callable[..., Any]:
        tail = (
            "    except Exception:  # the careful traversal finds the words\n        return None\n"
        )
        return define(name, self.source(name, arguments, "    try:\n", tail), self.names)

    def whole(self, structure: Structure[Any], var: str, at: int) -> list[str]:
        """Write out a structure; return the variables that hold its leaves."""
        self.charge(1)
        if structure.node is None:
            return [self.leaf(var, at)]
        found: list[str] = []
        parts = self.opened(structure, var)
        self.free(var)
        for child, part in zip(structure.children, parts, strict=True):
            found += self.whole(child, part, at)
            at += child.num_leaves
        return found

    def parts(self, structure: Structure[Any], var: str, at: int) -> None:
        """Write a structure that is too large to write out as a whole."""
        node = structure.node
        assert node is not None
        if node.kind in ("tuple", "list", "dict"):
            self.guard(structure, var)
            for child, first, count in batches(structure):
                self.run(child, self.items(structure, var, first, count), count, at)
                at += child.num_leaves * count
            return
        for child, part in zip(structure.children, self.opened(structure, var), strict=True):
            self.part(child, part, at)
            at += child.num_leaves

    def part(self, structure: Structure[Any], var: str, at: int) -> None:
        if structure.size <= PART:
            self.add(self.whole(structure, var, at))
        else:
            kinds = self.kinds[at : at + structure.num_leaves]
            walk = self.constant(_walk(structure, kinds), "walk")
            self.line(f"if not {walk}({var}, leaves): return None")

    def run(self, child: Structure[Any], items: str, count: int, at: int) -> None:
        """Write equal parts in a row: loop over blocks of them, then write out the rest."""
        block = max(1, PART // child.size)
        rest = count % block if count >= RUN else count
        source = self.fresh()
        self.line(f"{source} = iter({items})")
        if count > rest:
            parts = [self.fresh() for _ in range(block)]
            self.names["islice"] = itertools.islice
            self.line(f"{source}_ = islice({source}, {count - rest})")
            blocks = f"zip({', '.join([f'{source}_'] * block)})"
            self.line(f"for {display(parts)} in {blocks}:")
            self.indent += 1
            self.block(child, parts, at)
            self.indent -= 1
        if rest:
            parts = [self.fresh() for _ in range(rest)]
            self.line(f"{display(parts)} = {source}")
            self.block(child, parts, at + child.num_leaves * (count - rest))

    def block(self, child: Structure[Any], parts: list[str], at: int) -> None:
        if child.size > PART:
            for part in parts:
                self.part(child, part, at)
        else:
            self.add([leaf for part in parts for leaf in self.whole(child, part, at)])

    def add(self, found: list[str]) -> None:
        if found:
            self.line(f"leaves += {display(found)}")
            for var in found:
                self.free(var)

    def items(self, structure: Structure[Any], var: str, first: int, count: int) -> str:
        if structure.kind == "dict":
            keys = self.constant(structure.aux[first : first + count], "keys")
            return f"map({var}.__getitem__, {keys})"
        if count == len(structure.children):
            return var
        self.names["islice"] = itertools.islice
        return f"islice({var}, {first}, {first + count})"

    def leaf(self, var: str, at: int) -> str:
        """Write the guard of a leaf: first its likely type, then the usual ones."""
        kind = self.kinds[at]
        usual = f"type({var}) not in plain and node_at({var})"
        if kind in PLAIN_TYPES:
            usual = f"type({var}) is not {self.constant(kind, 'kind')} and {usual}"
        self.line(f"if {usual}: return None")
        return var

    def guard(self, structure: Structure[Any], var: str) -> None:
        """Write the guards of a node's type and of its number of parts."""
        node = structure.node
        assert node is not None
        if node.kind == "none":
            self.line(f"if {var} is not None: return None")
            return
        wrong = f"type({var}) is not {self.constant(node.type, 'kind')}"
        if node.kind in ("tuple", "list", "dict"):
            wrong += f" or len({var}) != {len(structure.children)}"
        self.line(f"if {wrong}: return None")
        if node.kind == "dict" and any(type(key) is not str for key in structure.aux):
            keys = self.constant(structure.aux, "keys")
            kinds = self.constant(types_of(structure.aux), "types")
            self.line(f"if differs(tuple(sorted({var})), {keys}, {kinds}): return None")

    def opened(self, structure: Structure[Any], var: str) -> list[str]:
        """Write the guards of a node; return the variables that hold its parts."""
        node = structure.node
        assert node is not None
        self.guard(structure, var)
        parts = [self.fresh() for _ in structure.children]
        if node.kind == "attrs":
            for part, name in zip(parts, node.child_names, strict=True):
                self.line(f"{part} = {var}.{name}")
            for name, value in zip(node.static_names, structure.aux, strict=True):
                self.static(f"{var}.{name}", value)
        elif node.kind == "dict":
            for part, key in zip(parts, structure.aux, strict=True):
                self.line(f"{part} = {var}[{self.key(key)}]")
        elif node.kind == "custom":
            aux = self.fresh()
            self.line(f"{var}, {aux} = {self.constant(node.explode, 'explode')}({var})")
            self.static(aux, structure.aux)
            self.line(f"{display(parts)} = {var}" if parts else f"if {var}: return None")
        elif parts:
            self.line(f"{display(parts)} = {var}")
        return parts

    def static(self, found: str, value: object) -> None:
        wanted, kinds = self.constant(value, "static"), self.constant(types_of(value), "types")
        self.line(f"s = {found}")
        self.line(f"if s is not {wanted} and differs(s, {wanted}, {kinds}): return None")

    def key(self, key: object) -> str:
        return repr(key) if type(key) is str else self.constant(key, "key")


def _differs(found: object, wanted: object, kinds: object) -> bool:
    return found != wanted or types_of(found) != kinds
