"""Functions with a derivative of one's own."""

import gc
import pickle
import weakref
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
    """The value and, as residuals, what the gradient divides: all that is computed once."""
    exps = np.exp(x)
    total = np.sum(exps)
    return np.log(total), (exps, total)


def called_fwd(x: Any) -> Any:
    """The value of the function that a program calls."""
    y = CALLED(x)
    return y, (x, y)


TRACED: Any = ml.custom_vjp(total_fwd, lambda res, g: g * res[0] / res[1])(
    lambda x: np.log(np.sum(np.exp(x)))
)
CALLED: Any = ml.custom_vjp(called_fwd, lambda res, g: g * np.exp(res[0] - res[1]), like=np.sum)(
    special.logsumexp
)


def recurrent(total: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A loop whose steps call the function."""

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
    """In every transform it gives what the function with its own derivative gives."""
    found, wanted = USES[use](function), USES[use](ml.logsumexp)
    for a, b in zip(ml.tree_leaves(found), ml.tree_leaves(wanted), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.jax
@pytest.mark.parametrize("function", [TRACED, CALLED], ids=["traced", "called"])
def test_under_jax(function: Callable[[Any], Any]) -> None:
    """JAX's backend calls back what it cannot trace."""
    pytest.importorskip("jax")
    found = ml.grad(lambda x: function(x) ** 2, backend="jax")(X)
    np.testing.assert_allclose(found, ml.grad(lambda x: ml.logsumexp(x) ** 2)(X), rtol=1e-12)


def test_residuals_are_computed_once() -> None:
    """What `fwd` and the function both compute is one operation of the gradient's program."""
    source = ml.value_and_grad(TRACED).source(X)
    assert source.count(" exp(") == 1
    assert "log(" in source


def test_a_gradient_calls_the_function_once() -> None:
    """Though `fwd` calls the decorated function again."""
    calls: list[float] = []

    def fwd(x: float) -> tuple[float, float]:
        y = root(x)
        return y, y

    @ml.custom_vjp(fwd, lambda y, g: g / (2.0 * y), like=lambda x: x)
    def root(x: float) -> float:
        calls.append(x)
        return float(np.sqrt(x))

    assert ml.grad(root)(4.0) == 0.25
    assert ml.grad(ml.grad(root))(4.0) == pytest.approx(-1.0 / 32.0)
    assert calls == [4.0, 4.0]


@pytest.mark.jax
@hypothesis.given(st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=4), st.floats(-2.0, 2.0))
def test_derivatives_are_those_of_jaxs_rule(xs: list[float], scale: float) -> None:
    """With the same `fwd` and `bwd`, first derivatives are JAX's, and second ones of a right rule."""
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
    """Results of several dtypes are as many arrays, and so are their cotangents."""

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
    """The rule is used in place of the function's own derivative, and outside it is the function."""
    rounded = ml.custom_vjp(lambda x: (np.round(x), None), lambda _, g: g)(np.round)
    assert ml.grad(lambda x: rounded(x) * x)(2.4) == 2.0 + 2.4
    assert rounded(2.4) == 2.0


def test_several_arguments_and_results() -> None:
    """Trees go in and come out; None is no gradient."""

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
    """What is not traced may be given by name."""

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


def test_what_is_called_gets_the_arguments_as_they_are() -> None:
    """Numbers are Python's, arrays keep their dtype, other leaves are the same objects."""
    seen: list[Any] = []

    def function(x: Array, scale: float, how: str) -> Array:
        seen.append((type(x), x.dtype, type(scale), how))
        return scale * x

    called = ml.custom_vjp(
        lambda x, scale, _how: (x, (x, scale)),
        lambda res, g: (g * res[1], np.sum(g * res[0]), None),
        like=lambda x, *_: x,
    )(function)
    ml.jit(lambda x, s: called(x, s, "here"))(np.ones(3, np.float32), 2.0)
    assert seen == [(np.ndarray, np.dtype(np.float32), float, "here")]


def test_a_program_shows_the_call_and_cuts_what_it_can() -> None:
    """A function that is called stands in the source; a rule alone leaves no trace, and chunks."""
    assert "logsumexp_" in ml.grad(CALLED).source(X)
    softplus: Any = ml.custom_vjp(
        lambda z: (np.logaddexp(0.0, z), z), lambda z, g: g * np.exp(-np.logaddexp(0.0, -z))
    )(lambda z: np.logaddexp(0.0, z))
    program = ml.grad(lambda w, x: np.mean(softplus(x @ w)))
    assert program.explain(np.ones(10), np.ones((100_000, 10))).chunks > 1


def test_a_wrong_rule_is_found() -> None:
    """`check_grads` names the leaf whose gradient is another."""
    wrong: Any = ml.custom_vjp(lambda x: (np.sum(x**2), x), lambda x, g: 3.0 * g * x)(
        lambda x: np.sum(x**2)
    )
    with pytest.raises(AssertionError, match="w"):
        ml.check_grads(lambda p: wrong(p["w"]), {"w": X})


def cubed_fwd(x: float) -> tuple[float, float]:
    return cubed(x), x


@ml.custom_vjp(cubed_fwd, lambda x, g: 3.0 * g * x * x)
def cubed(x: float) -> float:
    """A function that is decorated."""
    return x**3


def test_a_decorated_function_pickles_by_name() -> None:
    """It is found where it was defined, as a function is."""
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
    """It goes to other processes if its functions do."""
    again = pickle.loads(pickle.dumps(ml.custom_vjp(divmod, np.multiply, like=np.max)(np.sum)))
    assert again(X) == np.sum(X)


@attrs.frozen
class Pair:
    a: Any
    b: Any


@pytest.mark.parametrize(
    ("function", "fwd", "bwd", "message"),
    [
        (
            lambda x: x,
            lambda x: (x, None),
            lambda _, g: g[0],
            r"argument 0 a gradient of shape \(3,\), .* \(4, 3\)",
        ),
        (
            lambda x: x,
            lambda x: (x, None),
            lambda _, g: (g,),
            "structure .*: they must be the same",
        ),
        (
            lambda x: x > 0,
            lambda x: (x, None),
            lambda _, g: g,
            "must return floats, and returned <traced bool",
        ),
        (
            lambda _: None,
            lambda x: (x, None),
            lambda _, g: g,
            "must return floats, .* returned None",
        ),
        (lambda x: x, lambda x: x, lambda _, g: g, "must return a pair, .* an array"),
        (lambda x: x, lambda x: (x, x, x), lambda _, g: g, "must return a pair, .* a tuple of 3"),
    ],
)
def test_what_is_no_rule(
    function: Callable[..., Any], fwd: Callable[..., Any], bwd: Callable[..., Any], message: str
) -> None:
    """What does not fit is refused, and said of which argument."""
    with pytest.raises(ml.TraceError, match=message):
        ml.grad(lambda x: np.sum(ml.custom_vjp(fwd, bwd)(function)(x)))(X)


def test_a_gradient_for_each_argument_is_wanted() -> None:
    """Of several arguments none is forgotten."""
    product: Any = ml.custom_vjp(lambda a, b: (a * b, b), lambda b, g: g * b)(lambda a, b: a * b)
    with pytest.raises(ml.TraceError, match="must return a tuple of 2"):
        ml.grad(lambda a: product(a, 2.0))(1.0)


def test_a_traced_value_from_around_is_refused() -> None:
    """A function that uses a parameter which is no argument would lose its gradient."""

    def loss(params: Pair) -> Any:
        scaled: Any = ml.custom_vjp(lambda a: (a * params.b, None), lambda _, g: g)(
            lambda a: a * params.b
        )
        return scaled(params.a)

    with pytest.raises(ml.TraceError, match="pass it as an argument"):
        ml.grad(loss)(Pair(1.0, 2.0))


def test_what_is_made_of_an_argument_around_is_refused() -> None:
    """The argument's gradient is the rule's, not that of what else was made of it."""

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
    """It has no gradient to lose."""

    def loss(params: Pair) -> Any:
        b = ml.stop_gradient(params.b)
        scaled: Any = ml.custom_vjp(lambda a: (a * b, None), lambda _, g: g * b)(lambda a: a * b)
        return scaled(params.a)

    assert ml.grad(loss)(Pair(1.0, 2.0)) == Pair(2.0, 0.0)


@pytest.mark.parametrize("like", [None, lambda _: 0.0])
def test_a_constant_number_stays_one(like: Any) -> None:
    """A Python number among results takes the dtype of what it meets, as it does outside."""
    half: Any = ml.custom_vjp(lambda _: (0.5, None), lambda *_: None, like=like)(lambda _: 0.5)
    assert ml.jit(lambda x: half(x) * x)(np.ones(3, np.float32)).dtype == np.float32


@pytest.mark.parametrize("eager", [False, True])
def test_what_is_called_may_run_programs(*, eager: bool) -> None:
    """A solver takes gradients of its own, on arrays, though it is called of constants or eagerly."""
    slope = ml.grad(lambda x: x**3)
    called: Any = ml.custom_vjp(lambda x: (x, x), lambda x, g: g * 6.0 * x, like=lambda x: x)(
        lambda x: float(slope(x))
    )
    assert ml.grad(lambda x: called(x) + x * called(2.0), eager=eager)(1.0) == 6.0 + 12.0


def test_any_argument_goes_in_outside_of_a_trace() -> None:
    """There it is the function given."""

    @attrs.define
    class Counted:
        x: float

    assert ml.custom_vjp(divmod, divmod)(lambda c: c.x)(Counted(2.0)) == 2.0


def test_a_program_does_not_keep_its_trace() -> None:
    """Constants of a trace are freed with it, though a program calls a function."""
    called: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(np.tanh)
    traces: list[Any] = []

    def loss(x: Any) -> Any:
        traces.append(weakref.ref(x.node))
        return np.sum(called(x * X) ** 2)

    gradient = ml.grad(loss)
    gradient(X)
    gc.collect()
    assert [trace() for trace in traces] == [None]


def noisy(rng: np.random.Generator) -> Any:
    """A mask drawn at each call, of numbers that nobody draws twice."""
    return ml.custom_vjp(lambda x: (x, None), lambda *_: None, like=lambda x: x)(
        lambda x: rng.random(np.shape(x))
    )


@pytest.mark.parametrize("size", [1, 20, 100_000])
def test_of_constants_it_is_called_at_each_run(size: int) -> None:
    """What is called is no constant, whatever it is given."""
    mask = noisy(np.random.default_rng(0))
    for ones in (np.ones_like, lambda _: np.ones(size)):
        drawn = ml.jit(lambda x, ones=ones: x * mask(ones(x)))
        assert np.all(drawn(np.ones(size)) != drawn(np.ones(size)))


def test_a_loop_over_constants_calls_at_each_run() -> None:
    """A scan is no constant if its steps call a function, though its rows are constants."""
    mask = noisy(np.random.default_rng(0))
    drawn = ml.jit(lambda x: x + ml.scan(lambda c, row: (c, mask(row)), 0.0, np.ones(3))[1])
    assert np.all(drawn(0.0) != drawn(0.0))


def test_each_step_calls() -> None:
    """Whether what it calls for changes or not."""
    mask = noisy(np.random.default_rng(0))

    def drawn(x: Any, given: Callable[[Any, Any], Any]) -> Any:
        return ml.scan(lambda c, row: (c, row * mask(given(x, row))), 0.0, np.ones(5))[1]

    for given in (lambda x, _: x, lambda _, row: row, lambda *_: 1.0):
        assert len(np.unique(ml.jit(lambda x, given=given: drawn(x, given))(2.0))) == 5


def test_a_gradient_makes_no_call_again() -> None:
    """A step's gradient is that of the numbers which the step drew, and calls once."""
    mask = noisy(np.random.default_rng(0))

    def loss(w: Any, xs: Any) -> Any:
        def step(total: Any, x: Any) -> Any:
            drawn = mask(x)
            return total + np.sum(drawn * x * w), drawn

        return ml.scan(step, 0.0, xs)

    xs = np.arange(1.0, 13.0).reshape(2, 3, 2)
    gradient = ml.value_and_grad(loss, has_aux=True)
    (_, drawn), slope = gradient(2.0, xs[0])
    assert slope == pytest.approx(np.sum(drawn * xs[0]))
    (_, drawn), slope = ml.vmap(gradient, in_axes=(None, 0))(2.0, xs)
    np.testing.assert_allclose(slope, np.sum(drawn * xs, axis=(1, 2)))


def test_a_traced_keyword_is_refused() -> None:
    """What has a gradient is given by position."""
    scaled: Any = ml.custom_vjp(divmod, divmod)(lambda x, scale: x * scale)
    with pytest.raises(ml.TraceError, match=r"scale is traced: .* by position"):
        ml.grad(lambda x: scaled(x, scale=x))(1.0)


def test_a_value_that_is_not_like_it_is_refused() -> None:
    """What a program calls must give what was promised."""
    called: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(
        lambda x: x[1:]
    )
    with pytest.raises(ValueError, match=r"shapes \[\(3, 3\)\], and its `like` .* \[\(4, 3\)\]"):
        ml.jit(called)(X)


def test_an_argument_is_not_written_to() -> None:
    """What a program calls cannot change the program's arrays."""

    def function(x: Array) -> Array:
        x *= 2.0
        return x

    called = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(function)
    x = X.copy()
    with pytest.raises(ValueError, match="read-only"):
        ml.jit(called)(x)
    np.testing.assert_array_equal(x, X)


def test_a_result_that_is_an_argument_is_copied() -> None:
    """What a program gives back is nobody else's, though the function gave its argument back."""
    called: Any = ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(lambda x: x)
    x = X.copy()
    found = ml.jit(called)(x)
    x[:] = 0.0
    np.testing.assert_array_equal(found, X)


def test_an_argument_may_be_kept() -> None:
    """A solver that begins where it ended the last time has the arguments of that time."""
    kept: list[np.ndarray] = []

    def keep(x: np.ndarray) -> np.ndarray:
        kept.append(x)
        return x

    program = ml.jit(ml.custom_vjp(lambda x: (x, None), lambda _, g: g, like=lambda x: x)(keep))
    doubled = ml.jit(lambda x: program(2.0 * x) + 1.0)
    for scale in (1.0, 10.0):
        doubled(scale * np.ones(2))
    np.testing.assert_array_equal(kept, [[2.0, 2.0], [20.0, 20.0]])


@pytest.mark.parametrize("like", [None, lambda _, x: x])
def test_a_method(like: Any) -> None:
    """In the body of a class it is a method, whose object is the first argument."""

    def times(self: Any, x: float) -> float:
        return float(self.scale) * x

    class Scaled:
        scale = 2.0
        product = ml.custom_vjp(lambda _, x: (x, None), lambda _, g: (None, 10.0 * g), like=like)(
            times
        )

    assert Scaled().product(3.0) == 6.0
    assert ml.value_and_grad(Scaled().product)(3.0) == (6.0, 10.0)
