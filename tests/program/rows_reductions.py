"""Reductions and scans."""

from numpy import arange

from tests.program.table import row

MASK = arange(4) > 1

row("sum", lambda np, x: np.sum(x) ** 2)
row("sum, axis", lambda np, x: np.sum(x, axis=1) ** 2)
row("sum, axes", lambda np, x: np.sum(x, axis=(0, -1)) ** 2, (2, 3, 4))
row("sum, keepdims", lambda np, x: x / np.sum(x, axis=-1, keepdims=True), low=0.5)
row("sum, where", lambda np, x: np.sum(x, where=MASK) ** 2)
row("x.sum()", lambda np, x: x.sum(0) ** 2)
row("add.reduce", lambda np, x: np.add.reduce(x) ** 2)
row("mean", lambda np, x: np.mean(x) ** 2)
row("mean, axis", lambda np, x: x.mean(axis=0, keepdims=True) ** 2)
row("mean, where", lambda np, x: np.mean(x, axis=1, where=MASK) ** 2)
row("max", lambda np, x: np.max(x) ** 2)
row("max, axis", lambda np, x: np.max(x, axis=1) ** 2)
row("min, axis", lambda np, x: x.min(axis=0) ** 2)
row("maximum.reduce", lambda np, x: np.maximum.reduce(x, axis=1) ** 2)
