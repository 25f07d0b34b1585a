"""Generate the function that builds trees of one structure from leaves.

No `__init__` runs: the fields of an empty instance are set without its frozen `__setattr__`. The
function of a small structure is straight-line code; in a large structure, equal neighbouring parts
become a loop, and large parts have functions of their own, which all take leaves from one iterator.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from miniml.tree.codegen import define
from miniml.tree.node import HASH_CACHE, caches_hash, setter_of
from miniml.tree.structure import Structure
from miniml.tree.writer import INLINE, PART, RUN, Writer, batches, display


def generate_unflatten(structure: Structure[Any]) -> Callable[..., Any]:
    """Return `unflatten(leaves) -> tree`; ValueError if the number of leaves is wrong."""
    if structure.size > INLINE:
        fill = _fill(structure)

        def unflatten(leaves: Sequence[Any]) -> Any:
            return fill(iter(leaves))

        return unflatten
    writer = _UnflattenWriter()
    leaves = [writer.fresh() for _ in range(structure.num_leaves)]
    writer.line(f"{display(leaves)} = leaves")
    return writer.define("unflatten", "leaves", writer.whole(structure, leaves))


def _fill(structure: Structure[Any]) -> Callable[..., Any]:
    """Return `fill(leaves) -> tree`, which draws the leaves from an iterator."""
    if structure.fill is None:
        writer = _UnflattenWriter()
        build = writer.drawn if structure.size <= INLINE else writer.parts
        structure.fill = writer.define("fill", "leaves", build(structure))
    return structure.fill


class _UnflattenWriter(Writer):
    def define(self, name: str, argument: str, result: str) -> Callable[..., Any]:
        self.names |= {"islice": itertools.islice, "blank": object.__new__}
        self.line(f"return {result}")
        return define(name, self.source(name, argument), self.names)

    def whole(self, structure: Structure[Any], leaves: list[str]) -> str:
        """Write out the building of a structure from variables; return the tree's variable."""
        self.charge(1)
        if structure.node is None:
            return leaves[0]
        parts: list[str] = []
        at = 0
        for child in structure.children:
            parts.append(self.whole(child, leaves[at : at + child.num_leaves]))
            at += child.num_leaves
        return self.built(structure, parts)

    def drawn(self, structure: Structure[Any]) -> str:
        """Write out a structure whose leaves come from the iterator."""
        if not (count := structure.num_leaves):
            return self.whole(structure, [])
        leaves = [self.fresh() for _ in range(count)]
        self.line(f"{display(leaves)} = islice(leaves, {count})")
        return self.whole(structure, leaves)

    def part(self, structure: Structure[Any]) -> str:
        if structure.size <= PART:
            return self.drawn(structure)
        var = self.fresh()
        self.line(f"{var} = {self.constant(_fill(structure), 'fill')}(leaves)")
        return var

    def parts(self, structure: Structure[Any]) -> str:
        """Write a structure that is too large to write out as a whole."""
        if structure.kind not in ("tuple", "list", "dict"):
            return self.built(structure, [self.part(child) for child in structure.children])
        items = self.fresh()
        self.line(f"{items} = []")
        for child, _, count in batches(structure):
            self.run(child, items, count)
        if structure.kind == "dict":
            result = f"dict(zip({self.constant(structure.aux, 'keys')}, {items}))"
        else:
            result = items if structure.kind == "list" else f"tuple({items})"
        return result

    def run(self, child: Structure[Any], items: str, count: int) -> None:
        block = max(1, PART // child.size)
        rest = count % block if count >= RUN else count
        if count > rest:
            self.line(f"for _ in range({count // block}):")
            self.indent += 1
            self.block(child, items, block)
            self.indent -= 1
        self.block(child, items, rest)

    def block(self, child: Structure[Any], items: str, count: int) -> None:
        if count == 0:
            return
        if child.size > PART:
            for _ in range(count):
                self.line(f"{items}.append({self.part(child)})")
            return
        size = child.num_leaves
        leaves = [self.fresh() for _ in range(size * count)]
        if leaves:
            self.line(f"{display(leaves)} = islice(leaves, {len(leaves)})")
        parts = [self.whole(child, leaves[i * size : (i + 1) * size]) for i in range(count)]
        self.line(f"{items} += {display(parts)}")

    def built(self, structure: Structure[Any], parts: list[str]) -> str:
        """Write the building of one node from its parts; return its variable."""
        node, aux = structure.node, structure.aux
        assert node is not None
        var = self.fresh()
        if node.kind == "none":
            return "None"
        if node.kind == "attrs":
            cls = self.constant(node.type, "kind")
            self.line(f"{var} = blank({cls})")
            values = [*parts, *(self.constant(value, "static") for value in aux)]
            fields = [*zip((*node.child_names, *node.static_names), values, strict=True)]
            for name, value in [(HASH_CACHE, "None")] * caches_hash(node.type) + fields:
                template, setter = setter_of(node.type, name)
                call = self.setters(node.type, name, setter)
                self.line(template.format(call, var, value))
        elif node.kind == "dict":
            keys = (repr(k) if type(k) is str else self.constant(k, "key") for k in aux)
            pairs = (f"{key}: {part}" for key, part in zip(keys, parts, strict=True))
            self.line(f"{var} = {{{', '.join(pairs)}}}")
        elif node.kind == "tuple":
            self.line(f"{var} = {display(parts)}")
        elif node.kind == "list":
            self.line(f"{var} = [{', '.join(parts)}]")
        else:
            build, data = self.constant(node.build, "build"), self.constant(aux, "aux")
            self.line(f"{var} = {build}({display(parts)}, {data})")
        return var

    def setters(self, cls: type, name: str, setter: object) -> str:
        """Return the constant of a setter: `__set__` of a slot is a new object each time."""
        key = f"set_{self.constant(cls, 'kind')}_{name}"
        self.names[key] = setter
        return key
