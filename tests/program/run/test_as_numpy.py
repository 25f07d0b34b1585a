"""A traced function reads its surroundings, and returns values, as it does in plain NumPy."""

import copy
import functools
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

import miniml as ml
from miniml import Array, Scalar, Static

X = np.random.default_rng(0).normal(size=20)
WEIGHT = 1.0
NAME = 1.0


def weighted(w: float) -> float:
    return WEIGHT * w


@ml.model
class Scaled:
    w: float

    def __call__(self) -> float:
        return WEIGHT * self.w

    @property
    def scaled(self) -> float:
        return WEIGHT * self.w

    @classmethod
    def by_class(cls, w: float) -> float:
        return WEIGHT * w

    @staticmethod
    def by_itself(w: float) -> float:
        return WEIGHT * w


class TestConstants:
    def test_a_buffer_filled_anew(self) -> None:
        """An array that changes between two uses has its value of the time at each."""

        def f(x: Array) -> Scalar:
            e, total = np.zeros(20), 0.0
            for i in range(3):
                e[:] = 0.0
                e[i] = 1.0
                total = total + (i + 1) * np.sum(e * x)
            return total

        assert float(ml.jit(f)(X)) == pytest.approx(float(f(X)), rel=1e-14)

    def test_zeros_keep_their_signs(self) -> None:
        """An array of 0.0 and -0.0 is not one number repeated."""
        found = ml.jit(lambda x: x / np.array([0.0, -0.0]))(np.ones(2))
        np.testing.assert_array_equal(found, [np.inf, -np.inf])

    def test_masks_are_not_lost(self) -> None:
        """A masked array, whose operators are not those of arrays, is refused."""
        masked: Any = np.ma.masked_array([1.0, 100.0], [False, True])
        with pytest.raises(TypeError, match="MaskedArray cannot be traced"):
            ml.jit(lambda x: x + 1.0)(masked)
        with pytest.raises(TypeError, match="MaskedArray cannot be traced"):
            ml.jit(lambda x: np.sum(x * masked))(np.ones(2))


class TestReturned:
    def test_constants_are_the_callers_own(self) -> None:
        """Writing to a returned array that depends on no input changes no later result."""
        program = ml.jit(lambda x: (2.0 * x, np.zeros(3)))
        _, zeros = program(1.0)
        zeros += 5.0
        np.testing.assert_array_equal(program(1.0)[1], np.zeros(3))


class TestVariables:
    def test_a_global_bound_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A transform made after a global was rebound reads its new value."""

        def loss(w: float) -> float:
            return WEIGHT * w * w

        assert ml.grad(loss)(1.0) == 2.0
        monkeypatch.setitem(globals(), "WEIGHT", 10.0)
        assert ml.grad(loss)(1.0) == 20.0

    def test_a_global_of_a_comprehension(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """So it does if the global is read within a comprehension."""

        def loss(w: Array) -> Scalar:
            total: Scalar = np.sum(np.stack(tuple(WEIGHT * v for v in w)))
            return total

        assert ml.grad(loss)(np.ones(2)).tolist() == [1.0, 1.0]
        monkeypatch.setitem(globals(), "WEIGHT", 10.0)
        assert ml.grad(loss)(np.ones(2)).tolist() == [10.0, 10.0]

    def test_a_global_of_a_helper(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """So it does if a function that the loss calls reads the global."""

        def loss(w: float) -> float:
            return weighted(w) * w

        assert ml.grad(loss)(1.0) == 2.0
        monkeypatch.setitem(globals(), "WEIGHT", 10.0)
        assert ml.grad(loss)(1.0) == 20.0

    @pytest.mark.parametrize("kind", ["method", "property", "class method", "static method"])
    def test_a_global_of_a_model(self, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """So it does if a method of a model reads the global."""

        def loss(params: Scaled) -> float:
            found: dict[str, Callable[[], float]] = {
                "method": params,
                "property": lambda: params.scaled,
                "class method": lambda: params.by_class(params.w),
                "static method": lambda: params.by_itself(params.w),
            }
            return found[kind]()

        assert ml.grad(loss)(Scaled(1.0)).w == 1.0
        monkeypatch.setitem(globals(), "WEIGHT", 10.0)
        assert ml.grad(loss)(Scaled(1.0)).w == 10.0

    @pytest.mark.parametrize("made", ["partial", "callable", "default", "wrapped"])
    def test_a_global_of_what_a_loss_is_made_of(
        self, made: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So it does for a partial function, an object, a default, and a wrapper."""

        class Loss:
            def __call__(self, w: float) -> float:
                return WEIGHT * w

        def by_default(w: float, function: Callable[[float], float] = weighted) -> float:
            return function(w)

        losses: dict[str, Callable[[float], float]] = {
            "partial": functools.partial(weighted),
            "callable": Loss(),
            "default": by_default,
            "wrapped": np.errstate(all="ignore")(weighted),
        }
        loss = losses[made]
        assert ml.grad(loss)(1.0) == 1.0
        monkeypatch.setitem(globals(), "WEIGHT", 10.0)
        assert ml.grad(loss)(1.0) == 10.0

        def around(w: float) -> float:
            return loss(w) * w

        assert ml.grad(around)(1.0) == 20.0
        monkeypatch.setitem(globals(), "WEIGHT", 1.0)
        assert ml.grad(around)(1.0) == 2.0

    def test_a_global_named_like_an_attribute(
        self, monkeypatch: pytest.MonkeyPatch, traces: list[str]
    ) -> None:
        """A global with the name of a method that the loss calls makes no new trace."""

        def loss(w: Array) -> Scalar:
            return cast("Any", w).NAME if w.size == 0 else np.sum(w)

        ml.grad(loss)(np.ones(2))
        monkeypatch.setitem(globals(), "NAME", 10.0)
        ml.grad(loss)(np.ones(2))
        assert traces == ["loss"]

    def test_a_variable_around_bound_anew(self) -> None:
        """A training run reads a variable of an enclosing function that was rebound before."""
        pull = 1.0

        def loss(w: float, data: Array) -> Scalar:
            total: Scalar = np.mean(np.square(data - w)) + pull * w * w
            return total

        first = ml.fit(loss, 1.0, np.ones(3), ml.sgd(0.1), steps=3).state.params
        pull = 3.0
        assert ml.fit(loss, 1.0, np.ones(3), ml.sgd(0.1), steps=3).state.params < first


class TestNumbers:
    def test_true_counts_as_one(self) -> None:
        """Python's truth values add as numbers."""

        def f(p: dict[str, float]) -> float:
            return ((p["x"] > 0) + (p["y"] > 0)) * p["x"] * p["y"]

        value, grads = ml.value_and_grad(f)({"x": 1.0, "y": 2.0})
        assert (value, grads) == (4.0, {"x": 4.0, "y": 2.0})

    @pytest.mark.parametrize("name", ["float", "int", "bool", "float64", "float32", "exp"])
    def test_a_leaf_may_have_any_name(self, name: str) -> None:
        """Leaves may have the names of functions that the program calls."""
        assert ml.grad(lambda p: np.exp(p[name]) * p[name])({name: 0.0}) == {name: 1.0}

    def test_static_zeros_have_signs(self) -> None:
        """0.0 and -0.0 in a static field are two structures."""

        @ml.model
        class Sign:
            w: Array
            p: Static[Any]

        program = ml.jit(lambda m: np.copysign(m.w, m.p))
        assert program(Sign(np.ones(1), 0.0)) == 1.0
        assert program(Sign(np.ones(1), -0.0)) == -1.0

    @pytest.mark.parametrize(("c", "x"), [(0.0, -40.0), (100.0, 60.0), (5.0, -30.0), (5.0, 30.0)])
    def test_logaddexp_far_from_its_constant(self, c: float, x: float) -> None:
        """The derivative of logaddexp with a constant is the sigmoid, to relative precision."""
        found = ml.grad(lambda x: np.logaddexp(c, x))(x)
        assert found == pytest.approx(1.0 / (1.0 + np.exp(c - x)), rel=1e-13)

    @pytest.mark.parametrize(
        "compared",
        [
            lambda n: n < 300,
            lambda n: n > -1,
            lambda n: n == 306,
            lambda n: np.greater(300, n),
            lambda n: n >= 50,
        ],
    )
    def test_compared_as_they_are(self, compared: Callable[[Any], Any]) -> None:
        """Small integers compare with Python integers that do not fit their dtype as in NumPy."""
        pixels = np.array([50, 100], np.uint8)
        np.testing.assert_array_equal(ml.jit(compared)(pixels), compared(pixels))

    @pytest.mark.parametrize("function", [lambda n: n + 300, lambda n: np.maximum(n, -1)])
    def test_do_not_wrap_around(self, function: Callable[[Any], Any]) -> None:
        """A Python integer that does not fit the array's dtype is refused, as in NumPy."""
        pixels = np.array([50, 100], np.uint8)
        with pytest.raises(OverflowError, match="out of bounds for uint8"):
            function(pixels)
        with pytest.raises(OverflowError, match="out of bounds for uint8"):
            ml.jit(function)(pixels)

    def test_half_precision_means(self) -> None:
        """The mean of float16 does not overflow where the sum would."""
        halves = np.full(5000, 100.0, np.float16)
        mean: Callable[[Any], Any] = np.mean
        assert float(ml.jit(mean)(halves)) == np.mean(halves) == 100.0


class TestIndices:
    @pytest.mark.parametrize("index", [3, -4])
    @pytest.mark.parametrize("pick", [lambda w, i: w[i], lambda w, i: np.outer(w, w)[i, i]])
    def test_out_of_bounds(self, index: int, pick: Callable[[Any, Any], Any]) -> None:
        """An index out of bounds is an error in a gradient that does not need the values."""
        for places in (np.array([index]), np.array([0, index, 1])):
            with pytest.raises(IndexError, match=f"index {index} is out of bounds"):
                ml.grad(lambda w, i: np.sum(pick(w, i)))(np.ones(3), places)

    def test_groups(self) -> None:
        """Group sums are traced if the number of groups is given."""
        groups, x = np.array([0, 2, 2]), np.array([1.0, 2.0, 3.0])
        program = ml.jit(lambda i, x: (np.bincount(i, x, minlength=4), np.bincount(i, minlength=4)))
        sums, counts = program(groups, x)
        np.testing.assert_array_equal(sums, [1.0, 0.0, 5.0, 0.0])
        np.testing.assert_array_equal(counts, [1, 0, 2, 0])
        for outside in (4, -1):
            with pytest.raises(IndexError, match="index 4 is out of bounds"):
                program(np.array([0, outside, 1]), x)
        with pytest.raises(ml.TraceError, match="number of groups as minlength="):
            ml.jit(np.bincount)(groups)


class TestLongLoops:
    def test_thousands_of_steps(self) -> None:
        """The gradient of a linear recurrence, all of whose steps are constant, is computed in order."""

        def compounded(w: Array) -> Scalar:
            for _ in range(2000):
                w = w + 1e-3 * w
            return np.sum(w)

        np.testing.assert_allclose(ml.grad(compounded)(np.ones(3)), 1.001**2000, rtol=1e-10)


class TestCopies:
    def test_deep_copies(self) -> None:
        """A copy of a parameter has the parameter's gradient."""

        def loss(p: dict[str, Array]) -> Scalar:
            start = copy.deepcopy(p)
            return np.sum(start["w"] * p["w"])

        np.testing.assert_array_equal(ml.grad(loss)({"w": X})["w"], 2.0 * X)


class TestEagerNumbers:
    def test_a_number_would_lose_its_gradient(self) -> None:
        """float() of a parameter is refused with eager=True as well, and says why."""
        with pytest.raises(ml.TraceError, match="would lose its gradient"):
            ml.grad(lambda w: float(w) ** 2, eager=True)(3.0)

    def test_a_number_of_the_data_has_none(self) -> None:
        """float() of the data is allowed where values are known."""
        assert ml.grad(lambda w, x: float(x) * w, eager=True)(3.0, 5.0) == 5.0
