"""`Program.lower` returns what runs for some arguments, without running it."""

from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml.program.chunking.program import ChunkedProgram

W, X = np.ones(3), np.eye(3)


def loss(w: Any, x: Any) -> Any:
    return np.mean(np.tanh(x @ w) ** 2)


@pytest.mark.parametrize(
    "program",
    [ml.jit(loss), ml.grad(loss), ml.hessian(loss), ml.vmap(loss, in_axes=(None, 0))],
    ids=["jit", "grad", "hessian", "vmap"],
)
def test_source_and_explain_are_those_of_the_program(program: Any) -> None:
    """The program's own source and counts are those of what it is lowered to."""
    lowered = program.lower(W, X)
    assert lowered.source == program.source(W, X)
    assert lowered.explain() == program.explain(W, X)


def test_outputs() -> None:
    """The outputs are the nodes of the results that depend on the arguments, after the passes."""
    lowered = ml.jit(lambda w: (w + w, "text", np.exp(w * 1.0))).lower(W)
    assert [(node.op.name, node.shape) for node in lowered.outputs] == [
        ("add", (3,)),
        ("exp", (3,)),
    ]


@pytest.mark.usefixtures("small_chunks")
def test_outputs_of_a_program_in_chunks() -> None:
    """Of a program in chunks they are those of the whole."""
    lowered = ml.value_and_grad(loss).lower(W, np.ones((300, 3)))
    assert isinstance(lowered.program, ChunkedProgram)
    assert [node.shape for node in lowered.outputs] == [(), (3,)]


@pytest.mark.jax
def test_outputs_under_jax() -> None:
    """A program of JAX has outputs, and refuses to be counted."""
    pytest.importorskip("jax")
    lowered = ml.jit(loss, backend="jax").lower(W, X)
    assert [node.shape for node in lowered.outputs] == [()]
    with pytest.raises(TypeError, match="this one runs under JAX"):
        lowered.explain()


def test_nothing_runs() -> None:
    """A function that a program calls is not called by lowering it."""
    called: list[Any] = []

    @ml.custom_vjp(lambda x: (noted(x), None), lambda _, g: g, like=lambda x: x)
    def noted(x: Any) -> Any:
        called.append(x)
        return x

    program = ml.jit(lambda x: noted(x) * 2.0)
    program.lower(W)
    assert not called
    program(W)
    assert len(called) == 1
