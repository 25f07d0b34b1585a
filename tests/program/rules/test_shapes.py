"""Functions of shapes and axes are NumPy's, for numbers and empty arrays too."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from tests.program.shape_cases import check_call

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own, for the oracle
ONE: Any = np.int64(1)  # whose types NumPy does not take everywhere
TWO: Any = np.int64(2)
THREE: Any = np.int64(3)
X = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize("first", range(0, 1000, 100))
def test_random_calls(first: int) -> None:
    """A traced call gives NumPy's value, shape and dtype, and is refused where NumPy raises."""
    for seed in range(first, first + 100):
        check_call(seed)


REDUCED: dict[str, tuple[Callable[[Any], Any], float]] = {
    "sum": (lambda b: np.sum(b, axis=-1), 1.0),
    "prod": (lambda b: np.prod(b, axis=0), 1.0),
    "max": (lambda b: np.max(b, axis=-1, keepdims=True), 1.0),
    "softmax": (ml.softmax, 0.0),
    "logsumexp": (lambda b: np.logaddexp.reduce(b, axis=-1), 1.0),
    "cumsum": (lambda b: np.sum(np.cumsum(b, axis=0)), 1.0),
    "take": (lambda b: np.sum(np.take(b, [0, 0, -1], axis=0)), 3.0),
    "column_stack": (lambda b: np.sum(np.column_stack([b, 2.0, b * b])), 7.0),
}


@pytest.mark.parametrize("name", REDUCED)
def test_a_number_has_an_axis_in_reductions(name: str) -> None:
    """The axes 0 and -1 of a number are taken where NumPy takes them, and have a gradient."""
    function, slope = REDUCED[name]
    np.testing.assert_allclose(ml.jit(function)(3.0), function(np.float64(3.0)))
    assert ml.grad(lambda b: np.sum(function(b)))(3.0) == pytest.approx(slope)
    batch = np.array([3.0, 4.0])
    np.testing.assert_allclose(ml.vmap(function)(batch), [function(b) for b in batch])


@pytest.mark.parametrize("function", [np.median, np.nanmedian, np.nanmean, np.mean])
def test_of_nothing_there_is_no_middle(function: Any) -> None:
    """A median over an empty axis is NaN, as in NumPy."""
    for shape, axis in (((0, 3), 0), ((0, 3), 1), ((2, 0), 1), ((0,), None)):
        found = ml.jit(lambda x, a=axis: function(x, axis=a))(np.ones(shape))
        np.testing.assert_array_equal(found, function(np.ones(shape), axis=axis))
        assert ml.grad(lambda x, a=axis: np.sum(function(x, axis=a)))(np.ones(shape)).shape == shape


def test_a_quantile_of_nothing_is_refused() -> None:
    """NumPy raises too; nanquantile is NaN."""
    with pytest.raises(IndexError, match="a quantile of no elements"):
        ml.jit(lambda x: np.quantile(x, 0.5, axis=0))(np.ones((0, 3)))
    assert np.isnan(ml.jit(lambda x: np.nanquantile(x, 0.5))(np.ones((0, 3))))


COUNTED: dict[str, Callable[[Any], Any]] = {
    "reshape": lambda x: np.reshape(x, (np.int64(4), np.int64(3))),
    "broadcast_to": lambda x: np.broadcast_to(x, (TWO, 3, 4)),
    "broadcast_to, one": lambda x: np.broadcast_to(x[0, 0], TWO),
    "full_like": lambda x: np.full_like(x, x[0, 1], shape=TWO),
    "zeros": lambda x: np.zeros((TWO,), like=x) + x[0, 0],
    "tile": lambda x: np.tile(x, np.array([2, 1])),
    "repeat": lambda x: np.repeat(x, TWO, ONE),
    "resize": lambda x: np.resize(x, TWO),
    "pad": lambda x: np.pad(x, ((ONE, TWO), (0, ONE))),
    "pad, edge": lambda x: np.pad(x, ONE, mode="edge"),
    "windows": lambda x: np.lib.stride_tricks.sliding_window_view(x, TWO, ONE),
    "diag": lambda x: np.diag(x[0], ONE),
    "diagonal": lambda x: np.diagonal(x, ONE),
    "bincount": lambda x: np.bincount(np.array([0, 1, 1, 2]), x[0], np.int64(5)),
    "convolve": lambda x: np.convolve(x[0], x[1]),
    "vander": lambda x: np.vander(x[0], THREE),
    "linspace": lambda x: np.linspace(x, 2.0 * x, THREE, axis=ONE),
    "tensordot": lambda x: np.tensordot(x, x, TWO),
    "sum": lambda x: np.sum(x, (ONE, np.int64(0))),
    "expand_dims": lambda x: np.expand_dims(x, [ONE, 0]),
    "array_split": lambda x: np.array_split(x, TWO, ONE)[1],
    "slices": lambda x: x[np.int64(0) : TWO, np.array([0, 1])],
}


@pytest.mark.parametrize("name", COUNTED)
def test_extents_may_be_integers_of_numpy(name: str) -> None:
    """NumPy's integers as extents, counts and axes give programs that run, with their derivatives."""
    function = COUNTED[name]
    np.testing.assert_allclose(ml.jit(function)(X), function(X))
    many = np.stack([X, 2.0 * X])
    np.testing.assert_allclose(ml.vmap(function)(many), np.stack([*map(function, many)]))
    product = ml.hvp(lambda x: np.sum(function(x) ** 3))(X, X)  # of a form of degree 3
    slope = ml.grad(lambda x: np.sum(function(x) ** 3))(X)
    degree = {"vander": 5, "tensordot": 5, "convolve": 5}.get(name, 2)
    if name != "vander":  # powers of several degrees
        np.testing.assert_allclose(product, degree * slope, rtol=1e-10)


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "mean in integers": (lambda x: np.mean(x, dtype=int), "a mean or a variance in int64"),
    "var in integers": (lambda x: np.var(x, dtype=np.int8), "a mean or a variance in int8"),
    "initial": (lambda x: np.max(x.astype(np.uint8), initial=-1), "out of bounds for uint8"),
    "casting": (lambda x: np.stack([x, x], dtype="i4"), "Cannot cast array data"),
    "rot90": (lambda x: np.rot90(x, 2, (1, -1)), "Axes must be different"),
    "block": (lambda x: np.block([[x], x]), "lists of one depth"),
    "sections": (lambda x: np.array_split(x, 0), "larger than 0"),
    "unknown lengths": (lambda x: x[:1, :1].reshape(-1, -1), "only specify one unknown"),
    "tensordot": (lambda x: np.tensordot(x[0], x, 2), "is more than an array has"),
    "gradient": (lambda x: np.gradient(x[:1]), "two elements along each axis"),
    "accumulate": (lambda x: np.add.accumulate(x[0, 0]), "accumulate on a scalar"),
    "rollaxis": (lambda x: np.rollaxis(x, 0, -3), "start"),
    "insert": (lambda x: np.insert(x.astype(np.uint8), 0, 300, 0), "out of bounds for uint8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_numpy_refuses(name: str) -> None:
    """What NumPy refuses, or rounds on the way, is refused and is no number."""
    function, message = REFUSED[name]
    with pytest.raises((ValueError, TypeError, OverflowError, ml.TraceError), match=message):
        ml.jit(function)(X)


def test_an_index_of_all_nan_is_an_error() -> None:
    """`np.nanargmax` of NaN alone raises when the program runs, also in a batch."""
    rows = np.array([[1.0, np.nan], [np.nan, 2.0]])
    position = ml.jit(lambda x: np.nanargmax(x, axis=1))
    np.testing.assert_array_equal(position(rows), [0, 1])
    np.testing.assert_array_equal(ml.vmap(np.nanargmax)(rows), [0, 1])
    with pytest.raises(ValueError, match="All-NaN"):
        position(np.full((2, 2), np.nan))


def test_a_choice_beyond_the_cases_is_an_error() -> None:
    """`np.choose` raises when the program runs if the index has no case, unless asked to clip."""
    pick = ml.jit(lambda i, x: np.choose(i, [x, 2.0 * x]))
    np.testing.assert_array_equal(pick(np.array([0, 1]), X[0, :2]), [0.0, 2.0])
    for wrong in (-1, 2):
        with pytest.raises(IndexError, match="out of bounds"):
            pick(np.array([0, wrong]), X[0, :2])
    clipped = ml.jit(lambda i, x: np.choose(i, [x, 2.0 * x], mode="clip"))
    np.testing.assert_array_equal(clipped(np.array([-1, 2]), X[0, :2]), [0.0, 2.0])


def test_a_variance_of_too_few_is_nan() -> None:
    """`np.nanvar` is NaN, not infinity, if there are no more elements than degrees of freedom lost."""
    x = np.array([[1.0, 2.0, np.nan], [1.0, np.nan, np.nan]])
    found = ml.jit(lambda x: np.nanvar(x, axis=1, ddof=1))(x)
    np.testing.assert_array_equal(found, np.nanvar(x, axis=1, ddof=1))
