"""A table of the leaves of a tree."""

import html
from typing import Any

import attrs
import numpy as np

from miniml.tree.names import named_leaves


@attrs.frozen
class Row:
    """One leaf in a summary.

    Attributes:
        name: Its dotted name.
        type: The name of its type.
        shape: The length of each axis; `()` for a number.
        dtype: The type of the elements; for a Python number, its dtype in NumPy.
        count: The number of elements.
        nbytes: The size of the elements in bytes.
        values: The minimum, mean and maximum of the elements, on request.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    dtype: str
    count: int
    nbytes: int
    values: tuple[float, float, float] | None = None


@attrs.frozen(repr=False)
class Summary:
    """The table of the leaves of a tree, made by `summary`; print, rich and notebooks show it.

    Attributes:
        rows: One row per leaf, in order.
        with_values: Whether the rows have minimum, mean and maximum.
    """

    rows: tuple[Row, ...]
    with_values: bool = False

    @property
    def count(self) -> int:
        """The number of elements of all leaves: the number of parameters."""
        return sum(row.count for row in self.rows)

    @property
    def nbytes(self) -> int:
        """The size of all leaves in bytes."""
        return sum(row.nbytes for row in self.rows)

    def _table(self) -> list[list[str]]:
        """Return the header, the rows and the total as text."""
        none = [""] * 3 if self.with_values else []
        head = ["name", "type", "shape", "dtype", "count", "bytes"]
        table = [[*head, "min", "mean", "max"] if self.with_values else head]
        for row in self.rows:
            cells = [row.name, row.type, str(row.shape), row.dtype]
            cells += [f"{row.count:,}", f"{row.nbytes:,}"]
            table.append([*cells, *([f"{v:.4g}" for v in row.values] if row.values else none)])
        return [*table, ["total", "", "", "", f"{self.count:,}", f"{self.nbytes:,}", *none]]

    def __str__(self) -> str:
        table = self._table()
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join(
            "  ".join(
                cell.rjust(width) if i > 3 else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in table
        )

    __repr__ = __str__

    def __rich__(self) -> object:
        from rich.table import Table  # noqa: PLC0415 - rich asked for this, so it is here
        from rich.text import Text  # noqa: PLC0415

        head, *rows, total = self._table()
        table = Table(show_footer=True)
        for i, (title, footer) in enumerate(zip(head, total, strict=True)):
            table.add_column(title, footer, justify="right" if i > 3 else "left")
        for row in rows:
            table.add_row(*map(Text, row))  # a name may look like markup
        return table

    def _repr_html_(self) -> str:
        head, *rows = self._table()
        lines = ["".join(f"<th>{html.escape(cell)}</th>" for cell in head)]
        sides = ["left"] * 4 + ["right"] * 5
        lines += [
            "".join(
                f"<td style='text-align: {side}'>{html.escape(cell)}</td>"
                for side, cell in zip(sides, row, strict=False)
            )
            for row in rows
        ]
        return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def summary(tree: Any, *, values: bool = False) -> Summary:
    """Return a table of the leaves: name, type, shape, dtype, count and bytes of each.

    Args:
        tree: Any tree.
        values: Whether to add minimum, mean and maximum of each leaf.

    Returns:
        The table; print it, or read its `rows`, `count` and `nbytes`.

    Raises:
        TypeError: If a leaf is a container of numbers that is no node, such as a dataclass.

    Example:
        >>> import numpy as np
        >>> print(summary({"w": np.zeros((2, 3)), "b": 1.0}))
        name   type     shape   dtype    count  bytes
        b      float    ()      float64      1      8
        w      ndarray  (2, 3)  float64      6     48
        total                                7     56
    """
    rows = (_row(name, leaf, values=values) for name, leaf in named_leaves(tree).items())
    return Summary(tuple(rows), values)


def _row(name: str, leaf: Any, *, values: bool) -> Row:
    array = np.asarray(leaf)
    found = None
    if values and array.size and array.dtype.kind in "biuf":
        found = float(np.min(array)), float(np.mean(array)), float(np.max(array))
    kind, dtype = type(leaf).__name__, str(array.dtype)
    return Row(name, kind, array.shape, dtype, array.size, array.nbytes, found)
