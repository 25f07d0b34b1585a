"""Which functions return views, and which return new arrays."""

import contextlib
import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import miniml as ml
from miniml.program.trace.mutation import may_view
from miniml.program.trace.registry import FUNCTIONS, METHODS
from tests.program.rows import ROWS
from tests.program.table import Row
from tests.program.trace.test_assigning_refused import refusal

X = np.random.default_rng(0).normal(size=(4, 3))


class Watching:
    """NumPy, whose functions record whether the result shares memory with an argument."""

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


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_functions_that_give_views_are_known(row: Row) -> None:
    """The result of a function may be assigned to only if NumPy never returns a view."""
    watching = Watching()
    row.function(watching, *row.arrays())
    assert {name for name in watching.views if not may_view(name, {})} == set()


def test_methods_that_give_views_are_known() -> None:
    """The result of a method may be assigned to only if NumPy never returns a view."""
    x = np.ones((3, 3))
    for name in {*METHODS, *(function.__name__ for function in FUNCTIONS)}:
        method = getattr(x, name, None)
        is_refused = getattr(METHODS.get(name), "__name__", "") == "refused"
        if name.startswith("__") or not callable(method) or is_refused:
            continue
        for args in ((), (0,), ((3, 3),), (0, 1), (float,)):
            with contextlib.suppress(TypeError, ValueError, IndexError):
                if np.shares_memory(x, method(*args)):
                    assert may_view(name, {}), name


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
    """The result of a copy or a transform changes with its aliases, not with the argument."""

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
    """An earlier result of an array in use does not change."""
    same: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g)(lambda x: x)

    def run(x: Any) -> Any:
        y = x * 2.0
        z = same(y)
        z += 1.0
        return z + y

    assert "has views in use" in refusal(run, X)


def test_a_program_leaves_what_it_is_given_alone() -> None:
    """The same holds within another trace."""

    @ml.jit
    def lower(w: Any) -> Any:
        w -= 1.0
        return w

    def run(x: Any) -> Any:
        y = x * 2.0
        return lower(y) + y

    np.testing.assert_allclose(ml.jit(run)(X), run(X))
    assert "y = x.copy()" in refusal(lambda x: ml.jit(lambda w: w.fill(1.0))(x * 2.0), X)
