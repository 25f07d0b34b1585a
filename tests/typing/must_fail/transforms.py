"""Transforms that must not type-check, and what each checker says of the line below its pins."""

import numpy as np

import miniml as ml
from miniml import Array, Scalar


@ml.model
class Net:
    w: Array
    b: float


def loss(params: Net, x: Array) -> Scalar:
    return np.mean(x @ params.w + params.b)


def noted(params: Net, x: Array) -> tuple[Scalar, Array]:
    return loss(params, x), x


@ml.jit(debug_nans=True)
def doubled(x: Array) -> Array:
    return 2.0 * x


def fwd(x: Array) -> tuple[Array, Array]:
    return 2.0 * x, x


def bwd(residuals: Net, cotangent: Array) -> Array:
    return cotangent * residuals.w


def wrong(net: Net, x: Array) -> None:
    # mypy says: No overload variant of "grad" matches
    # pyright says: "Literal['tpu']" is not assignable to type "Backend"
    ml.grad(loss, backend="tpu")
    # mypy says: Unexpected keyword argument "egaer" for overloaded function "hessian"; did you mean "eager"?
    # pyright says: No overloads for "hessian" match the provided arguments
    ml.hessian(loss, egaer=True)
    # mypy says: Unexpected keyword argument "wrt" for overloaded function "vmap"
    # pyright says: No overloads for "vmap" match the provided arguments
    ml.vmap(loss, wrt=lambda m: m.w)
    # mypy says: Unexpected keyword argument "has_aux" for overloaded function "jit"
    # pyright says: No overloads for "jit" match the provided arguments
    ml.jit(loss, has_aux=True)
    # mypy says: Argument 1 to "grad" has incompatible type "Callable
    # pyright says: "tuple[Scalar, Array]" is not assignable to type "Scalar"
    ml.grad(noted)
    # mypy says: No overload variant of "grad" matches
    # pyright says: "Scalar" is not assignable to type "tuple[Scalar, A@grad]"
    ml.grad(loss, has_aux=True)
    # mypy says: Argument 2 to "__call__" of "Program" has incompatible type "Net"; expected
    # pyright says: "Net" is not assignable to "ndarray[_AnyShape,
    ml.hvp(loss, wrt=lambda m: m.w)(net, net, x)
    # mypy says: "Net" has no attribute "head"
    # pyright says: Attribute "head" is unknown
    ml.vjp(loss, wrt=lambda m: m.head)
    # mypy says: Argument 1 to "__call__" of "Program" has incompatible type "int"; expected "ndarray
    # pyright says: "Literal[1]" is not assignable to "ndarray[_AnyShape,
    doubled(1)
    # mypy says: Cannot infer value of type parameter "S" of "custom_vjp"
    # pyright says: Parameter 1: type "Array" is incompatible with type "Net"
    ml.custom_vjp(fwd, bwd)
