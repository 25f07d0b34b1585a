"""Assignments within a traced function have the effect they have in NumPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

import miniml as ml
from miniml.program import TraceError

ROWS, COLUMNS = 4, 3
X = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))

Statement = Callable[[dict[str, Any], Any], None]


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
    """An assignment at a mask of values."""

    def run(space: dict[str, Any], x: Any) -> None:
        space[name][space[name] > x[0, 1]] = x[1, 1]

    return run


def adding(name: str, index: Any) -> Statement:
    """`a[index] *= value`, as Python evaluates it."""

    def run(space: dict[str, Any], x: Any) -> None:
        space[name][index] *= x[2, 0]

    return run


def growing(name: str, other: str) -> Statement:
    """`a += b`."""

    def run(space: dict[str, Any], x: Any) -> None:
        space[name] += space[other] * 0.5 + x

    return run


def binding(name: str, other: str, kind: int) -> Statement:
    """An alias of an array, a view of it, or a copy."""

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
    """Return a function that makes three arrays and runs the statements on them."""

    def run(x: Any) -> Any:
        space = {"a": x * 2.0, "b": x.copy(), "c": np.zeros((ROWS, COLUMNS), like=x)}
        for statement in statements:
            statement(space, x)
        return np.sum(np.sin(space["a"]) + space["b"] * space["c"]) + np.sum(space["c"] * x)

    return run


@given(STATEMENTS)
def test_it_is_what_numpy_does_or_is_refused(statements: list[Statement]) -> None:
    """Any assignments have NumPy's effect, with any aliases and views of the memory."""
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
    """Overwritten elements have no gradient; central differences agree on the others."""
    ml.check_grads(program(statements), X)


def test_of_several_values_for_a_place_the_last_stays() -> None:
    """Repeated indices do not accumulate, as in NumPy."""

    def run(x: Any) -> Any:
        y = np.zeros(3, like=x)
        y[np.array([0, 2, 0])] = x
        return y

    np.testing.assert_array_equal(ml.jit(run)(X[0]), run(X[0]))


def test_parts_change_by_other_parts() -> None:
    """`y[i] -= y[j]` may use another view of `y`, which is gone when the result is assigned."""

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
    """The functions given to scan and vmap assign to arrays that they make."""

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
