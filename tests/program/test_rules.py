"""Every rule: its value against NumPy, its first and second derivative against differences."""

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest

from miniml.transforms import grad, jit

ROWS: "list[Row]" = []


@attrs.frozen
class Row:
    """A function of arrays, and the shapes and the range of the arrays to try it on."""

    name: str
    function: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...]
    low: float
    high: float

    def arrays(self, dtype: str = "f8") -> list[Any]:
        rng = np.random.default_rng(len(self.name))
        return [rng.uniform(self.low, self.high, shape).astype(dtype) for shape in self.shapes]


def row(
    name: str,
    function: Callable[..., Any],
    *shapes: tuple[int, ...],
    low: float = -2.0,
    high: float = 2.0,
) -> None:
    ROWS.append(Row(name, function, shapes or ((3, 4),), low, high))


UNARY: list[np.ufunc] = [
    *(np.negative, np.positive, np.absolute, np.square, np.exp, np.exp2, np.expm1, np.sin, np.cos),
    *(np.arctan, np.sinh, np.cosh, np.tanh, np.sign, np.floor, np.rint),
]
POSITIVE: list[np.ufunc] = [np.sqrt, np.reciprocal, np.log, np.log2, np.log10, np.log1p]
SMALL: list[np.ufunc] = [np.tan, np.arcsin, np.arccos]
BINARY: list[np.ufunc] = [np.add, np.subtract, np.multiply, np.logaddexp, np.maximum, np.minimum]
for ufunc in UNARY:
    row(ufunc.__name__, ufunc)
for ufunc in POSITIVE:
    row(ufunc.__name__, ufunc, low=0.5, high=3.0)
for ufunc in SMALL:
    row(ufunc.__name__, ufunc, low=-0.9, high=0.9)
for ufunc in BINARY:
    row(ufunc.__name__, ufunc, (3, 4), (3, 4))
    row(f"{ufunc.__name__}, broadcast", ufunc, (3, 1), (4,))
    row(f"{ufunc.__name__}, scalar", ufunc, (), (4,))
row("divide", np.divide, (3, 4), (4,), low=0.5)
row("power", np.power, (3, 4), (4,), low=0.5)
row("x ** 2", lambda x: x**2)
row("x ** 3", lambda x: x**3)
row("2 ** x", lambda x: 2.0**x)
row("maximum(x, 0)", lambda x: np.maximum(x, 0.0))
row("logaddexp(0, x)", lambda x: np.logaddexp(0.0, x))
row("where", lambda a, b: np.where(a > b, a * b, b), (3, 4), (4,))
row("operators", lambda a, b: -a * b + a / (b + 4.0) - 2.0 * abs(b) + 1, (3, 4), (4,))

row("sum", np.sum)
row("sum, axis", lambda x: np.sum(x, axis=1))
row("sum, axes", lambda x: np.sum(x, axis=(0, -1)), (2, 3, 4))
row("sum, keepdims", lambda x: x / np.sum(x, axis=-1, keepdims=True), low=0.5)
row("sum, where", lambda x: np.sum(x, where=np.arange(4) > 1))
row("x.sum()", lambda x: x.sum(0))
row("add.reduce", np.add.reduce)
row("mean", np.mean)
row("mean, axis", lambda x: x.mean(axis=0, keepdims=True))
row("mean, where", lambda x: np.mean(x, axis=1, where=np.arange(4) > 1))
row("max", np.max)
row("max, axis", lambda x: np.max(x, axis=1))
row("min, axis", lambda x: x.min(axis=0))
row("maximum.reduce", lambda x: np.maximum.reduce(x, axis=1))

row("matmul, 1-1", np.matmul, (3,), (3,))
row("matmul, 1-2", np.matmul, (3,), (3, 4))
row("matmul, 2-1", np.matmul, (2, 3), (3,))
row("matmul, 2-2", lambda a, b: a @ b, (2, 3), (3, 4))
row("matmul, 3-1", np.matmul, (2, 3, 4), (4,))
row("matmul, 1-3", np.matmul, (3,), (2, 3, 4))
row("matmul, 3-3", np.matmul, (2, 3, 4), (2, 4, 5))
row("matmul, broadcast", np.matmul, (2, 1, 3, 4), (5, 4, 2))
row("matmul, 3-2", np.matmul, (2, 3, 4), (4, 5))
row("dot", np.dot, (2, 3), (3,))

row("reshape", lambda x: np.reshape(x, (2, -1)) ** 2)
row("x.reshape()", lambda x: x.reshape(4, 3) ** 2)
row("ravel", lambda x: x.ravel() ** 2)
row("T", lambda x: x.T**2)
row("transpose", lambda x: np.transpose(x, (1, 2, 0)) ** 2, (2, 3, 4))
row("swapaxes", lambda x: np.swapaxes(x, 0, 1) ** 2)
row("expand_dims", lambda x: np.expand_dims(x, (0, 2)) ** 2)
row("squeeze", lambda x: np.squeeze(x, 1) ** 2, (3, 1, 2))
row("broadcast_to", lambda x: np.broadcast_to(x, (2, 3)) ** 2, (3,))
row("concatenate", lambda a, b: np.concatenate([a, b], axis=1) ** 2, (2, 3), (2, 2))
row("stack", lambda a, b: np.stack([a, b, a], axis=1) ** 2, (2, 3), (2, 3))


def unpacked(x: Any) -> Any:
    a, b, c = x
    return a * b + c


row("x[i]", lambda x: x[1] ** 2)
row("x[i, j]", lambda x: x[-1, 2] ** 2)
row("x[a:b]", lambda x: x[1:] * x[:-1])
row("x[:, ::-2]", lambda x: x[:, ::-2] ** 2)
row("x[..., None]", lambda x: x[..., None, 1] ** 2)
row("iteration", lambda x: sum(r[0] * r[1] for r in x))
row("unpacking", unpacked)

rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def weighted(row: Row) -> Callable[..., Any]:
    """The function's result times fixed weights: a scalar that shows every element."""

    def scalar(arrays: list[Any]) -> Any:
        y = row.function(*arrays)
        weights = np.random.default_rng(1).uniform(0.5, 1.5, np.shape(y))
        return np.sum(weights * y)

    return scalar


def differences(f: Callable[[list[Any]], Any], arrays: list[Any], step: float) -> list[Any]:
    """The gradient of a scalar function by central differences."""
    gradients = []
    for position, array in enumerate(arrays):
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for sign in (1.0, -1.0):
                moved = [np.array(a) for a in arrays]
                moved[position][place] += sign * step
                ends.append(f(moved))
            slope[place] = (ends[0] - ends[1]) / (2.0 * step)
        gradients.append(slope)
    return gradients


@rows
def test_value(row: Row) -> None:
    """A program's result is NumPy's, in value, shape and dtype."""
    for dtype in ("f8", "f4"):
        arrays = row.arrays(dtype)
        expected = row.function(*arrays)
        found = jit(row.function)(*arrays)
        np.testing.assert_allclose(found, expected, rtol=1e-12 if dtype == "f8" else 1e-5)
        assert np.shape(found) == np.shape(expected)
        assert found.dtype == expected.dtype


@rows
def test_gradient(row: Row) -> None:
    """A rule's derivative is the one that central differences find."""
    f = weighted(row)
    arrays = row.arrays()
    expected = differences(f, arrays, 1e-6)
    for e, g in zip(expected, grad(f)(arrays), strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-6, atol=1e-8)


@rows
def test_second_derivative(row: Row) -> None:
    """A derivative can be derived again."""
    f = weighted(row)
    arrays = row.arrays()

    def slope(arrays: list[Any]) -> Any:
        return sum(np.sum(np.sin(g)) for g in grad(f)(arrays))

    for e, g in zip(differences(slope, arrays, 1e-6), grad(slope)(arrays), strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-7)


@rows
def test_dtype(row: Row) -> None:
    """The gradient of a float32 array is a float32 array."""
    arrays = row.arrays("f4")
    for array, gradient in zip(arrays, grad(weighted(row))(arrays), strict=True):
        assert gradient.dtype == array.dtype
        assert gradient.shape == array.shape
