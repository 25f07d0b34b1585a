"""Rerolling: an unrolled Python loop over points becomes operations on all points.

The trace of `sum(f(x) for x in data)` has one copy of f for each row of `data`. Copies that differ in
the row only are *lanes* of one expression. If a sum or a stack takes all lanes of an expression, the
expression is recorded once, on all rows, before it is differentiated.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np

from miniml.program.ir.graph import Graph, Node, Op, Options, Shape
from miniml.program.ir.walk import ancestors, interpret
from miniml.program.rules.axes import Operand, axes_of
from miniml.program.rules.indexing import get_slice_p
from miniml.program.rules.joining import concatenate_p
from miniml.program.rules.matmul import MATMUL
from miniml.program.rules.reductions import reduce_sum_p
from miniml.program.rules.shaping import reshape_p
from miniml.program.trace.registry import UFUNCS
from miniml.program.trace.tracer import Tracer

FEWEST = 4
"""Loops of fewer steps stay unrolled."""

Rows: TypeAlias = tuple[int, int]
"""The first row and the number of rows."""


@attrs.define(eq=False)
class Expression:
    """The common part of lanes.

    Attributes:
        op: The operation.
        options: Its options; if it takes a row of an array, those within the row.
        inputs: Its inputs: expressions with the same lanes, or nodes that all lanes share.
        shape: The shape of one lane.
        lanes: The node of each lane, by row.
    """

    op: Op
    options: Options
    inputs: "tuple[Expression | Node, ...]"
    shape: Shape
    lanes: dict[int, Node]

    @property
    def rows(self) -> Rows | None:
        """The rows of the lanes; None if they are not adjacent, or fewer than `FEWEST`."""
        first = min(self.lanes)
        whole = max(self.lanes) - first + 1 == len(self.lanes) >= FEWEST
        return (first, len(self.lanes)) if whole else None


def reroll(graph: Graph, outputs: Sequence[Node]) -> tuple[Graph, list[Node]]:
    """Record unrolled loops over rows once, on all rows together, in the same graph."""
    order = ancestors(outputs)
    if graph.eager or not any(node.op is get_slice_p.op for node in order):
        return graph, list(outputs)
    return graph, _Reroller(graph, order).run(outputs)


def _sum_keeps_dtype(node: Node) -> bool:
    """Return whether a sum has the dtype of its terms: for small integers and bools it is wider."""
    return bool(np.add.reduce(np.empty(0, node.dtype)).dtype == node.dtype)


class _Reroller:
    """The lanes and expressions of a graph.

    Attributes:
        lane: The expression and row of each node that is a lane.
        known: The expressions, by operation, options and inputs.
        together: The values of expressions on all rows, by expression and rows.
        looped: The arrays that a loop runs over.
    """

    def __init__(self, graph: Graph, order: Sequence[Node]) -> None:
        self.graph = graph
        self.order = order
        self.users = Counter(i for node in order for i in node.inputs)
        self.lane: dict[Node, tuple[Expression, int]] = {}
        self.known: dict[Hashable, Expression] = {}
        self.together: dict[Hashable, Any] = {}
        self.used_by: dict[Node, list[Node]] = {}
        for node in order:
            for i in node.inputs:
                self.used_by.setdefault(i, []).append(node)

        self.looped = self._looped()

    def _looped(self) -> set[Node]:
        """Return the arrays that a loop runs over: most of their rows are taken one by one.

        Elements of weights may be taken one by one too, but are fewer than the points.
        """
        rows: dict[Node, set[int]] = {}
        for node in self.order:
            if node.op is get_slice_p.op:
                row = node.option("places")[0]
                if isinstance(row, int):
                    rows.setdefault(node.inputs[0], set()).add(row)
        most = max(map(len, rows.values()), default=0)
        return {x for x, taken in rows.items() if 2 * len(taken) > most and len(taken) >= FEWEST}

    def run(self, outputs: Sequence[Node]) -> list[Node]:
        for node in self.order:
            self._find_lane(node)
        moved: dict[Node, Node] = {}
        return interpret(
            outputs,
            moved,
            lambda node, into: self._taken_together(node, moved) or self.graph.moved(node, into),
        )

    def _find_lane(self, node: Node) -> None:
        """Find the expression and the row that a node is a lane of."""
        inputs = [self.lane.get(i) for i in node.inputs]
        rows = {found[1] for found in inputs if found is not None}
        if not rows and node.inputs and node.inputs[0] in self.looped:
            row, *within = node.option("places") if node.op is get_slice_p.op else (None,)
            if isinstance(row, int):
                options: Options = (("places", tuple(within)),)
                self._add(node, row, options, node.inputs)
        elif len(rows) == 1 and self._has_rule(node):
            common = tuple(
                i if found is None else found[0]
                for i, found in zip(node.inputs, inputs, strict=True)
            )
            self._add(node, rows.pop(), node.options, common)

    def _add(
        self, node: Node, row: int, options: Options, inputs: "tuple[Expression | Node, ...]"
    ) -> None:
        key = (node.op, options, *map(id, inputs))
        expression = self.known.get(key)
        if expression is None:
            expression = Expression(node.op, options, inputs, node.shape, {})
            self.known[key] = expression
        if row not in expression.lanes:
            expression.lanes[row] = node
            self.lane[node] = expression, row

    def _has_rule(self, node: Node) -> bool:
        """Return whether one operation can do the node's for all lanes."""
        return axes_of(node.op).one_pass and (node.op is not MATMUL or _sum_keeps_dtype(node))

    def _taken_together(self, node: Node, moved: dict[Node, Node]) -> Node | None:
        """Record a sum or a stack of lanes on all rows; return None for other nodes."""
        if node.op is concatenate_p.op:
            return self._stacked(node)
        if node.op is UFUNCS["add"] and not self._is_inner(node):
            return self._summed(node, moved)
        return None

    def _is_inner(self, node: Node) -> bool:
        """Return whether the node is part of a larger sum, or of a whole expression."""
        expression = self.lane.get(node)
        if expression is not None and expression[0].rows is not None:
            return True
        return any(
            user.op is UFUNCS["add"] and user.shape == node.shape and self.users[node] == 1
            for user in self.used_by.get(node, ())
        )

    def _terms(self, node: Node) -> list[Node]:
        """Return the terms of a sum of sums, in order."""
        terms: list[Node] = []
        waiting = [node]
        while waiting:
            term = waiting.pop()
            found = self.lane.get(term)
            part = found is not None and found[0].rows is not None
            inner = term is node or self.users[term] == 1
            if term.op is UFUNCS["add"] and inner and not part and term.shape == node.shape:
                waiting.extend(reversed(term.inputs))
            else:
                terms.append(term)
        return terms

    def _summed(self, node: Node, moved: dict[Node, Node]) -> Node | None:
        """Record a sum whose terms include all lanes of an expression; return None if they do not."""
        terms = self._terms(node)
        by: dict[Expression, list[int]] = {}
        for term in terms:
            if term in self.lane:
                expression, row = self.lane[term]
                by.setdefault(expression, []).append(row)
        whole = {
            e
            for e, rows in by.items()
            if e.rows and sorted(rows) == sorted(e.lanes) and _sum_keeps_dtype(node)
        }
        if not whole:
            return None
        parts: list[Node] = []
        for term in terms:
            found = self.lane.get(term)
            if found is None or found[0] not in whole:
                parts.append(moved[term])
            elif found[0].rows is not None and found[1] == found[0].rows[0]:
                together = self._rows(found[0], found[0].rows)
                parts.append(self.graph.apply(reduce_sum_p.op, [together.node], (("axis", (0,)),)))
        total = parts[0]
        for part in parts[1:]:
            total = self.graph.apply(UFUNCS["add"], [total, part])
        return total

    def _stacked(self, node: Node) -> Node | None:
        """Record a stack of all lanes of an expression; return None if it is not one."""
        found = [self.lane.get(i) for i in node.inputs]
        if node.option("axis") != 0 or found[0] is None:
            return None
        expression = found[0][0]
        rows = [pair[1] for pair in found if pair is not None and pair[0] is expression]
        if expression.rows is None or rows != sorted(expression.lanes) or len(rows) < len(found):
            return None
        together = self._rows(expression, expression.rows)
        return self.graph.apply(reshape_p.op, [together.node], (("shape", node.shape),))

    def _rows(self, expression: Expression, rows: Rows) -> Any:
        """Return the expression on all rows: a list if it has several results."""
        key = (expression, rows)
        if key not in self.together:
            self.together[key] = self._record(expression, rows)
        return self.together[key]

    def _record(self, expression: Expression, rows: Rows) -> Any:
        """Record an expression on all rows, by the rule that also serves batches."""
        first, count = rows
        lane = expression.lanes[first]
        if lane.inputs[0] in self.looped and not isinstance(expression.inputs[0], Expression):
            (x,) = lane.inputs
            places = ((first, first + count, 1), *lane.option("places")[1:])
            if places == tuple((0, n, 1) for n in x.shape):
                return Tracer(self.graph, x)
            return Tracer(self.graph, self.graph.apply(get_slice_p.op, [x], (("places", places),)))
        operands = [
            Operand(self._rows(i, rows), count)
            if isinstance(i, Expression)
            else Operand(Tracer(self.graph, i), None)
            for i in expression.inputs
        ]
        with self.graph.at(lane.origin):
            return axes_of(lane.op).batched(lane, operands, count)
