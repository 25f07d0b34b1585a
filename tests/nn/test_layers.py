"""The models and their initial weights."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import miniml as ml


def test_linear_gives_the_slides_number() -> None:
    """`Linear(1, 1, -1)` at (0.5, 0.2) is -0.3."""
    model = ml.Linear(np.array([1.0, 1.0]), -1.0)
    np.testing.assert_allclose(model(np.array([[0.5, 0.2]])), [-0.3])


def test_split_is_the_product_of_its_submodels() -> None:
    """The scores of a split are the products of the scores of its submodels."""
    net = ml.Split.init(np.random.default_rng(0), 2)
    x = np.random.default_rng(1).random((10, 2))
    np.testing.assert_array_equal(net(x), net.m1(x) * net.m2(x))


def test_parameters_have_dotted_names() -> None:
    """Each parameter of a network has a dotted name from the root."""
    net = ml.Split.init(np.random.default_rng(0), 2)
    assert list(ml.named_leaves(net)) == ["m1.w", "m1.b", "m2.w", "m2.b"]


def test_part_is_the_slides_box() -> None:
    """The default box gives 1 where `0.0 <= x1 < 0.5 and 0.0 <= x2 < 0.6`, else 0."""
    x = np.random.default_rng(0).uniform(-0.2, 1.0, (200, 2))
    wanted = [1.0 if (0.0 <= a < 0.5 and 0.0 <= b < 0.6) else 0.0 for a, b in x]
    np.testing.assert_array_equal(ml.Part()(x), wanted)


def test_part_keeps_the_precision_of_its_points() -> None:
    """Scores of float32 points are float32; scores of integer points are float64."""
    x = np.zeros((3, 2))
    assert ml.Part()(x.astype(np.float32)).dtype == np.float32
    assert ml.Part()(x.astype(int)).dtype == np.float64


def test_part_has_zero_gradient() -> None:
    """The gradient of a box is zero: it cannot be trained."""
    x = np.random.default_rng(0).random((20, 2))

    def total(part: ml.Part, x: ml.Array) -> ml.Scalar:
        return np.sum(part(x))

    grads = ml.grad(total)(ml.Part(), x)
    np.testing.assert_array_equal(grads.low, [0.0, 0.0])
    np.testing.assert_array_equal(grads.high, [0.0, 0.0])


def test_sequential_applies_its_layers_in_order() -> None:
    """A sequence of layers is their composition."""
    rng = np.random.default_rng(0)
    a, b = ml.Linear.init(rng, 2, 3), ml.Linear.init(rng, 3)
    x = rng.random((5, 2))
    np.testing.assert_array_equal(ml.Sequential((a, b))(x), b(a(x)))


def test_lambda_has_no_leaves() -> None:
    """The function of a Lambda is part of the structure."""
    assert ml.tree_leaves(ml.Lambda(np.tanh)) == []


@pytest.mark.parametrize("outputs", [None, 1, 3])
def test_mlp_gives_the_outputs_asked_for(outputs: int | None) -> None:
    """An MLP maps `(n, d)` to `(n,)`, or with k outputs to `(n, k)`."""
    net = ml.MLP.init(np.random.default_rng(0), 4, (8, 8), outputs)
    assert net(np.zeros((5, 4))).shape == ((5,) if outputs is None else (5, outputs))


def test_mlp_without_hidden_layers_is_linear() -> None:
    """An MLP with no hidden layers is one linear layer."""
    net = ml.MLP.init(np.random.default_rng(0), 4, ())
    x = np.random.default_rng(1).random((3, 4))
    np.testing.assert_array_equal(net(x), net.layers[0](x))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_init_keeps_the_dtype(dtype: type) -> None:
    """Every leaf of a new model, and its scores, have the dtype asked for."""
    net = ml.MLP.init(np.random.default_rng(0), 4, (8,), dtype=dtype)
    assert {leaf.dtype for leaf in ml.tree_leaves(net)} == {np.dtype(dtype)}
    assert net(np.zeros((2, 4), dtype)).dtype == dtype


def test_init_keeps_the_variance_of_its_input() -> None:
    """The scores of a new linear model have about the variance of their inputs."""
    rng = np.random.default_rng(0)
    scores = ml.Linear.init(rng, 400, 400)(rng.standard_normal((100, 400)))
    assert scores.std() == pytest.approx(1.0, rel=0.02)


def test_init_keeps_the_second_moment_through_relu() -> None:
    """With the gain of relu, a layer keeps the mean square of its relu'd input."""
    rng = np.random.default_rng(0)
    w = ml.nn.variance_scaling(rng, (400, 400), gain=ml.nn.gain_of(ml.relu))
    x = rng.standard_normal((100, 400))
    assert np.mean((ml.relu(x) @ w) ** 2) == pytest.approx(np.mean(x**2), rel=0.03)


def test_init_is_a_function_of_its_generator() -> None:
    """Two generators in the same state give the same model."""
    a, b = (ml.MLP.init(np.random.default_rng(3), 2, (4,)) for _ in range(2))
    assert ml.tree_equal(a, b)


@pytest.mark.parametrize(
    "drawn",
    [
        lambda rng: ml.MLP.init(rng, 2, (4,)),
        lambda rng: ml.Split.init(rng, 2),
        ml.datasets.xor,
        ml.datasets.spiral,
        lambda rng: ml.datasets.train_test_split(ml.Dataset(np.ones((4, 1)), np.ones(4)), rng),
    ],
)
def test_a_seed_in_place_of_its_generator_is_an_error(drawn: Callable[[Any], object]) -> None:
    """A seed is refused; the message says how to make a generator of it."""
    with pytest.raises(TypeError, match=r"rng is 7, .* np\.random\.default_rng\(7\)"):
        drawn(7)


def test_hidden_must_be_a_sequence() -> None:
    """One number for the widths of the hidden layers, or None, is refused; the message has a tuple."""
    hidden: Any
    for hidden, width in ((4, 4), (None, 16)):
        with pytest.raises(TypeError, match=rf"hidden is {hidden}.* such as \({width},\)"):
            ml.MLP.init(np.random.default_rng(0), 2, hidden)
