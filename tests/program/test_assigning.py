"""Arrays that a traced function makes and assigns to."""

import contextlib
import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special

import miniml as ml
from miniml.program import TraceError
from miniml.program.trace.mutation import may_view
from miniml.program.trace.registry import FUNCTIONS, METHODS
from tests.program.rows import ROWS as TABLE
from tests.program.table import Row

ROWS, COLUMNS = 4, 3
X = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))

Statement = Callable[[dict[str, Any], Any], None]


def refusal(function: Callable[..., Any], *args: Any) -> str:
    """What tracing says against a function."""
    with pytest.raises(TraceError) as caught:
        ml.jit(function)(*args)
    message = str(caught.value)
    assert __file__ in message
    return message


def spans(extent: int) -> st.SearchStrategy[Any]:
    ends = st.none() | st.integers(-extent, extent)
    steps = st.sampled_from([None, 1, 2, -1, -2])
    numbers = st.integers(-extent, extent - 1)
    arrays = st.lists(numbers, min_size=1, max_size=4)
    return numbers | st.builds(slice, ends, ends, steps) | arrays.map(np.array)


MASK = X > 0.3
INDICES = st.one_of(
    spans(ROWS),
    st.tuples(spans(ROWS), st.builds(slice, st.integers(0, COLUMNS))),
    st.tuples(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1)),
    st.sampled_from(
        [..., (..., 1), (..., None, 0), None, (0, ...), MASK, MASK[:, 0], (1, MASK[0])]
    ),
    st.builds(
        lambda rows, column: (np.array(rows, int), column), st.lists(st.integers(0, 3)), st.just(1)
    ),
)
NAMES = st.sampled_from("abc")


def setting(name: str, index: Any, value: int) -> Statement:
    """`a[index] = value`, of one of three kinds."""

    def run(space: dict[str, Any], x: Any) -> None:
        part = np.shape(np.zeros((ROWS, COLUMNS))[index])
        values = (1.5, np.sin(x[1, 2]), np.cos(np.resize(np.arange(12.0), part) + x[0, 0]))
        space[name][index] = values[value]

    return run


def masking(name: str) -> Statement:
    """An assignment where the values say."""

    def run(space: dict[str, Any], x: Any) -> None:
        space[name][space[name] > x[0, 1]] = x[1, 1]

    return run


def adding(name: str, index: Any) -> Statement:
    """`a[index] *= value`, as Python takes it apart."""

    def run(space: dict[str, Any], x: Any) -> None:
        space[name][index] *= x[2, 0]

    return run


def growing(name: str, other: str) -> Statement:
    """`a += b`."""

    def run(space: dict[str, Any], x: Any) -> None:
        space[name] += space[other] * 0.5 + x

    return run


def binding(name: str, other: str, kind: int) -> Statement:
    """Another name of an array, a view of it, or a copy."""

    def run(space: dict[str, Any], x: Any) -> None:
        y = space[other]
        made = (
            lambda: y,
            lambda: y[:],
            lambda: y[::-1],
            lambda: y.reshape(COLUMNS, ROWS).reshape(ROWS, COLUMNS),
            lambda: y.T.T,
            lambda: np.asarray([y[k] for k in range(ROWS)], like=x),
            y.copy,
            lambda: np.exp(0.1 * y),
            lambda: np.sort(y, axis=0),
            lambda: np.broadcast_to(y, (1, ROWS, COLUMNS))[0],
            lambda: ml.stop_gradient(y),
        )
        space[name] = made[kind]()

    return run


STATEMENTS = st.lists(
    st.one_of(
        st.builds(setting, NAMES, INDICES, st.integers(0, 2)),
        st.builds(masking, NAMES),
        st.builds(adding, NAMES, st.integers(0, 3) | st.just(slice(1, 3))),
        st.builds(growing, NAMES, NAMES),
        st.builds(binding, NAMES, NAMES, st.integers(0, 10)),
    ),
    min_size=1,
    max_size=6,
)


def program(statements: list[Statement]) -> Callable[[Any], Any]:
    """A function of three arrays that were made within, to which the statements are done."""

    def run(x: Any) -> Any:
        space = {"a": x * 2.0, "b": x.copy(), "c": np.zeros((ROWS, COLUMNS), like=x)}
        for statement in statements:
            statement(space, x)
        return np.sum(np.sin(space["a"]) + space["b"] * space["c"]) + np.sum(space["c"] * x)

    return run


@given(STATEMENTS)
def test_it_is_what_numpy_does_or_is_refused(statements: list[Statement]) -> None:
    """Whatever is assigned, and whichever names and views there are of the same memory."""
    run = program(statements)
    try:
        wanted = run(X)
    except ValueError:  # a view that may not be written to, or a shape that does not fit
        assume(False)
    try:
        found = ml.jit(run)(X)
    except TraceError as error:
        if "assign" not in str(error):
            raise
    else:
        np.testing.assert_allclose(found, wanted, rtol=1e-13)


@given(st.lists(st.builds(setting, NAMES, INDICES, st.integers(0, 2)), min_size=1, max_size=5))
def test_the_gradient_is_that_of_what_is_left(statements: list[Statement]) -> None:
    """What is overwritten has none; central differences agree on the rest."""
    ml.check_grads(program(statements), X)


def test_of_several_values_for_a_place_the_last_stays() -> None:
    """As in NumPy: places taken twice do not add up."""

    def run(x: Any) -> Any:
        y = np.zeros(3, like=x)
        y[np.array([0, 2, 0])] = x
        return y

    np.testing.assert_array_equal(ml.jit(run)(X[0]), run(X[0]))


class Watching:
    """NumPy, whose functions tell when they give memory of an argument."""

    def __init__(self, owner: Any = np) -> None:
        self.owner = owner
        self.views: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        function = getattr(self.owner, name)
        if not callable(function) or isinstance(function, type | np.ufunc):
            return function

        def call(*args: Any, **options: Any) -> Any:
            result = function(*args, **options)
            results = result if isinstance(result, list | tuple) else (result,)
            arrays = [a for a in (*args, *options.values()) if isinstance(a, np.ndarray)]
            if (
                any(np.shares_memory(r, a) for r in results for a in arrays)
                and "copy" not in options
            ):
                self.views.add(name)
            return result

        return call

    @property
    def special(self) -> Any:
        return special

    @property
    def linalg(self) -> Any:
        return Watching(np.linalg)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_functions_that_give_views_are_known(row: Row) -> None:
    """What a function makes may be assigned to only if NumPy never shows an argument's memory."""
    watching = Watching()
    row.function(watching, *row.arrays())
    assert {name for name in watching.views if not may_view(name, {})} == set()


def test_methods_that_give_views_are_known() -> None:
    """The same of arrays' methods."""
    x = np.ones((3, 3))
    for name in {*METHODS, *(function.__name__ for function in FUNCTIONS)}:
        method = getattr(x, name, None)
        if name.startswith("__") or not callable(method):
            continue
        for args in ((), (0,), ((3, 3),), (0, 1), (float,)):
            with contextlib.suppress(TypeError, ValueError, IndexError):
                if np.shares_memory(x, method(*args)):
                    assert may_view(name, {}), name


class TestInPlace:
    def test_arrays_keep_their_dtype(self) -> None:
        """`float32 += float64` stays float32, as in NumPy."""

        def run(x: Any, y: Any) -> Any:
            total = x * 1
            total += y
            x += y
            return total, x

        narrow = X.astype(np.float32)
        found = ml.jit(run)(narrow, X)
        for each, wanted in zip(found, run(narrow.copy(), X), strict=True):
            assert each.dtype == np.float32
            np.testing.assert_array_equal(each, wanted)

    def test_integers_take_no_fractions(self) -> None:
        """`integers += 0.5` raises NumPy's error instead of becoming floats."""

        def run(x: Any) -> Any:
            counts = np.zeros(3, int, like=x)
            counts += x
            return counts

        for function in (run, ml.jit(run)):
            with pytest.raises(TypeError, match="same_kind"):
                function(X[0])

    def test_a_larger_shape_does_not_fit(self) -> None:
        """`row += matrix` raises NumPy's error instead of becoming a matrix."""

        def run(x: Any) -> Any:
            row = x[0] * 1.0
            row += x
            return row

        for function in (run, ml.jit(run)):
            with pytest.raises(ValueError, match="non-broadcastable output"):
                function(X)

    def test_another_name_of_an_array_changes_with_it(self) -> None:
        """`b = a; a += 1` changes both, as in NumPy."""

        def run(x: Any) -> Any:
            a = x * 2.0
            b = a
            a += 1.0
            return b

        np.testing.assert_array_equal(ml.jit(run)(X), run(X))

    def test_numbers_are_bound_anew(self) -> None:
        """`total += x` of numbers leaves their other names alone."""

        def run(x: Any) -> Any:
            a = b = x[0, 0] * 2.0
            a += 1.0
            return a - b

        assert ml.jit(run)(X) == pytest.approx(1.0)

    def test_methods(self) -> None:
        """fill, sort, copyto and fill_diagonal are assignments."""

        def run(x: Any) -> Any:
            a, b, c, d = (x[:3] * 2.0 for _ in range(4))
            a.fill(x[0, 0])
            b.sort(0)
            np.copyto(c, x[1], where=c > 0)
            np.fill_diagonal(d, x[2])
            return np.stack([a, b, c, d])

        np.testing.assert_array_equal(ml.jit(run)(X), run(X))
        ml.check_grads(lambda x: np.sum(run(x) ** 2), X)


class TestRefusals:
    def test_arguments(self) -> None:
        """The caller's arrays are never changed: a copy may be."""
        assert "y = x.copy()" in refusal(lambda x: x.__setitem__(0, 1.0), X)
        assert "y = x.copy()" in refusal(lambda x: x.fill(1.0), X)

    def test_views(self) -> None:
        """While a view of the array is in use, as it would change too."""

        def run(x: Any) -> Any:
            y = x * 2.0
            row = y[0]
            y[0] = 1.0
            return row

        assert "another traced array shows a part" in refusal(run, X)

    @pytest.mark.parametrize(
        ("dtype", "value"),
        [(np.uint8, 300), (np.uint8, [7, -1, 7]), (np.int64, np.nan), (np.int32, np.inf)],
    )
    def test_numbers_that_do_not_fit(self, dtype: Any, value: Any) -> None:
        """NumPy's error is raised, where a program would put another number there."""

        def run(n: Any) -> Any:
            y = n.copy()
            y[:3] = value
            return y

        given = np.arange(4, dtype=dtype)
        for function in (run, ml.jit(run)):
            with pytest.raises((OverflowError, ValueError), match=r"out of bounds|cannot convert"):
                function(given)

    @pytest.mark.parametrize("at", [1, slice(1, 2), slice(None)])
    def test_a_view_that_was_changed_and_goes_elsewhere(self, at: Any) -> None:
        """Its own place has changed as well."""

        def run(x: Any) -> Any:
            y = x * 2.0
            row = y[0]
            row += 1.0
            y[at] = row
            return y

        def turned(x: Any) -> Any:
            y = x[:3] * 2.0
            row = y.T[0]
            row += 1.0
            y[0] = row
            return y

        for function in (run, turned):
            assert "another traced array shows a part" in refusal(function, X)

    @pytest.mark.parametrize(
        "write",
        [
            lambda y, out: np.clip(y, 0.0, 1.0, out=out),
            lambda y, out: y.clip(0.0, 1.0, out),
            lambda y, out: np.round(y, 1, out),
            lambda y, out: np.choose(y > 0, [y, 1.0], out),
            lambda y, out: np.concatenate([y[:1], y[1:]], out=out),
            lambda y, out: np.stack([*y], out=out),
            lambda y, out: np.exp(y, out=out),
            lambda y, out: np.cumsum(y, 0, out=out),
        ],
    )
    def test_results_into_another_array(self, write: Callable[[Any, Any], Any]) -> None:
        """The message says to use the function's result."""

        def run(x: Any) -> Any:
            y = x * 2.0
            write(x, y)
            return y

        assert "out= cannot be traced: use" in refusal(run, X)

    def test_an_array_is_given_back_after_a_view_of_it_changed(self) -> None:
        """The array, and what else shows a part of it, would be as they were before."""

        def array(x: Any) -> Any:
            y = x * 2.0
            row = y[0]
            row += 1.0
            return {"y": (y,)}

        def view(x: Any) -> Any:
            y = x * 2.0
            row, other = y[0], y[:2]
            row += 1.0
            return other

        for function in (array, view):
            assert "another traced array shows a part" in refusal(function, X)

    def test_a_diagonal(self) -> None:
        """NumPy's is a view that cannot be written to."""

        def run(x: Any) -> Any:
            diagonal = (x[:3] * 2.0).diagonal()
            diagonal[0] = 1.0
            return diagonal

        assert "y = x.copy()" in refusal(run, X)

    def test_arrays_made_outside_of_a_step(self) -> None:
        """A step is traced once, and would change them once."""

        def run(x: Any) -> Any:
            seen = np.zeros(COLUMNS, like=x)

            def step(total: Any, row: Any) -> Any:
                seen[0] += 1.0
                return total + row, total

            return ml.scan(step, x[0], x)[0] + seen

        assert "outside of it" in refusal(run, X)

    def test_arrays_of_numpy(self) -> None:
        """A stand-in does not go into an array of NumPy's: the message names like=."""

        def run(x: Any) -> Any:
            y = np.zeros(3)
            y[:] = x[0]
            return y

        def copy(x: Any) -> Any:
            y = np.zeros(3)
            np.copyto(y, x[0])
            return y

        assert "like=x" in refusal(run, X)
        assert "like=x" in refusal(copy, X)

    def test_traced_masks_with_many_values(self) -> None:
        """How many there are is not known."""

        def run(x: Any) -> Any:
            y = x.copy()
            y[y > 0] = x[0]
            return y

        assert "np.where" in refusal(run, X)


def test_parts_change_by_other_parts() -> None:
    """What `y[i] -= y[j]` takes away is gone when the result is assigned."""

    def run(x: Any) -> Any:
        y = x * 2.0
        for i in range(1, ROWS):
            y[i] -= y[i - 1]
        y[1:] *= y[:-1]
        y[:, 0] += y[:, 1] * y[:, 2]
        return y

    np.testing.assert_allclose(ml.jit(run)(X), run(X), rtol=1e-13)
    ml.check_grads(lambda x: np.sum(np.sin(run(x))), X)


def test_within_steps_and_examples() -> None:
    """A step of scan and an example of vmap assign to what they make."""

    def one(row: Any) -> Any:
        y = row.copy()
        y[0] = row[2]
        y[y > 0.5] = 0.5
        return y

    def run(x: Any) -> Any:
        total, rows = ml.scan(lambda c, row: (c + one(row), one(c)), x[0], x)
        return np.sum(ml.vmap(one)(x) * rows) + np.sum(total**2)

    np.testing.assert_allclose(ml.jit(run)(X), run(X), rtol=1e-13)
    ml.check_grads(run, X)


def stepped(x: Any) -> Any:
    return ml.scan(lambda c, row: (c + row, c * row), x[0], x)[1]


@pytest.mark.parametrize(
    "make",
    [
        copy.copy,
        copy.deepcopy,
        ml.vmap(lambda row: np.sum(row) * row),
        ml.grad(lambda x: np.sum(x**3)),
        ml.jit(lambda x: x[:2]),
        stepped,
    ],
)
def test_what_is_made_within_is_new(make: Callable[[Any], Any]) -> None:
    """What a copy or a transform gives changes with its own names, and not with what it was given."""

    def run(x: Any) -> Any:
        given = x * 1.0
        made = make(given)
        same = made
        made *= 2.0
        made[0] += 1.0
        return same * 1.0, given

    changed = 2.0 * make(X)
    changed[0] += 1.0
    found = ml.jit(run)(X)
    np.testing.assert_allclose(found[0], changed)
    np.testing.assert_array_equal(found[1], X)


def test_a_function_with_a_rule_may_give_its_argument() -> None:
    """What it gave of an array that is still in use is not changed."""
    same: Any = ml.custom_vjp(lambda x: x, lambda g, *_: g)

    def run(x: Any) -> Any:
        y = x * 2.0
        z = same(y)
        z += 1.0
        return z + y

    assert "another traced array shows a part" in refusal(run, X)


def test_a_program_leaves_what_it_is_given_alone() -> None:
    """Within another trace, too."""

    @ml.jit
    def lower(w: Any) -> Any:
        w -= 1.0
        return w

    def run(x: Any) -> Any:
        y = x * 2.0
        return lower(y) + y

    np.testing.assert_allclose(ml.jit(run)(X), run(X))
    assert "y = x.copy()" in refusal(lambda x: ml.jit(lambda w: w.fill(1.0))(x * 2.0), X)


class TestLike:
    @pytest.mark.parametrize(
        "make",
        [
            lambda x: np.zeros((2, 3), like=x),
            lambda x: np.ones(2, np.float32, like=x),
            lambda x: np.full((2, 2), x[0, 0], like=x),
            lambda x: np.full(2, 7, like=x),
            lambda x: np.arange(1.0, 7.0, 2.0, like=x),
            lambda x: np.eye(3, like=x),
            lambda x: np.identity(2, like=x),
            lambda x: np.tri(3, like=x),
            lambda x: np.array([[x[0, 0], 1.0], [2, x[1, 1]]], like=x),
            lambda x: np.array([x[0], [1.0, 2.0, 3.0]], like=x),
            lambda x: np.array(x, np.float32, like=x),
            lambda x: np.asarray([1, 2], like=x),
            lambda x: np.array([], like=x),
            lambda x: np.zeros_like(x[0], np.float32),
            lambda x: np.ones_like(x, shape=(2, 2)),
            lambda x: np.full_like(x[0], x[1, 1], shape=2),
            lambda x: np.full_like(x, 3.7, int),
        ],
    )
    def test_values_and_dtypes(self, make: Callable[[Any], Any]) -> None:
        """What is made like a stand-in has NumPy's values and dtype."""
        found, wanted = ml.jit(make)(X), make(X)
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)

    @pytest.mark.parametrize(
        "make", [np.zeros_like, np.ones_like, np.empty_like, lambda x: np.full_like(x, 2.0)]
    )
    def test_arrays_like_it_may_be_assigned_to(self, make: Callable[[Any], Any]) -> None:
        """So may what is made in the shape of a stand-in."""

        def run(x: Any) -> Any:
            y = make(x)
            y[:] = 1.0
            y[0] = x[1]
            return y

        np.testing.assert_array_equal(ml.jit(run)(X), run(X))

    def test_empty_may_be_filled(self) -> None:
        """np.empty(like=x), once filled, holds what was put there."""

        def run(x: Any) -> Any:
            y = np.empty(2, like=x)
            y[0], y[1] = x[0, 0], 1.0
            return y

        np.testing.assert_array_equal(ml.jit(run)(X), run(X))


def test_an_array_filled_row_by_row_is_joined_once() -> None:
    """To fill an array takes as many operations as to stack a list, forward and backward."""

    def filled(x: Any) -> Any:
        y = np.zeros_like(x)
        y[0] = x[0]
        for i in range(1, len(x)):
            y[i] = 0.9 * y[i - 1] + np.sin(x[i])
        return np.sum(y * y)

    def stacked(x: Any) -> Any:
        y = [x[0]]
        for i in range(1, len(x)):
            y.append(0.9 * y[-1] + np.sin(x[i]))
        return np.sum(np.stack(y) ** 2)

    x = np.random.default_rng(0).normal(size=(50, 2))
    lines = [len(ml.grad(f).source(x).splitlines()) for f in (filled, stacked)]
    assert lines[0] <= lines[1] + 3
    np.testing.assert_allclose(ml.grad(filled)(x), ml.grad(stacked)(x), rtol=1e-12)


AXES = st.integers(0, 1)
STEPS = st.sampled_from([None, 1, 2, 3, -1, -2])
SPANS = st.builds(slice, st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9), STEPS)


@given(st.lists(st.tuples(SPANS, SPANS), min_size=1, max_size=3), st.tuples(AXES, AXES))
def test_slices_of_slices_of_joined_arrays(
    slices: list[tuple[slice, slice]], axes: tuple[int, int]
) -> None:
    """Whatever is joined, repeated, and sliced again, values and gradients are NumPy's."""

    def run(x: Any) -> Any:
        y = np.concatenate([x, x * 2.0, np.zeros_like(x)], axes[0])
        for each in slices:
            y = np.concatenate([y[each], 3.0 * y[each]], axes[1])
        return np.sum(np.sin(y) * np.arange(1.0, 1.0 + y.size).reshape(y.shape)) + np.sum(x)

    np.testing.assert_allclose(ml.jit(run)(X), run(X), rtol=1e-12)
    ml.check_grads(run, X)
