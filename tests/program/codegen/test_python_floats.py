"""Loops on scalars run on Python's floats, to the same bits as NumPy's."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml

Term = Callable[[dict[str, Any]], Any]

BINARY: list[Any] = [
    *(np.add, np.subtract, np.multiply, np.true_divide, np.maximum, np.minimum),
    *(np.arctan2, np.copysign, np.fmax, np.logaddexp, np.hypot),
    lambda a, b: abs(a) ** b,
    lambda a, b: np.where(a < b, a, b * 2.0),
    lambda a, b: np.where(a != b, 1.5, b),
    lambda a, b: np.where((a >= b) & ~(a > 1.0), 0.5, -0.5) * a,
    lambda a, b: (a > b) * b + (a == 0.0),
]
UNARY: list[Any] = [
    *(np.negative, np.absolute, np.exp, np.log, np.sqrt, np.tanh, np.sign, np.floor, np.square),
    lambda a: a.astype(np.float32) * np.float32(1.1),
    lambda a: a + np.sum(np.ones(3) * a),
    lambda a: np.clip(a, -1.0, 2.0),
    lambda a: 1.0 / a,
    lambda a: np.isnan(a) * 1.0,
]


def terms() -> st.SearchStrategy[Term]:
    """Expressions of what is carried, a row and what all steps share."""
    leaves: st.SearchStrategy[Term] = st.sampled_from("crw").map(operator.itemgetter)

    def wider(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        def unary(f: Any, a: Term) -> Term:
            return lambda at: f(a(at))

        def binary(f: Any, a: Term, b: Term) -> Term:
            return lambda at: f(a(at), b(at))

        return st.builds(unary, st.sampled_from(UNARY), inner) | st.builds(
            binary, st.sampled_from(BINARY), inner, inner
        )

    return st.recursive(leaves, wider, max_leaves=6)


NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -2.0, 0.5, 3.7, 1e200, -1e-300, np.inf, -np.inf, np.nan])


@given(terms(), terms(), NUMBERS, st.lists(NUMBERS, min_size=1, max_size=4), NUMBERS)
def test_as_numpy(
    carried: Term, made: Term, start: float, rows: list[float], shared: float
) -> None:
    """Whatever is computed, of infinities, NaN and zeros too: no step raises, all give NumPy's bits."""
    each = np.array(rows)

    def step(c: Any, r: Any, w: Any) -> tuple[Any, Any]:
        at = {"c": c, "r": r, "w": w}
        return np.float64(1.0) * carried(at), np.float64(1.0) * made(at)

    program = ml.jit(lambda c, rs, w: ml.scan(lambda c, r: step(c, r, w), c, rs))
    with np.errstate(all="ignore"):
        last, results = program(np.float64(start), each, np.float64(shared))
        c, wanted = np.float64(start), []
        for r in each:
            c, y = step(c, r, np.float64(shared))
            wanted.append(y)
    assert (last.dtype, results.dtype) == (np.float64, np.float64)
    np.testing.assert_allclose(last, c, rtol=1e-15)
    np.testing.assert_allclose(results, wanted, rtol=1e-15)


def test_the_source_has_no_numbers_of_numpy() -> None:
    """A recurrence adds and multiplies Python's floats."""

    def loss(w: Any, y: Any) -> Any:
        return np.sum(ml.scan(lambda c, r: (0.5 * c + w * r, c * c), 0.0, y)[1])

    source = ml.value_and_grad(loss).source(0.3, np.ones(100))
    assert ".tolist()" in source
    assert "= float64(" not in source


@pytest.mark.parametrize("kind", [np.float32, np.int64, np.bool_])
def test_other_dtypes_stay_numpys(kind: type[np.generic]) -> None:
    """Numbers of other dtypes round and wrap as NumPy's."""
    rows = np.array([1, 0, 1, 1], kind)

    def step(c: Any, r: Any) -> tuple[Any, Any]:
        c = np.logical_xor(c, r) if kind is np.bool_ else c * kind(7) + r
        return c, c * 0.1

    def run(rows: Any) -> Any:
        return ml.scan(step, rows[0], np.tile(rows, 8))

    with np.errstate(over="ignore"):
        found, wanted = ml.jit(run)(rows), run(rows)
    assert found[0].dtype == wanted[0].dtype
    np.testing.assert_array_equal(found[0], wanted[0])
    np.testing.assert_array_equal(found[1], wanted[1])
