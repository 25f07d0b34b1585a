"""Transforms: from a pure function to its derivatives, to a function of a batch, to a program."""

from miniml.program import Explanation, Lowered, TransformOptions
from miniml.transforms._check_grads import check_grads
from miniml.transforms._custom_vjp import custom_vjp
from miniml.transforms._grad import grad, stop_gradient, value_and_grad
from miniml.transforms._jacobian import hessian, jacobian
from miniml.transforms._jit import jit
from miniml.transforms._scan import scan
from miniml.transforms._vmap import vmap
from miniml.transforms.directional import hvp, jvp, vjp

__all__ = [
    "Explanation",
    "Lowered",
    "TransformOptions",
    "check_grads",
    "custom_vjp",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jit",
    "jvp",
    "scan",
    "stop_gradient",
    "value_and_grad",
    "vjp",
    "vmap",
]
