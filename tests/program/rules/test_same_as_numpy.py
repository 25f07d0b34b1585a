"""Cases in which NumPy's value, shape or dtype takes care."""

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml

REALS = np.arange(24.0) / 7.0 - 1.0
SINGLES = REALS.astype(np.float32)
EXTENDED, TENTH = REALS.astype(np.longdouble), np.longdouble("0.1")
INTEGERS = np.arange(-12, 12)
BYTES = np.array([3, 250, 7, 0, 255, 1], np.uint8)
WIDE = 400_000_000 * np.arange(12, dtype=np.int32).reshape(6, 2)
LARGEST = np.iinfo(np.int64).max
ONCE, TWICE = [0.5], [0.0, 1.0, 1.0]


def added(x: Any) -> Any:
    """A loop over rows, whose sum starts with the first."""
    return functools.reduce(operator.add, [x[i] for i in range(len(x))])


IDIOMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "minimum, largest integer": (lambda x: np.minimum(x, LARGEST), INTEGERS),
    "maximum, beyond 53 bits": (lambda x: np.maximum(x, 2**53 + 1) - 2**53, INTEGERS),
    "minimum, more than 64 bits": (lambda x: np.minimum(x, TENTH) - TENTH, EXTENDED),
    "number of more than 64 bits": (lambda x: np.sum(x) * TENTH, EXTENDED),
    "signs of zeros": (lambda x: 1.0 / np.where(x > 9, 1.0, 0.0 * x), -np.abs(REALS)),
    "-0 where not": (lambda x: 1.0 / np.where(x > 0, x, -0.0), REALS),
    "numbers of a condition": (lambda x: np.where(np.sum(x) > 0, np.float32(1.1), 2), SINGLES),
    "bytes of a condition": (lambda x: np.where(np.sum(x) > 0, np.int8(1), np.int8(2)), REALS),
    "select": (lambda x: np.select([x > 0, x < -1], [x, 2]), SINGLES),
    "sum of rows that wraps": (lambda x: sum(x[i] for i in range(6)), WIDE),
    "sum of numbers that wraps": (lambda x: sum(x[i, 0] for i in range(6)), WIDE),
    "sum of products that wraps": (lambda x: sum(x[i] @ x[i] for i in range(6)), WIDE),
    "stack of products that wraps": (
        lambda x: np.stack([r @ r for r in x]),
        np.tile(BYTES, (6, 1)),
    ),
    "sum of bytes": (added, BYTES),
    "sum of bools": (added, BYTES > 5),
    "count of bools": (lambda x: sum(x[i] for i in range(6)), BYTES > 5),
    "round, tens": (lambda x: np.round(3 * x, -1), INTEGERS),
    "gradient of bytes": (np.gradient, BYTES),
    "diff of bools": (lambda x: np.diff(x > 3), BYTES),
    "interp, of one": (lambda x: np.interp(x, ONCE, [2.0], left=0.0), np.array([0.0, 0.5, 1.0])),
    "interp, a place twice": (
        lambda x: np.interp(x, TWICE, [2, 3, 4]),
        np.array([-1, 0, 0.5, 1, 2]),
    ),
    "insert, columns": (lambda x: np.insert(x, 1, x[:, :1], axis=1), REALS.reshape(4, 6)),
    "insert, a row in each": (lambda x: np.insert(x, -1, x[0, 0], axis=1), REALS.reshape(4, 2, 3)),
    "linspace of integers": (lambda x: np.linspace(x[0] - 2.5, x[5], 7, dtype=int), REALS),
    "cov of one point": (lambda x: np.cov(x, rowvar=False, bias=True), REALS.reshape(1, 24)),
    "slices of nothing": (
        lambda x: (x[-99:3:-1], x[5:3], x[30:40], x[2:-99:-1], x[-99:-30], x[3:5:-1]),
        REALS,
    ),
    "linspace of bytes": (lambda x: np.linspace(x[1:], x[:-1], 3), BYTES),
    "ends of linspace": (lambda x: np.linspace(x, 0.7, 6)[-1] - 0.7, REALS),
    "average of bytes": (lambda x: np.average(x, weights=x), BYTES),
    "products with numbers": (
        lambda x: (np.outer(300, x), np.kron(300, x), np.inner(300, x), np.tensordot(-2, x, 0)),
        BYTES,
    ),
    "more products with numbers": (
        lambda x: (np.dot(0.1, x), np.einsum(",i->i", 0.1, x), np.polyval(x[:2], 0.1)),
        SINGLES,
    ),
    "roots of what has none": (
        lambda x: (x**0.5, 1.0 / x**0.5, x**-1, np.sum(x) ** 0.5),
        np.array([-np.inf, -0.0, 4.0], np.float16),
    ),
    "square of bools": (lambda x: (x * (x > 0) ** 2, (np.sum(x) > 0) ** 2), SINGLES),
    "round of bools": (lambda x: np.round(x > 0), REALS),
    "choose numbers": (lambda x: np.choose((x > 0) + 1 * (x > 1), [x, 2.0, 3]), SINGLES),
    "float_power": (lambda x: np.float_power(x, 2), EXTENDED),
    "float_power of bytes": (lambda x: (np.float_power(x, -1), np.float_power(x, 300)), BYTES[:2]),
    "float_power, wide number": (lambda x: np.float_power(1e300, x), SINGLES[8:16]),
    "parts of small integers": (lambda x: (*np.modf(x), *np.frexp(x)), BYTES),
    "running sums in asked types": (
        lambda x: (np.cumsum(x, dtype=np.int8), np.cumsum(x > 0, dtype=bool)),
        30.0 * np.arange(9.0),
    ),
    "running products in asked types": (lambda x: np.cumprod(x, dtype=np.uint8), np.arange(1.0, 9)),
    "std of more than 64 bits": (lambda x: np.std(x) - np.sqrt(np.var(x)), EXTENDED),
    "quantile at a NumPy number": (lambda x: np.quantile(x, np.float64(0.3)), SINGLES),
    "array of more axes": (lambda x: np.array(x, np.float32, ndmin=3, like=x), REALS),
    "count of answers": (
        lambda x: np.array_equal(x, x) + np.allclose(x, x) + np.array_equal(x, x[1:]),
        REALS,
    ),
    "products over nothing": (
        lambda x: (np.inner(x, x), np.tensordot(x, x, ([1], [1])), x @ x.T),
        np.zeros((3, 0)),
    ),
    "quantiles of no rows": (lambda x: (np.percentile(x, 50, 1), np.median(x, 1)), np.ones((0, 4))),
    "another order of bytes": (
        lambda x: (np.where(x > 0, x, 0), np.where(x > 0, x, -x), np.sum(x * x), np.stack([x, x])),
        REALS.astype(">f8"),
    ),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own, for the oracle
@pytest.mark.parametrize(("function", "x"), IDIOMS.values(), ids=IDIOMS)
def test_idiom(function: Callable[..., Any], x: Any) -> None:
    """The program's result is the function's."""
    expected, found = function(x), ml.jit(function)(x)
    several = isinstance(expected, tuple)
    for e, f in zip(*(((expected,), (found,)) if not several else (expected, found)), strict=True):
        np.testing.assert_allclose(f, e, rtol=1e-15)
        assert (np.shape(f), np.asarray(f).dtype) == (np.shape(e), np.asarray(e).dtype)


@pytest.mark.parametrize("shape", [(0, 4), (3, 0)])
@pytest.mark.parametrize("function", [np.prod, np.cumprod])
def test_gradients_of_products_of_nothing(function: Any, shape: tuple[int, int]) -> None:
    """Gradients by empty parameters are empty."""
    for axis in (0, 1):
        slope = ml.grad(lambda x, axis=axis: np.sum(function(x, axis)))(np.ones(shape))
        assert slope.shape == shape


def test_a_length_that_nothing_tells() -> None:
    """A shape with -1 and an axis of no elements is refused, as by NumPy."""
    with pytest.raises(ValueError, match=r"cannot reshape array of size 0 into shape \(0, -1\)"):
        ml.jit(lambda x: np.reshape(x, (0, -1)))(np.ones((0, 4)))


def test_a_python_number_through_a_function() -> None:
    """The result is then a NumPy number, whose dtype does not adapt."""
    found = ml.jit(lambda n, x: (np.max(n) * x, np.copy(n) * x, np.kron(n, x)))(0.1, SINGLES)
    for f in found:
        np.testing.assert_array_equal(f, np.float64(0.1) * SINGLES)
        assert f.dtype == np.float64


def test_an_index_of_a_table_that_is_not_traced() -> None:
    """The error for indexing that cannot be traced names a form that can."""
    labels = np.array([0, 2])
    with pytest.raises(
        ml.TraceError, match=r"write np\.asarray\(np\.eye\(3\), like=labels\)\[labels\]"
    ):
        ml.jit(lambda labels: np.eye(3)[labels])(labels)
    found = ml.jit(lambda labels: np.asarray(np.eye(3), like=labels)[labels])(labels)
    np.testing.assert_array_equal(found, np.eye(3)[labels])


@pytest.mark.parametrize("order", ["A", "K"])
def test_an_order_that_depends_on_memory_is_refused(order: Any) -> None:
    """An order that depends on strides is refused, since a trace knows none."""
    with pytest.raises(ml.TraceError, match=f"order='{order}' depends on the memory order"):
        ml.jit(lambda x: np.ravel(x, order))(REALS)


def test_uneven_sections_are_refused() -> None:
    """A number of sections that does not divide the array is refused, also as a NumPy integer."""
    with pytest.raises(ValueError, match="equal division"):
        ml.jit(lambda x: np.split(x, np.int64(5)))(REALS)


def test_an_insertion_beyond_the_end_is_refused() -> None:
    """An index out of bounds is refused as by NumPy, though a slice would stop at the end."""
    with pytest.raises(IndexError, match="index 30 is out of bounds for axis 0 of size 24"):
        ml.jit(lambda x: np.insert(x, 30, 0.0))(REALS)


REFUSED: dict[str, tuple[type[Exception], Callable[..., Any], Any]] = {
    "astype": (TypeError, lambda x: x.astype(int, casting="safe"), REALS),
    "concatenate": (TypeError, lambda x: np.concatenate([x, INTEGERS], casting="no"), REALS),
    "einsum": (TypeError, lambda x: np.einsum("i->", x, dtype=np.float32), REALS),
    "bins": (ValueError, lambda x: np.digitize(x, [0.0, 2.0, 1.0]), REALS),
    "indices": (ValueError, lambda x: np.take_along_axis(x, np.eye(2, dtype=int), None), REALS),
    "groups": (ValueError, lambda x: np.bincount([-1, 2], x), np.ones(2)),
}


@pytest.mark.parametrize(("error", "function", "x"), REFUSED.values(), ids=REFUSED)
def test_what_numpy_refuses(error: Any, function: Callable[..., Any], x: Any) -> None:
    """An argument that NumPy refuses by its type or value is refused."""
    with pytest.raises(error):
        function(x)
    with pytest.raises(error):
        ml.jit(function)(x)


@given(number=st.integers(-400, 400), dtype=st.sampled_from(["i1", "u1", "i4", "u8"]))
def test_a_python_integer_must_fit_when_it_is_an_argument(number: int, dtype: str) -> None:
    """An integer that does not fit the dtype of the array beside it is refused, as by NumPy."""
    x = np.arange(3).astype(dtype)
    program = ml.jit(lambda x, number: (x + number, np.minimum(number, x)))
    try:
        expected = x + number, np.minimum(number, x)
    except OverflowError:
        with pytest.raises(OverflowError, match=f"Python integer {number} out of bounds"):
            program(x, number)
        return
    for e, f in zip(expected, program(x, number), strict=True):
        np.testing.assert_array_equal(f, e)
        assert f.dtype == e.dtype


FACTORS = st.one_of(
    st.integers(-60, 60).map(lambda power: 2.0**power),
    st.floats(1e-50, 1e50),
    st.floats(-2.0, -0.1),
)


@given(c=FACTORS, d=FACTORS, x=st.lists(st.floats(-1e50, 1e50).filter(lambda v: abs(v) > 1e-50)))
def test_factors_are_joined_where_nothing_is_rounded(c: float, d: float, x: list[float]) -> None:
    """Two factors in a row give NumPy's bits, merged or not."""
    values = np.array(x)
    np.testing.assert_array_equal(ml.jit(lambda x: c * (d * x))(values), c * (d * values))
    np.testing.assert_array_equal(ml.jit(lambda x: (x * d) * c)(values), (values * d) * c)


def test_a_mean_of_squares_scales_its_gradient_once() -> None:
    """The 2 of the square and the factor of the mean are merged."""
    source = ml.grad(lambda x: np.mean(np.square(x))).source(np.ones(50))
    assert source.count("multiply") == 1
    assert "array(0.04)" in source


@pytest.mark.parametrize(("c", "d"), [(1e300, 2.0**50), (2.0**-1000, 1e-30), (0.1, 0.3)])
def test_factors_whose_product_is_no_number_or_rounded_stay_two(c: float, d: float) -> None:
    """Factors whose product overflows, underflows or is rounded are not merged."""
    assert ml.jit(lambda x: c * (d * x)).source(np.ones(2)).count("multiply") == 2
