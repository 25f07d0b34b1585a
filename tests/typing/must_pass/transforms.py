"""What the type checkers must make of the transforms; never executed."""

from typing import assert_type

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


def scores_rule(g: Array, value: Array, params: Net, x: Array) -> tuple[Net, None]:
    return params, None


def both(params: Net, x: Array) -> tuple[Array, Array]:
    return scores(params, x), x


def step(carry: Array, x: Array) -> tuple[Array, Array]:
    return carry + x, carry


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
    assert_type(ml.vmap(ml.grad(loss), in_axes=(None, 0))(net, x), Net)
    assert_type(ml.jacobian(scores)(net, x), Net)
    ml.jacobian(both, eager=True)(net, x)
    assert_type(ml.stop_gradient(net), Net)
    assert_type(ml.custom_vjp(scores, scores_rule, like=np.sum)(net, x=x), Array)
    assert_type(ml.value_and_grad(loss).source(net, x), str)
