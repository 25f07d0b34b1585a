"""Functions with a custom derivative."""

import pickle
from collections.abc import Callable
from typing import Any

import attrs
import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from scipy import special

import miniml as ml
from miniml import Array

X = np.random.default_rng(0).normal(size=(4, 3))


def total_fwd(x: Any) -> Any:
    """Return the value, and as residuals the parts of the gradient's quotient."""
    exps = np.exp(x)
    total = np.sum(exps)
    return np.log(total), (exps, total)


def called_fwd(x: Any) -> Any:
    """Return the value of the function that a program calls, and the gradient's terms."""
    y = CALLED(x)
    return y, (x, y)


TRACED: Any = ml.custom_vjp(total_fwd, lambda res, g: g * res[0] / res[1])(
    lambda x: np.log(np.sum(np.exp(x)))
)
CALLED: Any = ml.custom_vjp(called_fwd, lambda res, g: g * np.exp(res[0] - res[1]), like=np.sum)(
    special.logsumexp
)


def recurrent(total: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a loop whose steps call the function."""

    def step(carry: Any, row: Any) -> tuple[Any, Any]:
        carry = 0.5 * carry + total(row + carry)
        return carry, carry

    return lambda x: ml.scan(step, 0.0, x)[0]


USES: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "jit": lambda f: ml.jit(f)(X),
    "grad": lambda f: ml.grad(f)(X),
    "eager": lambda f: ml.grad(f, eager=True)(X),
    "grad of grad": lambda f: ml.grad(lambda x: np.sum(ml.grad(f)(x) ** 2))(X),
    "hessian": lambda f: ml.hessian(f)(X),
    "jvp": lambda f: ml.jvp(f)(X, X**2),
    "vmap": lambda f: ml.vmap(f)(X),
    "vmap of grad": lambda f: ml.vmap(ml.grad(f))(X),
    "vmap of vmap": lambda f: ml.vmap(ml.vmap(ml.grad(f)))(X.reshape(2, 2, 3)),
    "vmap, shared": lambda f: ml.grad(
        lambda w: np.sum(ml.vmap(lambda w, x: f(w * x) ** 2, (None, 0))(w, X))
    )(X[0]),
    "grad of vmap": lambda f: ml.grad(lambda x: np.sum(ml.vmap(f)(x) ** 2))(X),
    "scan": lambda f: ml.grad(recurrent(f))(X),
    "hessian of scan": lambda f: ml.hessian(recurrent(f))(X),
    "vmap of scan": lambda f: ml.vmap(ml.grad(recurrent(f)))(np.stack([X, 2.0 * X])),
    "loop": lambda f: ml.grad(lambda x: sum(f(row) ** 2 for row in x))(X),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("function", [TRACED, CALLED], ids=["traced", "called"])
def test_a_right_rule_changes_nothing(function: Callable[[Any], Any], use: str) -> None:
    """With a right rule every transform returns what it returns with the function's own derivative."""
    found, wanted = USES[use](function), USES[use](ml.logsumexp)
    for a, b in zip(ml.tree_leaves(found), ml.tree_leaves(wanted), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.jax
@pytest.mark.parametrize("function", [TRACED, CALLED], ids=["traced", "called"])
def test_under_jax(function: Callable[[Any], Any]) -> None:
    """The JAX backend calls back a function that JAX cannot trace."""
    pytest.importorskip("jax")
    found = ml.grad(lambda x: function(x) ** 2, backend="jax")(X)
    np.testing.assert_allclose(found, ml.grad(lambda x: ml.logsumexp(x) ** 2)(X), rtol=1e-12)


def test_residuals_are_computed_once() -> None:
    """An operation of both `fwd` and the function stands once in the gradient's program."""
    source = ml.value_and_grad(TRACED).source(X)
    assert source.count(" exp(") == 1
    assert "log(" in source


@pytest.mark.jax
@hypothesis.given(st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=4), st.floats(-2.0, 2.0))
def test_derivatives_are_those_of_jaxs_rule(xs: list[float], scale: float) -> None:
    """With the same `fwd` and `bwd` first derivatives equal JAX's, and second ones if the rule is right."""
    jax = pytest.importorskip("jax")

    def fwd(x: Any, s: Any) -> Any:
        return x * s, (x * x, x, s)

    def bwd(residuals: Any, g: Any, power: int = 0) -> Any:
        square, x, s = residuals
        return g * s * square**power, (g * x).sum()

    def derivatives(transform: Any, rule: Any, right: Any) -> Any:
        def loss(function: Any) -> Any:
            return lambda pair: (function(*pair) ** 2).sum()

        first = transform(loss(rule))
        return first, transform(lambda pair: (transform(loss(right))(pair)[0] ** 3).sum())

    def wrong(residuals: Any, g: Any) -> Any:
        return bwd(residuals, g, 1)

    theirs = [jax.custom_vjp(lambda x, s: x * s) for _ in range(2)]
    for function, rule in zip(theirs, (wrong, bwd), strict=True):
        function.defvjp(fwd, rule)
    ours = [ml.custom_vjp(fwd, rule)(lambda x, s: x * s) for rule in (wrong, bwd)]
    args = np.array(xs), scale
    for one, other in zip(derivatives(ml.grad, *ours), derivatives(jax.grad, *theirs), strict=True):
        with jax.enable_x64(True):
            wanted = tuple(map(np.asarray, other(args)))
        assert ml.tree_allclose(one(args), wanted, rtol=1e-10, atol=1e-12)


def test_each_result_keeps_its_dtype() -> None:
    """Each result of a function keeps its dtype, and so does its cotangent."""

    def both(x: Any) -> Any:
        return x.astype(np.float32), 2.0 * x

    seen: list[Any] = []

    def bwd(_: None, g: Any) -> Any:
        seen.extend(leaf.dtype for leaf in g)
        return g[0].astype(np.float64) + 2.0 * g[1]

    for like in (None, both):
        pair: Any = ml.custom_vjp(lambda x: (both(x), None), bwd, like=like)(both)
        single, double = ml.jit(pair)(X)
        assert (single.dtype, double.dtype) == (np.float32, np.float64)
        np.testing.assert_array_equal(ml.grad(lambda x, f=pair: np.sum(f(x)[1]))(X), 2.0 + 0.0 * X)
    assert set(seen) == {np.dtype(np.float32), np.dtype(np.float64)}


def test_a_step_that_is_passed_straight_through() -> None:
    """A gradient uses the rule in place of the function's own derivative."""
    rounded = ml.custom_vjp(lambda x: (np.round(x), None), lambda _, g: g)(np.round)
    assert ml.grad(lambda x: rounded(x) * x)(2.4) == 2.0 + 2.4
    assert rounded(2.4) == 2.0


def test_the_value_is_the_functions_own() -> None:
    """A value of `fwd` that differs from the function's is not used."""
    doubled: Any = ml.custom_vjp(lambda x: (7.0 * x, None), lambda _, g: 2.0 * g)(lambda x: 2.0 * x)
    assert ml.value_and_grad(doubled)(3.0) == (6.0, 2.0)


def test_several_arguments_and_results() -> None:
    """Arguments and values may be trees; None stands for no gradient."""

    def both(layer: ml.Linear, x: Array) -> Any:
        return {"scores": layer(x), "norm": np.sum(layer.w**2)}

    def bwd(x: Array, g: Any) -> Any:
        return ml.Linear(g["scores"] @ x, 2.0 * np.sum(g["scores"])), None

    layered: Any = ml.custom_vjp(lambda layer, x: (both(layer, x), x), bwd)(both)

    def loss(layer: ml.Linear, x: Array) -> Any:
        value = layered(layer, x)
        return np.sum(value["scores"] * np.arange(4.0)) + value["norm"]

    layer = ml.Linear(np.array([1.0, -2.0, 0.5]), 0.25)
    assert ml.jit(loss)(layer, X) == pytest.approx(float(loss(layer, X)))
    found = ml.grad(loss)(layer, X)
    np.testing.assert_allclose(found.w, np.arange(4.0) @ X)  # the rule leaves out the norm
    assert found.b == 12.0
    np.testing.assert_array_equal(ml.grad(lambda x, layer: loss(layer, x))(X, layer), 0.0 * X)


def test_keywords_go_to_function_fwd_and_like() -> None:
    """Keyword arguments go to the function, to `fwd` and to `like`."""

    def fwd(x: Any, axis: int) -> Any:
        y = called(x, axis=axis)
        return y, (x, y, axis)

    def bwd(residuals: Any, g: Any) -> Any:
        x, y, axis = residuals
        return np.expand_dims(g, axis) * np.exp(x - np.expand_dims(y, axis))

    called: Any = ml.custom_vjp(fwd, bwd, like=np.sum)(special.logsumexp)
    wanted = ml.grad(lambda x: np.sum(ml.logsumexp(x, axis=1) ** 2))(X)
    found = ml.grad(lambda x: np.sum(called(x, axis=1) ** 2))(X)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_a_program_shows_the_call_and_cuts_what_it_can() -> None:
    """A called function stands in the source; a traced one leaves no trace there, and can be chunked."""
    assert "logsumexp_" in ml.grad(CALLED).source(X)
    softplus: Any = ml.custom_vjp(
        lambda z: (np.logaddexp(0.0, z), z), lambda z, g: g * np.exp(-np.logaddexp(0.0, -z))
    )(lambda z: np.logaddexp(0.0, z))
    program = ml.grad(lambda w, x: np.mean(softplus(x @ w)))
    assert program.explain(np.ones(10), np.ones((100_000, 10))).chunks > 1


def test_a_wrong_rule_is_found() -> None:
    """`check_grads` names the leaf whose gradient is wrong."""
    wrong: Any = ml.custom_vjp(lambda x: (np.sum(x**2), x), lambda x, g: 3.0 * g * x)(
        lambda x: np.sum(x**2)
    )
    with pytest.raises(AssertionError, match="w"):
        ml.check_grads(lambda p: wrong(p["w"]), {"w": X})


def cubed_fwd(x: float) -> tuple[float, float]:
    return cubed(x), x


@ml.custom_vjp(cubed_fwd, lambda x, g: 3.0 * g * x * x)
def cubed(x: float) -> float:
    """Return the cube."""
    return x**3


def test_a_decorated_function_pickles_by_name() -> None:
    """A decorated function is pickled by name, as functions are."""
    assert pickle.loads(pickle.dumps(cubed)) is cubed


SCALE = 2.0


def test_a_rule_sees_a_global_that_is_bound_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new transform traces the rule again."""
    scaled: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: SCALE * g)(lambda x: x)

    def loss(x: Any) -> Any:
        return scaled(x)

    assert ml.grad(loss)(1.0) == 2.0
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert ml.grad(loss)(1.0) == 3.0


def test_pickles_with_its_parts() -> None:
    """An undecorated function with a rule pickles if its parts do."""
    again = pickle.loads(pickle.dumps(ml.custom_vjp(divmod, np.multiply, like=np.max)(np.sum)))
    assert again(X) == np.sum(X)


@attrs.frozen
class Pair:
    a: Any
    b: Any


def test_a_residual_may_be_static() -> None:
    """Numbers, strings, None and any leaf of the arguments may be residuals."""

    def fwd(x: Any, rule: Any) -> Any:
        return x, {"x": x, "power": 3, "how": "cube", "none": None, "rule": rule, "type": float}

    called: Any = ml.custom_vjp(fwd, lambda res, g: (g * res["rule"](res["x"]), None))(
        lambda x, _: x
    )
    assert ml.grad(lambda x: called(x, np.square))(3.0) == 9.0


def test_a_traced_value_from_around_is_refused() -> None:
    """A traced value that is not an argument would lose its gradient: it is an error."""

    def loss(params: Pair) -> Any:
        scaled: Any = ml.custom_vjp(lambda a: (a * params.b, None), lambda _, g: g)(
            lambda a: a * params.b
        )
        return scaled(params.a)

    with pytest.raises(ml.TraceError, match="pass it as an argument"):
        ml.grad(loss)(Pair(1.0, 2.0))


def test_what_is_made_of_an_argument_around_is_refused() -> None:
    """A value made of an argument outside the function is not an argument: it is an error."""

    def loss(w: Any) -> Any:
        square = w**2
        scaled: Any = ml.custom_vjp(lambda w: (w * square, None), lambda _, g: g * square)(
            lambda w: w * square
        )
        return scaled(w)

    with pytest.raises(ml.TraceError, match="pass it as an argument"):
        ml.grad(loss)(3.0)
    assert ml.jit(loss)(3.0) == 27.0  # without a gradient there is none to lose


def test_a_stopped_value_from_around_is_a_constant() -> None:
    """A value with a stopped gradient may be used from outside."""

    def loss(params: Pair) -> Any:
        b = ml.stop_gradient(params.b)
        scaled: Any = ml.custom_vjp(lambda a: (a * b, None), lambda _, g: g * b)(lambda a: a * b)
        return scaled(params.a)

    assert ml.grad(loss)(Pair(1.0, 2.0)) == Pair(2.0, 0.0)


@pytest.mark.parametrize("like", [None, lambda _: 0.0])
def test_a_constant_number_stays_one(like: Any) -> None:
    """A Python number among the results adapts its dtype, as it does outside."""
    half: Any = ml.custom_vjp(lambda _: (0.5, None), lambda *_: None, like=like)(lambda _: 0.5)
    assert ml.jit(lambda x: half(x) * x)(np.ones(3, np.float32)).dtype == np.float32


def test_any_argument_goes_in_outside_of_a_trace() -> None:
    """Outside of a trace any argument is accepted."""

    @attrs.define
    class Counted:
        x: float

    assert ml.custom_vjp(divmod, divmod)(lambda c: c.x)(Counted(2.0)) == 2.0


@pytest.mark.parametrize("like", [None, lambda _, x: x])
def test_a_method(like: Any) -> None:
    """In the body of a class the function is a method, whose first argument is the object."""

    def times(self: Any, x: float) -> float:
        return float(self.scale) * x

    class Scaled:
        scale = 2.0
        product = ml.custom_vjp(lambda _, x: (x, None), lambda _, g: (None, 10.0 * g), like=like)(
            times
        )

    assert Scaled().product(3.0) == 6.0
    assert ml.value_and_grad(Scaled().product)(3.0) == (6.0, 10.0)
