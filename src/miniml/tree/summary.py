"""A table of a tree's leaves."""

from typing import Any

import attrs
import numpy as np

from miniml.tree.names import named_leaves


@attrs.frozen
class Row:
    """One leaf in a summary: name, type, shape, dtype, number of elements, bytes."""

    name: str
    type: str
    shape: tuple[int, ...]
    dtype: str
    count: int
    nbytes: int


class Summary:
    """The table of a tree's leaves: made by `summary`, printed by `print`."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows

    @property
    def count(self) -> int:
        """The number of elements of all leaves: the number of parameters."""
        return sum(row.count for row in self.rows)

    @property
    def nbytes(self) -> int:
        """The bytes of all leaves."""
        return sum(row.nbytes for row in self.rows)

    def __str__(self) -> str:
        table = [("name", "type", "shape", "dtype", "count", "bytes")]
        table += [
            (row.name, row.type, str(row.shape), row.dtype, f"{row.count:,}", f"{row.nbytes:,}")
            for row in self.rows
        ]
        table.append(("total", "", "", "", f"{self.count:,}", f"{self.nbytes:,}"))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join(
            "  ".join(
                cell.rjust(width) if i > 3 else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in table
        )

    __repr__ = __str__


def summary(tree: Any) -> Summary:
    """Return a table of the leaves: name, type, shape, dtype, count and bytes of each.

    Args:
        tree: any tree.

    Returns:
        The table; print it, or read its `rows`, `count` and `nbytes`.

    Example:
        >>> import numpy as np
        >>> print(summary({"w": np.zeros((2, 3)), "b": 1.0}))
        name   type     shape   dtype    count  bytes
        b      float    ()      float64      1      8
        w      ndarray  (2, 3)  float64      6     48
        total                                7     56
    """
    return Summary(tuple(_row(name, leaf) for name, leaf in named_leaves(tree).items()))


def _row(name: str, leaf: Any) -> Row:
    array = np.asarray(leaf)
    kind = type(leaf).__name__
    return Row(name, kind, array.shape, str(array.dtype), array.size, array.nbytes)
