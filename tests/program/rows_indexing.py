"""Indexing, choosing and sorting."""

from typing import Any

from tests.program.table import row


def unpacked(np: Any, x: Any) -> Any:
    a, b, c = x
    return a * b + c


row("x[i]", lambda np, x: x[1] ** 2)
row("x[i, j]", lambda np, x: x[-1, 2] ** 2)
row("x[a:b]", lambda np, x: x[1:] * x[:-1])
row("x[:, ::-2]", lambda np, x: x[:, ::-2] ** 2)
row("x[..., None]", lambda np, x: x[..., None, 1] ** 2)
row("iteration", lambda np, x: sum(r[0] * r[1] for r in x))
row("unpacking", unpacked)
