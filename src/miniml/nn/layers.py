"""Models: frozen attrs classes whose leaves are their parameters.

Each is a tree and a pure function of its input. A user's class with the same decorator is a
model of the same kind.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Generic, Self, TypeAlias, TypeVar

import attrs
import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from miniml.nn.activations import relu
from miniml.nn.initializers import gain_of, variance_scaling
from miniml.nn.scorers import check_scorer
from miniml.tree import Static, model
from miniml.types import Array
from miniml.validation import describe

Layer: TypeAlias = Callable[[Array], Array]
"""Anything that maps points to scores or features."""

L = TypeVar("L", bound=Layer)


@model
class Linear:
    """An affine map `x @ w + b`: the lecture's linear model, and a layer of a network.

    Attributes:
        w: The weights: `(d,)` for one score per point, `(d, k)` for k scores.
        b: The bias: a number or an array of shape `(k,)`.

    Example:
        >>> m = Linear(np.array([1.0, 1.0]), -1.0)
        >>> m(np.array([[0.5, 0.2]])).round(6)
        array([-0.3])
    """

    w: Array
    b: Array | float

    @classmethod
    def init(
        cls,
        rng: Generator,
        features: int,
        outputs: int | None = None,
        *,
        gain: float = 1.0,
        dtype: DTypeLike = np.float64,
    ) -> Self:
        """Draw weights with variance `gain**2 / features`, and set the bias to zero.

        Args:
            rng: The random generator.
            features: The number of inputs `d`.
            outputs: The number of scores `k` per point; None for one score without an axis.
            gain: 1 keeps the variance through a linear map (LeCun et al. 1998), sqrt(2)
                through a relu (He et al. 2015).
            dtype: The dtype of the parameters.

        Returns:
            A new model.

        Raises:
            TypeError: If `rng` is not a generator.

        Example:
            >>> Linear.init(np.random.default_rng(0), 3, 2).w.shape
            (3, 2)
        """
        shape = (features,) if outputs is None else (features, outputs)
        w = variance_scaling(rng, shape, gain=gain, dtype=dtype)
        return cls(w, np.zeros(shape[1:], dtype)[()])  # a scalar, as after a step of training

    def __call__(self, x: Array) -> Array:
        """Map points `(n, d)` to scores `(n,)` or `(n, k)`."""
        return x @ self.w + self.b


@model
class Split:
    """The product of two linear models: the lecture's first network.

    Attributes:
        m1: The first submodel.
        m2: The second submodel.

    Example:
        >>> m = Split(Linear(np.array([1.0, 0.0]), -0.2), Linear(np.array([1.0, 0.0]), -0.8))
        >>> m(np.array([[0.5, 0.0], [0.9, 0.0]])).round(6)
        array([-0.09,  0.07])
    """

    m1: Linear
    m2: Linear

    @classmethod
    def init(cls, rng: Generator, features: int, *, dtype: DTypeLike = np.float64) -> Self:
        """Draw both submodels.

        Args:
            rng: The random generator.
            features: The number of inputs `d`.
            dtype: The dtype of the parameters.

        Returns:
            A new model.

        Example:
            >>> Split.init(np.random.default_rng(0), 2).m2.w.shape
            (2,)
        """
        return cls(
            Linear.init(rng, features, dtype=dtype),
            Linear.init(rng, features, dtype=dtype),
        )

    def __call__(self, x: Array) -> Array:
        """Map points `(n, d)` to scores `(n,)`."""
        return self.m1(x) * self.m2(x)


def _corner(*values: float) -> Callable[[], Array]:
    return lambda: np.array(values)


@model
class Part:
    """A box: 1 for points with `low <= x < high`, 0 for all others.

    The default is the lecture's box. Its gradient is zero wherever it exists, so training does
    not move it.

    Attributes:
        low: The lower corner, `(d,)`; it is inside the box.
        high: The upper corner, `(d,)`; it is outside the box.

    Example:
        >>> Part()(np.array([[0.2, 0.2], [0.5, 0.2]]))
        array([1., 0.])
    """

    low: Array = attrs.field(factory=_corner(0.0, 0.0))
    high: Array = attrs.field(factory=_corner(0.5, 0.6))

    def __call__(self, x: Array) -> Array:
        """Map points `(n, d)` to ones and zeros, `(n,)`."""
        inside = (self.low <= x) & (x < self.high)
        scores: Array = np.min(np.where(inside, np.ones_like(x), 0.0), axis=-1)
        return scores


@model
class Lambda:
    """A function without parameters, as a layer.

    Attributes:
        f: The function; it is part of the structure, not a leaf.

    Example:
        >>> Lambda(np.tanh)(np.array([0.0]))
        array([0.])
    """

    f: Static[Layer]

    def __call__(self, x: Array) -> Array:
        """Apply the function."""
        return self.f(x)


@model
class Sequential(Generic[L]):
    """Layers that are applied one after another.

    Attributes:
        layers: The layers, from first to last.

    Example:
        >>> net = Sequential((Linear(np.array([[2.0]]), 0.0), Lambda(np.tanh)))
        >>> net(np.array([[0.0]]))
        array([[0.]])
    """

    layers: tuple[L, ...]

    def __call__(self, x: Array) -> Array:
        """Apply the layers from first to last."""
        for position, layer in enumerate(self.layers):
            check_scorer(f"layers[{position}]", layer)
            x = layer(x)
        return x


@model
class MLP:
    """A multilayer perceptron: linear layers with an activation between them.

    Attributes:
        layers: The linear layers, from first to last.
        activation: The elementwise function after each layer but the last.

    Example:
        >>> net = MLP.init(np.random.default_rng(0), 2, (16, 16))
        >>> net(np.zeros((5, 2))).shape
        (5,)
    """

    layers: tuple[Linear, ...]
    activation: Static[Layer] = relu

    @classmethod
    def init(
        cls,
        rng: Generator,
        features: int,
        hidden: Sequence[int],
        outputs: int | None = None,
        *,
        activation: Layer = relu,
        dtype: DTypeLike = np.float64,
    ) -> Self:
        """Draw the layers: He's variance before a relu, else LeCun's; the biases are zero.

        Args:
            rng: The random generator.
            features: The number of inputs `d`.
            hidden: The width of each hidden layer.
            outputs: The number of scores `k` per point; None for one score without an axis.
            activation: The elementwise function between layers.
            dtype: The dtype of the parameters.

        Returns:
            A new model that maps `(n, d)` to `(n,)`, or to `(n, k)`.

        Raises:
            TypeError: If `rng` is not a generator, or `hidden` is a number.

        Example:
            >>> [layer.w.shape for layer in MLP.init(np.random.default_rng(0), 2, (8, 4)).layers]
            [(2, 8), (8, 4), (4,)]
        """
        if not hasattr(hidden, "__iter__"):
            example = hidden if isinstance(hidden, int) else 16
            raise TypeError(
                f"hidden is {describe(hidden)}: it must be the widths of the hidden layers, such as "
                f"({example},)"
            )
        gain = gain_of(activation)
        widths = (features, *hidden)
        inner = [Linear.init(rng, a, b, gain=gain, dtype=dtype) for a, b in pairwise(widths)]
        last = Linear.init(rng, widths[-1], outputs, dtype=dtype)
        return cls((*inner, last), activation)

    def __call__(self, x: Array) -> Array:
        """Map points `(n, d)` to scores."""
        *inner, last = self.layers
        for layer in inner:
            x = self.activation(layer(x))
        return last(x)
