"""Random indices of every kind, and the law that they obey: a traced function is NumPy's."""

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

import miniml as ml

BATCH = 3
REFUSED = IndexError, ValueError, TypeError, ml.TraceError


@attrs.frozen
class Case:
    """An index of an array of some shape.

    Attributes:
        shape: The array's shape.
        index: The index, which NumPy may refuse.
        seed: Of the numbers in the array.
    """

    shape: tuple[int, ...]
    index: Any
    seed: int

    def numbers(self, *shape: int) -> Any:
        """Return numbers of that shape, the same at each call."""
        return np.random.default_rng(self.seed).normal(size=shape)

    @property
    def x(self) -> Any:
        """The array."""
        return self.numbers(*self.shape)

    def take(self, x: Any) -> Any:
        """Return the elements at the index."""
        return x[self.index]

    def scattered(self, values: Any) -> Any:
        """Return the gradient of `sum(values * x[index])`."""
        slope = np.zeros(self.shape)
        np.add.at(slope, self.index, values)
        return slope


@attrs.frozen
class Assignment:
    """`y[index] = value`, or `y[index] += value`; NumPy may refuse it."""

    case: Case
    value: Any
    adds: bool

    def __call__(self, x: Any, value: Any) -> Any:
        """Return a copy of the array after the assignment."""
        y = x * 1.0
        if self.adds:
            y[self.case.index] += value
        else:
            y[self.case.index] = value
        return y


@st.composite
def indices(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """Return an index of an array of that shape; nearly all fit."""
    found: list[Any] = []
    axis = 0
    common = draw(st.sampled_from([(2,), (3,), (1,), (2, 3), (0,)]))
    for _ in range(8):
        kinds = ["array", "array", "int", "array", "slice", "array", "mask", "bool", "new"]
        kinds += (
            ["ellipsis", "stop", "ellipsis"] if not any(item is Ellipsis for item in found) else []
        )
        kind = draw(st.sampled_from(kinds))
        rest = shape[axis:]
        if kind in {"new", "ellipsis"}:
            found.append(None if kind == "new" else ...)
            axis += 0 if kind == "new" else draw(st.sampled_from([0, 0, 0, len(rest)]))
        elif kind == "bool":
            choices: list[Any] = [True, False, np.True_, np.False_, np.array(True)]
            found.append(draw(st.sampled_from(choices)))
        elif kind == "stop" or not rest:
            found += draw(st.sampled_from([[], [], [], [], [0]]))  # perhaps one too many
            break
        else:
            count = draw(st.integers(1, 2)) if kind == "mask" else 1
            found.append(draw(_item(kind, rest[:count], common)))
            axis += len(rest[:count])
    return found[0] if len(found) == 1 and draw(st.booleans()) else tuple(found)


def _item(kind: str, extents: tuple[int, ...], common: tuple[int, ...]) -> st.SearchStrategy[Any]:
    """Return items for these axes; the shapes of arrays broadcast to a common one."""
    extent = extents[0]
    numbers = st.integers(-extent, max(extent - 1, 0))
    if kind == "mask":
        return _arrays(extents, st.booleans(), np.bool_)
    if kind == "int":
        return st.builds(
            lambda make, n: make(n), st.sampled_from([int, np.int64, np.array]), numbers
        )
    if kind == "slice":
        ends = st.none() | st.integers(-extent - 1, extent + 1)
        return st.builds(slice, ends, ends, st.sampled_from([None, 1, 2, -1, -2]))
    shapes = [common, common, (1,), (1,) * len(common), (*common[:-1], 1)]
    arrays = st.sampled_from(shapes if extent else [(0,)]).flatmap(
        lambda shape: _arrays(shape, numbers, np.intp)
    )
    return arrays | arrays.map(np.ndarray.tolist)


def _arrays(
    shape: tuple[int, ...], elements: st.SearchStrategy[Any], dtype: Any
) -> st.SearchStrategy[Any]:
    count = int(np.prod(shape))
    flat = st.lists(elements, min_size=count, max_size=count)
    return flat.map(lambda values: np.array(values, dtype).reshape(shape))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return an array's shape and an index of it."""
    shape = tuple(draw(st.lists(st.sampled_from([2, 3, 1, 2, 3, 0]), min_size=1, max_size=4)))
    return Case(shape, draw(indices(shape)), draw(st.integers(0, 99)))


@st.composite
def assignments(draw: st.DrawFn) -> Assignment:
    """Return an assignment of numbers, nearly all of a shape that fits."""
    case = draw(cases())
    taken = _result(case.take, case.x)
    shape: tuple[int, ...] = () if isinstance(taken, Exception) else np.shape(taken)
    shape = shape[draw(st.integers(0, len(shape))) :]  # NumPy adds the axes before
    ones = draw(st.sampled_from([0, 0, 0, 5, 10, 15]))  # a bit for each axis
    shape = tuple(1 if ones >> k & 1 else n for k, n in enumerate(shape))
    shape = (1,) * draw(st.sampled_from([0, 0, 0, 1, 2])) + shape
    python, adds = draw(st.booleans()), draw(st.booleans())
    return Assignment(case, 1.5 if python and not shape else case.numbers(*shape), adds)


def check_reading(case: Case) -> None:
    """`x[index]` is NumPy's, with arrays known or traced; its gradient is NumPy's `add.at`."""
    index, rebuild, arrays = _apart(case.index)
    taken = same(case.take, case.x)
    again = same(lambda x, arrays: x[rebuild(arrays)], case.x, arrays)
    if taken is None or again is None:
        assert taken is again, index
        return
    weights = case.numbers(*np.shape(taken))
    slope = case.scattered(weights)

    def loss(x: Any, arrays: Any) -> Any:
        return np.sum(weights * x[rebuild(arrays)])

    np.testing.assert_allclose(ml.grad(loss)(case.x, arrays), slope, rtol=1e-12, atol=1e-14)
    found = ml.grad(lambda x: np.sum(weights * case.take(x)))(case.x)
    np.testing.assert_allclose(found, slope, rtol=1e-12, atol=1e-14)
    second = ml.hvp(lambda x: np.sum(weights * case.take(x) ** 2))(case.x, case.x)
    wanted = case.scattered(2.0 * weights * taken)
    np.testing.assert_allclose(second, wanted, rtol=1e-12, atol=1e-14)


def check_batches(case: Case) -> None:
    """`vmap` of `x[index]` is a loop: over the array, the index arrays, or both; so is its gradient."""
    _, rebuild, arrays = _apart(case.index)
    taken = _result(case.take, case.x)
    if isinstance(taken, Exception):
        return
    xs = case.numbers(BATCH, *case.shape)
    many = [np.stack([np.roll(a, k) for k in range(BATCH)]) for a in arrays]
    for in_axes in ((0, None), (0, 0), (None, 0)):
        if in_axes == (None, 0) and not arrays:
            continue
        given = xs if in_axes[0] == 0 else xs[0], many if in_axes[1] == 0 else arrays
        each = [
            (
                xs[k] if in_axes[0] == 0 else xs[0],
                [a[k] for a in many] if in_axes[1] == 0 else arrays,
            )
            for k in range(BATCH)
        ]

        def take(x: Any, arrays: Any) -> Any:
            return x[rebuild(arrays)]

        def loss(x: Any, arrays: Any) -> Any:
            return np.sum(np.sin(take(x, arrays)))

        found = ml.vmap(take, in_axes)(*given)
        np.testing.assert_array_equal(found, np.stack([take(*one) for one in each]))
        slopes = ml.vmap(ml.grad(loss), in_axes)(*given)
        whole = ml.grad(lambda x, arrays, a=in_axes: np.sum(ml.vmap(loss, a)(x, arrays)))(*given)
        wanted: list[Any] = []
        for x, arrays_of_one in each:
            slope = np.zeros(case.shape)
            np.add.at(slope, rebuild(arrays_of_one), np.cos(take(x, arrays_of_one)))
            wanted.append(slope)
        np.testing.assert_allclose(slopes, np.stack(wanted), rtol=1e-12, atol=1e-14)
        total = np.stack(wanted) if in_axes[0] == 0 else np.sum(wanted, 0)
        np.testing.assert_allclose(whole, total, rtol=1e-12, atol=1e-13)


def check_assigning(assignment: Assignment) -> None:
    """An assignment has NumPy's effect, of known and of traced values, on one array and on a batch."""
    case, value = assignment.case, assignment.value
    left = same(assignment, case.x, value)
    again = same(lambda x: assignment(x, value), case.x)
    if left is None or again is None:
        assert left is again
        return
    xs = case.numbers(BATCH, *case.shape)
    values = np.stack([value, np.multiply(2.0, value), np.negative(value)])
    found = ml.vmap(assignment)(xs, values)
    wanted = np.stack([assignment(x, v) for x, v in zip(xs, values, strict=True)])
    np.testing.assert_allclose(found, wanted, rtol=1e-14)
    if not assignment.adds:  # the gradient by what is overwritten is 0
        weights = case.numbers(*case.shape)
        slope = ml.grad(lambda x: np.sum(weights * assignment(x, value)))(case.x)
        weights[case.index] = 0.0
        np.testing.assert_array_equal(slope, weights)


def same(function: Callable[..., Any], *args: Any) -> Any:
    """Return a function's result, which is that of the program; None if both refuse the arguments."""
    wanted, found = _result(function, *args), _result(ml.jit(function), *args)
    if isinstance(wanted, Exception):
        assert isinstance(found, Exception), f"NumPy raises {wanted!r}, the program gives {found}"
        return None
    assert not isinstance(found, Exception), f"NumPy gives {wanted}, the program raises {found!r}"
    np.testing.assert_allclose(found, wanted, rtol=1e-14)
    assert (np.shape(found), np.asarray(found).dtype) == (wanted.shape, wanted.dtype)
    return wanted


def _result(function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except REFUSED as error:
        return error


def _apart(index: Any) -> tuple[Any, Callable[[Any], Any], list[Any]]:
    """Return an index, a function that puts other arrays in place of its arrays, and these."""
    whole = index if isinstance(index, tuple) else (index,)
    places = [
        k
        for k, item in enumerate(whole)
        if isinstance(item, np.ndarray) and item.ndim and item.dtype.kind == "i"
    ]

    def rebuild(arrays: Any) -> Any:
        items = list(whole)
        for place, array in zip(places, arrays, strict=True):
            items[place] = array
        return tuple(items)

    return index, rebuild, [whole[k] for k in places]
