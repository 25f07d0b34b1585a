"""What the type checkers must make of the transforms; `test_run_time.py` runs it."""

from typing import Any, Unpack, assert_type

import numpy as np

import miniml as ml
from miniml import Array, Scalar


@ml.model
class Head:
    w: Array


@ml.model
class Net:
    head: Head
    b: float


def loss(params: Net, x: Array, *, scale: float = 1.0) -> Scalar:
    return np.mean(x @ params.head.w + params.b) * scale


def noted(params: Net, x: Array) -> tuple[Scalar, Array]:
    return loss(params, x), x


def scores(params: Net, x: Array) -> Array:
    return x @ params.head.w


def scores_fwd(params: Net, x: Array) -> tuple[Array, Net]:
    return scores(params, x), params


def scores_bwd(residuals: Net, g: Array) -> tuple[Net, None]:
    return residuals, None


def both(params: Net, x: Array) -> tuple[Array, Array]:
    return scores(params, x), x


def summed(carry: Scalar, x: Array) -> tuple[Scalar, Scalar]:
    return carry + x, carry


def paired(carry: Array, x: Array) -> tuple[Array, tuple[Array, Array]]:
    return carry + x, (carry, x)


def scaled(w: Array, x: Array) -> Array:
    return x * w[:, None]


def step(carry: Array, x: Array) -> tuple[Array, Array]:
    return carry + x, carry


HEAD = Head(np.ones(2))
ARGUMENTS = {
    "net": Net(HEAD, 1.0),
    "head": HEAD,
    "x": np.ones((3, 2)),
    "u": np.ones(3),
    "anything": loss,
    "any_pair": both,
}


def weights_of(net: Net) -> Array:
    return net.head.w


def results(net: Net, x: Array, u: Array) -> None:
    assert_type(ml.grad(loss)(net, x), Net)
    assert_type(ml.value_and_grad(loss)(net, x, scale=2.0), tuple[float, Net])
    assert_type(ml.value_and_grad(loss, wrt=lambda m: m.head)(net, x), tuple[float, Head])
    assert_type(ml.grad(loss, wrt=lambda m: m.head.w)(net, x), Array)
    assert_type(ml.value_and_grad(noted, has_aux=True)(net, x), tuple[tuple[float, Array], Net])
    assert_type(ml.grad(noted, has_aux=True)(net, x), tuple[Net, Array])
    assert_type(ml.jit(scores)(net, x), Array)
    assert_type(ml.jvp(scores)(net, net, x), tuple[Array, Array])
    assert_type(ml.vjp(scores)(net, u, x), tuple[Array, Net])
    assert_type(ml.hvp(loss)(net, net, x), Net)
    assert_type(ml.hessian(loss)(net, x), Array)
    assert_type(ml.vmap(scores, in_axes=(None, 0))(net, x), Array)
    assert_type(ml.scan(step, x, u), tuple[Array, Array])
    assert_type(ml.scan(step, np.zeros((2, 3)), u), tuple[Array, Array])
    assert_type(ml.scan(summed, 0.0, u), tuple[Scalar, Array])
    assert_type(ml.scan(paired, np.zeros(2), x), tuple[Array, Any])
    assert_type(ml.vmap(ml.grad(loss), in_axes=(None, 0))(net, x), Any)  # b is an array
    assert_type(ml.vmap(loss, in_axes=(None, 0))(net, x), Array)
    assert_type(ml.jacobian(scores)(net, x), Any)
    assert_type(ml.jacobian(scaled)(u, x), Array)
    assert_type(ml.jacobian(scores, wrt=weights_of)(net, x), Array)  # a lambda's is Any
    ml.jacobian(both, eager=True)(net, x)
    assert_type(ml.stop_gradient(net), Net)
    assert_type(ml.custom_vjp(scores_fwd, scores_bwd, like=np.sum)(scores)(net, x=x), Array)
    assert_type(ml.value_and_grad(loss).source(net, x), str)
    assert_type(ml.value_and_grad(loss).lower(net, x), ml.transforms.Lowered)


def head_of(net: Net) -> Head:
    return net.head


def parts(net: Net, head: Head, x: Array, u: Array) -> None:
    """A part of the parameters, and what is returned beside the value, in every derivative."""
    assert_type(ml.jvp(scores, wrt=lambda m: m.head)(net, head, x), tuple[Array, Array])
    assert_type(ml.vjp(scores, wrt=lambda m: m.head)(net, u, x), tuple[Array, Head])
    assert_type(ml.hvp(loss, wrt=lambda m: m.head)(net, head, x), Head)
    assert_type(ml.hessian(loss, wrt=lambda m: m.head)(net, x), Array)
    assert_type(ml.jacobian(scores, wrt=head_of)(net, x), Any)
    assert_type(ml.jvp(both, has_aux=True)(net, net, x), tuple[Array, Array, Array])
    assert_type(ml.vjp(both, has_aux=True)(net, u, x), tuple[Array, Net, Array])
    assert_type(ml.hvp(noted, has_aux=True)(net, net, x), tuple[Net, Array])
    assert_type(ml.hessian(noted, has_aux=True)(net, x), tuple[Array, Array])
    assert_type(ml.jacobian(both, has_aux=True)(net, x), tuple[Any, Array])
    found = ml.value_and_grad(noted, wrt=lambda m: m.b, has_aux=True, backend="jax")(net, x)
    assert_type(found, tuple[tuple[float, Array], float])
    assert_type(ml.vjp(both, wrt=lambda m: m.b, has_aux=True)(net, u, x)[1], float)


def shared(net: Net, x: Array, **options: Unpack[ml.transforms.TransformOptions]) -> None:
    """The options that all transforms share can be passed on."""
    assert_type(ml.grad(loss, **options)(net, x), Net)
    assert_type(ml.jit(scores, **options)(net, x), Array)
    assert_type(ml.vmap(scores, in_axes=(None, 0), debug_nans=True)(net, x), Array)
    assert_type(ml.hessian(loss, eager=True)(net, x), Array)


@ml.jit
def plain(net: Net, x: Array) -> Array:
    return scores(net, x)


@ml.jit(debug_nans=True, backend="jax")
def optional(net: Net, x: Array) -> Array:
    return scores(net, x)


class Scorer:
    @ml.jit
    def score(self, net: Net, x: Array) -> Array:
        return scores(net, x)

    @ml.jit(eager=True)
    def largest(self, net: Net, *, x: Array) -> float:
        return float(np.max(scores(net, x)))


def decorated(net: Net, x: Array) -> None:
    """A decorated function keeps its signature, with options and without; a method may be called."""
    assert_type(plain(net, x), Array)
    assert_type(optional(net, x=x), Array)
    assert_type(Scorer().score(net, x), Array)
    assert_type(Scorer().largest(net, x=x), float)
    assert_type(Scorer().score.source(net, x), str)
    Scorer.score.explain(Scorer(), net, x)


def untyped(anything: Any, net: Net, x: Array) -> None:
    """Nothing is claimed of a function without a type."""
    ml.grad(anything)(net, x)
    ml.hessian(anything, wrt=head_of)(net, x)
    ml.vmap(anything, in_axes=(None, 0))(net, x)


def untyped_with_aux(any_pair: Any, net: Net, x: Array) -> None:
    """Nor of one with aux."""
    ml.jacobian(any_pair, has_aux=True)(net, x)
