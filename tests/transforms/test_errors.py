"""The errors of transforms: wrong arguments, parameters and results."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import TraceError

VECTOR = np.ones(3)


def flagged(x: Any, flag: Any) -> Any:
    return x * x if flag else x


class TestParameters:
    @pytest.mark.parametrize(
        "transformed",
        [
            ml.grad(lambda p: p["n"] * 1.0),
            ml.hessian(lambda p: p["n"] * 1.0),
            ml.jacobian(lambda p: p["n"] * VECTOR),
            functools.partial(ml.check_grads, lambda p: p["n"] * 1.0),
        ],
    )
    @pytest.mark.parametrize("n", [2, np.int32(2), True])
    def test_integers(self, transformed: Callable[[Any], Any], n: Any) -> None:
        """Every derivative refuses a parameter that is an integer, and names it."""
        with pytest.raises(TypeError, match=r"at n: a parameter of dtype .* has no gradient"):
            transformed({"n": n})

    def test_dataclasses(self) -> None:
        """The error of a dataclass says what makes its fields parameters."""

        @dataclass(frozen=True)
        class Line:
            w: float

        with pytest.raises(
            TypeError, match=r"at 0: Line is not a parameter: write @ml.model instead of"
        ):
            ml.grad(lambda lines: lines[0].w)([Line(1.0)])

    @pytest.mark.parametrize("kind", [object, str])
    def test_text(self, kind: type[Any]) -> None:
        """The error of an array of text says how to make it numbers."""
        with pytest.raises(
            TypeError, match=r"at labels\.0: .* for text, np\.unique\(text, return_inverse"
        ):
            ml.jit(lambda labels: np.sum(labels[0]))([np.array(["cat", "dog"], kind)])

    @pytest.mark.parametrize(
        ("args", "place"),
        [
            (({"w": np.array([None])}, VECTOR), "p.w"),
            ((VECTOR, np.array(["a"])), "x"),
            ((VECTOR, {"y": np.array([1j])}), "x.y"),
        ],
    )
    def test_arrays_of_no_numbers(self, args: tuple[Any, Any], place: str) -> None:
        """An array of objects, text or complex numbers is named by argument and path."""

        def loss(p: Any, x: Any) -> Any:
            return np.sum(p) + np.sum(x)

        with pytest.raises(TypeError, match=rf"at {place}: cannot compute with dtype .* floats"):
            ml.grad(loss)(*args)

    def test_arrays_of_other_libraries(self) -> None:
        """An array of another library is refused: its numbers might change unseen."""

        class Tensor:
            def __array__(self) -> Any:
                return VECTOR

        def loss(p: Any, x: Any) -> Any:
            return np.sum(p * np.asarray(x))

        with pytest.raises(
            TypeError, match=r"at x: a .*Tensor is not a NumPy array: .* np\.asarray"
        ):
            ml.grad(loss)(VECTOR, Tensor())
        np.testing.assert_array_equal(ml.grad(loss, eager=True)(VECTOR, Tensor()), VECTOR)

    def test_unhashable(self) -> None:
        """An argument that is neither a number nor hashable is named."""
        with pytest.raises(TypeError, match="at flag: set is neither"):
            ml.jit(flagged)(1.0, flag={1})

    def test_frame(self) -> None:
        """The error of a data frame names it and the way to its array."""
        frame = pytest.importorskip("polars").DataFrame({"x": [1.0]})
        with pytest.raises(TypeError, match=r"at x: DataFrame is neither .* pass \.to_numpy\(\)"):
            ml.grad(lambda w, x: np.sum(w * x))(1.0, frame)

    def test_tangent(self) -> None:
        """A tangent of another shape is refused."""

        def function(x: Any) -> Any:
            return np.sin(x)

        with pytest.raises(ValueError, match=r"tangent of shape \(2,\) .* of shape \(3,\)"):
            ml.jvp(function)(VECTOR, np.ones(2))


class TestNames:
    def test_of_keywords(self) -> None:
        """Keywords of a loss may have the names of the transforms' arguments."""

        def loss(w: float, params: float = 1.0, tangent: float = 1.0) -> float:
            return w * w * params * tangent

        assert ml.grad(loss)(3.0, params=2.0) == 12.0
        assert ml.value_and_grad(loss)(3.0, params=2.0) == (18.0, 12.0)
        assert ml.jvp(loss)(3.0, 1.0, tangent=2.0) == (18.0, 12.0)
        assert ml.hvp(loss)(3.0, 1.0, params=2.0) == 4.0


class TestResults:
    @pytest.mark.parametrize(
        ("loss", "message"),
        [
            (lambda x: (x, x), r"returned a tuple of 2: .* has_aux=True"),
            (lambda x: {"loss": x}, "returned a dict"),
            (lambda _: None, "returned nothing"),
            (lambda _: "text", "returned a str"),
        ],
    )
    @pytest.mark.parametrize("transform", [ml.grad, ml.value_and_grad, ml.hessian])
    def test_no_scalar(self, transform: Any, loss: Callable[[Any], Any], message: str) -> None:
        """The error of a loss that returns no number says what it returned."""
        with pytest.raises(TraceError, match=message):
            transform(loss)(2.0)

    @pytest.mark.parametrize(
        ("loss", "message"),
        [
            (np.sum, "returned a scalar"),
            (lambda x: x[:2], r"returned an array of shape \(2,\)"),
            (lambda x: (np.sum(x), x, x), "returned a tuple of 3"),
        ],
    )
    def test_no_pair(self, loss: Callable[[Any], Any], message: str) -> None:
        """With has_aux the error of a loss that returns no pair says what it returned."""
        with pytest.raises(TraceError, match=rf"pair, \(value, aux\), and {message}"):
            ml.grad(loss, has_aux=True)(VECTOR)

    @pytest.mark.parametrize("transform", [ml.vjp, ml.jvp])
    def test_nothing(self, transform: Any) -> None:
        """A function that returns nothing has no derivative."""
        cotangent = None if transform is ml.vjp else VECTOR
        with pytest.raises(TraceError, match="returned nothing"):
            transform(lambda _: None)(VECTOR, cotangent)


class TestValues:
    @pytest.mark.parametrize("flag", [True, np.True_, 3])
    def test_flag(self, flag: Any) -> None:
        """A function may branch on a number that is bound, not on one that is passed."""
        with pytest.raises(TraceError, match=r"branch on .*np\.where.* functools\.partial, close"):
            ml.grad(flagged)(3.0, flag)
        assert ml.grad(functools.partial(flagged, flag=flag))(3.0) == 6.0

    def test_times(self) -> None:
        """So it is for a number of iterations."""
        with pytest.raises(TraceError, match=r"count with .* functools\.partial, close over"):
            ml.grad(lambda x, times: sum(x for _ in range(times)))(1.0, 3)

    @pytest.mark.parametrize(
        ("loss", "message"),
        [
            (lambda x: np.sum(np.asarray(x)), r"np\.asarray.* used as an array as it is"),
            (lambda x: np.sum(np.array([x[0], x[1]])), r"np\.array.* use np\.stack"),
            (
                lambda x: np.sum(np.stack([[x[0], 0.0], [0.0, x[1]]])),
                r"np\.stack of lists .* use np\.block\(\[\[a, b\], \[c, d\]\]\)",
            ),
            (
                lambda x: np.mean([x[0], x[1]]),
                r"np\.mean of a list .* np\.mean\(np\.stack\(\[a, b\]\)\)",
            ),
            (lambda x: np.sum(np.c_[x, x]), r"np\.c_ cannot be traced: use .* np\.column_stack"),
            (
                lambda x: np.sum(np.vectorize(lambda a: a)(x)),
                r"np\.vectorize of a list makes an array .* whole arrays",
            ),
        ],
    )
    def test_arrays_made(self, loss: Callable[[Any], Any], message: str) -> None:
        """Converting a tracer to an array is an error that says what to do instead."""
        with pytest.raises(TraceError, match=message):
            ml.grad(loss)(VECTOR)

    def test_arrays_of_numbers(self) -> None:
        """np.block makes a matrix of traced numbers and constants."""

        def loss(p: dict[str, float]) -> Any:
            return np.linalg.det(np.block([[p["a"], 2.0], [0.0, p["b"]]]))

        assert ml.grad(loss)({"a": 3.0, "b": 5.0}) == pytest.approx({"a": 5.0, "b": 3.0})


@pytest.mark.parametrize(
    "looked_up",
    [lambda table, y: table[y], lambda table, y: table.take(y), np.take],
)
def test_a_table_at_a_traced_index_is_mended_as_the_error_says(
    looked_up: Callable[[Any, Any], Any],
) -> None:
    """A constant table at a traced index is an error, whose advice works."""
    table, y = np.array([1.0, 2.0, 0.5]), np.array([0, 2, 1, 1])
    with pytest.raises(
        TraceError, match=r"write np\.asarray\(table, like=(index|y)\)\[(index|y)\]"
    ):
        ml.jit(lambda y: looked_up(table, y))(y)
    np.testing.assert_array_equal(ml.jit(lambda y: np.asarray(table, like=y)[y])(y), table[y])


@ml.model
class Part:
    """A part of a model, with fields that are no parameters."""

    w: ml.Array
    count: int
    name: ml.Static[str]


@pytest.mark.parametrize(
    ("wrt", "message"),
    [
        (lambda m: m[0].name, r"^at 0\.name: wrt selects a static field"),
        (lambda m: (m[1].w, m[0].name), r"^at 0\.name: wrt selects a static field"),
        (lambda m: m[1].count, r"^at 1\.count: a parameter of dtype int64 has no gradient"),
        (lambda m: [m[0].w, m[1]], r"^at 1\.count: a parameter of dtype int64 has no gradient"),
    ],
)
@pytest.mark.parametrize("transform", [ml.grad, ml.value_and_grad, ml.jacobian, ml.hvp])
def test_wrt_of_what_has_no_gradient(transform: Any, wrt: Any, message: str) -> None:
    """An error of a part that `wrt` selects names the field in the parameters."""
    params = (Part(np.ones(2), 1, "a"), Part(np.ones(2), 2, "b"))
    args = (params, params) if transform is ml.hvp else (params,)
    with pytest.raises(TypeError, match=message):
        transform(lambda m: np.sum(m[0].w * m[1].w), wrt=wrt)(*args)
