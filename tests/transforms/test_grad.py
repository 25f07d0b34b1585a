"""The transforms: nesting, trees, kinds of leaves, errors."""

import math
import threading
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import Array, Scalar, Static


@ml.model
class Linear:
    w: Array
    b: float
    label: Static[str] = "separator"

    def __call__(self, x: Array) -> Array:
        return x @ self.w + self.b


@ml.model
class Points:
    x: Array
    y: np.ndarray[Any, Any]
    name: Static[str] = "points"


def loss(params: Linear, data: Points) -> Scalar:
    return np.mean(np.logaddexp(0.0, -data.y * params(data.x)))


def example(dtype: str = "f8") -> tuple[Linear, Points]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 2)).astype(dtype)
    labels = np.sign(x[:, 0]) if dtype == "f4" else np.sign(x[:, 0]).astype(int)
    return Linear(np.array([1.0, -0.5], dtype), -1.0), Points(x, labels)


class TestValueAndGrad:
    def test_type_and_value(self) -> None:
        """The gradient has the parameters' type, and each leaf its kind."""
        net, data = example()
        value, grads = ml.value_and_grad(loss)(net, data)
        assert type(value) is float
        assert value == pytest.approx(float(np.asarray(loss(net, data))), rel=1e-14)
        assert type(grads) is Linear
        assert grads.label == "separator"
        assert type(grads.b) is float
        assert grads.w.shape == (2,)

    def test_float32(self) -> None:
        """A Python float among float32 arrays leaves them float32."""
        net, data = example("f4")
        source = ml.value_and_grad(loss).source(net, data)
        _, grads = ml.value_and_grad(loss)(net, data)
        assert grads.w.dtype == np.float32
        assert "50 float64" not in source

    def test_retrace(self, traces: list[str]) -> None:
        """Another batch size is traced anew, and the same one is not."""

        def counted(w: Array, x: Array) -> Scalar:
            return np.sum(x @ w)

        gradient = ml.grad(counted)
        for n in (3, 3, 4, 3, 4):
            np.testing.assert_array_equal(gradient(np.ones(2), np.ones((n, 2))), [n, n])
        assert len(traces) == 2

    def test_results_are_fresh(self) -> None:
        """A second call does not change the first result."""
        gradient = ml.grad(lambda w: np.sum(w * w))
        first = gradient(np.ones(3))
        gradient(np.zeros(3))
        np.testing.assert_array_equal(first, [2.0, 2.0, 2.0])

    def test_threads(self) -> None:
        """Several threads may call one program."""
        gradient = ml.grad(lambda w: np.sum(np.tanh(w) * w))
        inputs = [np.full(1000, float(i)) for i in range(8)]
        expected = [gradient(w) for w in inputs]
        wrong: list[int] = []

        def work(i: int) -> None:
            results = [gradient(inputs[i]) for _ in range(200)]
            wrong.extend(i for result in results if not np.array_equal(result, expected[i]))

        threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong

    def test_relu_at_zero(self) -> None:
        """The lecture's last slide: the gradient of relu at 0 is 0."""
        assert ml.grad(lambda x: np.maximum(x, 0.0))(0.0) == 0.0
        assert ml.grad(lambda x: np.maximum(0.0, x))(0.0) == 0.0

    def test_tie(self) -> None:
        """Two varying values that tie share the gradient."""
        assert ml.grad(lambda p: np.maximum(p[0], p[1]))((1.0, 1.0)) == (0.5, 0.5)


class TestNesting:
    def test_second_derivative(self) -> None:
        """A gradient can be differentiated."""
        assert ml.grad(ml.grad(lambda x: x**3))(2.0) == pytest.approx(12.0)

    def test_closure(self) -> None:
        """An inner gradient sees the outer variable as a constant."""
        outer = ml.grad(lambda x: x * ml.grad(lambda y: x * y)(x))
        assert outer(3.0) == 6.0

    def test_jit_in_grad(self) -> None:
        """A jitted function inside a gradient is differentiated."""
        square = ml.jit(lambda x: x * x)
        assert ml.grad(lambda x: square(x) + x)(3.0) == 7.0

    def test_training_step(self) -> None:
        """Loss, gradient and update under one jit are one program, with the same numbers."""

        def step(params: Linear, momentum: Linear, data: Points) -> tuple[float, Linear, Linear]:
            value, grads = ml.value_and_grad(loss)(params, data)
            momentum = ml.tree_map(lambda m, g: 0.9 * m + g, momentum, grads)
            return value, ml.tree_map(lambda p, m: p - 0.1 * m, params, momentum), momentum

        net, data = example("f4")
        momentum = ml.tree_map(lambda p: 0.0 * p, net)
        fast = ml.jit(step)
        slow = (0.0, net, momentum)
        quick = (0.0, net, momentum)
        for _ in range(5):
            slow = step(*slow[1:], data)
            quick = fast(*quick[1:], data)
        assert type(quick[0]) is float
        assert quick[0] == pytest.approx(slow[0], rel=1e-6)
        assert type(quick[1].b) is float
        assert quick[1].w.dtype == np.float32
        assert ml.tree_allclose(quick[1], slow[1], rtol=1e-5)

    def test_jit_returns_what_it_is_given(self) -> None:
        """Leaves that are not computed are returned as they are, arrays as copies."""
        x = np.ones(3)
        same, text, number = ml.jit(lambda a, t: (a, t, 1.5))(x, "text")
        np.testing.assert_array_equal(same, x)
        assert same is not x
        assert (text, number) == ("text", 1.5)


class TestEager:
    def test_branch(self) -> None:
        """With eager=True a loss may branch on values."""

        def hinge(x: float) -> float:
            return 0.0 * x if x < 0.5 else x * x

        assert ml.grad(hinge, eager=True)(2.0) == 4.0
        assert ml.grad(hinge, eager=True)(0.1) == 0.0

    def test_same_as_program(self) -> None:
        """Eager and compiled agree."""
        net, data = example()
        a = ml.value_and_grad(loss)(net, data)
        b = ml.value_and_grad(loss, eager=True)(net, data)
        assert ml.tree_allclose(a, b, rtol=1e-12)


class TestOptions:
    def test_source_names(self) -> None:
        """The source names each output after its place in the result."""

        def noted(p: Any) -> Any:
            return np.sum(p["w"] * p["w"]), {"largest": np.max(p["w"])}

        both = ml.value_and_grad(noted, has_aux=True).source({"w": np.ones(3)})
        assert all(f"{name} = " in both for name in ("value", "aux_largest", "grad_w"))
        alone = ml.grad(noted, has_aux=True).source({"w": np.ones(3)})
        assert all(f"{name} = " in alone for name in ("grad_w", "aux_largest"))
        assert "out_1 = " in ml.jit(lambda x: (x, np.exp(x))).source(np.ones(3))

    def test_has_aux(self) -> None:
        """has_aux returns what a loss returns beside its value."""

        def noted(params: Linear, data: Points) -> tuple[Scalar, Array]:
            return loss(params, data), params(data.x)

        net, data = example()
        (value, scores), grads = ml.value_and_grad(noted, has_aux=True)(net, data)
        np.testing.assert_allclose(scores, net(data.x))
        assert ml.tree_allclose((value, grads), ml.value_and_grad(loss)(net, data))
        assert ml.tree_allclose(ml.grad(noted, has_aux=True)(net, data)[0], grads)

    def test_wrt(self) -> None:
        """A gradient by a part of the parameters is that part's gradient."""
        net, data = example()
        whole = ml.grad(loss)(net, data)
        value, part = ml.value_and_grad(loss, wrt=lambda m: m.w)(net, data)
        np.testing.assert_allclose(part, whole.w)
        assert value == pytest.approx(ml.value_and_grad(loss)(net, data)[0])

    def test_stop_gradient(self) -> None:
        """stop_gradient makes a constant, at every order."""
        assert ml.grad(lambda x: ml.stop_gradient(x * x) * x)(3.0) == 9.0
        assert ml.grad(ml.grad(lambda x: ml.stop_gradient(x) * x * x))(3.0) == 6.0

    def test_debug_nans(self) -> None:
        """The first operation whose result is not finite is named, with its line."""
        gradient = ml.grad(lambda x: np.sum(np.sqrt(x)), debug_nans=True)
        np.testing.assert_allclose(gradient(np.ones(2)), [0.5, 0.5])
        with pytest.raises(FloatingPointError, match=r"divide gives infinity.*\n.*test_grad"):
            gradient(np.zeros(2))

    def test_debug_nans_looks_at_numbers_that_are_computed(self) -> None:
        """Static leaves of a result, such as text, are not checked."""
        assert ml.jit(lambda x: (2.0 * x, "twice"), debug_nans=True)(1.0) == (2.0, "twice")

    def test_debug_nans_passes_over_what_is_masked(self) -> None:
        """An infinity that reaches no result, such as a mask's, is not named; the line is the loss's."""

        def loss(w: Array, kept: Array) -> Scalar:
            masked = np.where(kept, w, -np.inf)
            safe = np.where(w > 0.0, np.log(w), 0.0)
            shares = np.exp(masked - np.max(masked))
            total: Scalar = np.sum(safe) + np.sum(np.arcsin(shares + 1.0))
            return total

        kept = np.array([True, False])
        for transform in (ml.grad, ml.value_and_grad, ml.jit):
            with pytest.raises(
                FloatingPointError, match=r"(arcsin|sqrt) gives NaN.*\n.*np\.arcsin"
            ):
                transform(loss, debug_nans=True)(np.array([2.0, 0.0]), kept)
        with pytest.raises(FloatingPointError, match=r"divide gives inf.*\n.*np\.sum\(np\.sqrt"):
            ml.grad(
                lambda w: np.sum(np.sqrt(w)),
                debug_nans=True,
            )(np.zeros(2))

    def test_debug_nans_of_an_argument(self) -> None:
        """An argument that is not finite is named."""
        with pytest.raises(FloatingPointError, match=r"at params\.w: the argument holds NaN"):
            ml.grad(lambda params: np.sum(params["w"] ** 2), debug_nans=True)(
                {"w": np.full(2, np.nan)}
            )

    def test_explain(self) -> None:
        """An explanation counts operations, flops and bytes."""
        program = ml.jit(lambda x, w: np.tanh(x @ w))
        found = program.explain(np.ones((4, 3)), np.ones((3, 2)))
        assert found.operations == {"matmul": 1, "tanh": 1}
        assert found.flops == 2 * 4 * 3 * 2 + 8
        assert found.bytes == 8 * (12 + 6 + 8 + 8 + 8)
        assert "runs whole" in str(found)

    def test_method(self) -> None:
        """A jitted method is bound."""

        class Scorer:
            @ml.jit
            def score(self: Any, x: float) -> float:
                return 2.0 * x

        scorer = Scorer()
        assert scorer.score(2.0) == 4.0
        assert scorer.score.source(2.0) == Scorer.score.source(scorer, 2.0)
        assert scorer.score.explain(2.0).operations == {"multiply": 1}
        assert scorer.score.lower(2.0).source == scorer.score.source(2.0)
        scorer.score.check(2.0)
        assert ml.grad(scorer.score)(2.0) == 2.0


class TestErrors:
    @pytest.mark.parametrize(
        ("function", "message"),
        [
            (lambda x: x if x > 0 else -x, r"branch on .*np\.where.*eager=True"),
            (math.exp, r"float\(\) or math\.\*.*np\.exp"),
            (lambda x: np.asarray(x) * 2.0, r"np\.stack"),
            (lambda x: np.array([x, x]).sum(), r"np\.stack"),
            (np.i0, r"np\.i0 cannot be traced"),
            (lambda x: [1.0, 2.0][x], r"index .*Static"),
        ],
    )
    def test_untraceable(self, function: Callable[[Any], Any], message: str) -> None:
        """The error of what cannot be traced names the alternative and the user's line."""
        with pytest.raises(ml.TraceError, match=f"(?s){message}.*test_grad.py:"):
            ml.grad(function)(1.0)

    def test_not_scalar(self) -> None:
        """A loss that is an array is refused, with its shape."""
        with pytest.raises(ml.TraceError, match=r"scalar.*shape \(3,\)"):
            ml.grad(lambda x: x * 2.0)(np.ones(3))

    def test_integer_parameter(self) -> None:
        """An integer parameter is named."""
        with pytest.raises(TypeError, match=r"at w: .*int64.*Static"):
            ml.grad(lambda p: np.sum(p["w"]))({"w": np.arange(3)})

    def test_string_parameter(self) -> None:
        """A parameter that is not a number is named."""
        with pytest.raises(TypeError, match=r"at name: str .*Static"):
            ml.grad(lambda p: p["w"] * 2.0)({"w": 1.0, "name": "x"})

    def test_shapes_that_do_not_fit(self) -> None:
        """An error of shapes names the leaves."""
        net, data = example()
        with pytest.raises(ValueError, match=r"\(50, 2\)") as info:
            ml.grad(loss)(Linear(np.ones(3), 0.0), data)
        assert "w: float64[3], b: float, data_x: float64[50, 2]" in info.value.__notes__[0]
        assert net.b == -1.0

    def test_escaped(self) -> None:
        """A tracer kept from an earlier trace is refused."""
        kept = []

        def leaky(x: Any) -> Any:
            kept.append(x)
            return x * kept[0]

        with pytest.raises(ml.TraceError, match=r"traced a second time.*\n?.*escaped"):
            ml.grad(leaky)(2.0)

    def test_traceback_shows_program(self) -> None:
        """An error inside a program shows the generated line."""
        program = ml.jit(lambda x: np.sum(x * 2.0))
        program(np.ones(3))
        lowered = program.lower(np.ones(3))
        with pytest.raises(ValueError, match="broadcast") as info:
            lowered.program([np.ones((2, 2))])
        assert "multiply(x" in "".join(traceback.format_exception(info.value))
