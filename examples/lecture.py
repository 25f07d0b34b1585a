"""The lecture's own classes, with only the decorator and the types made ours.

Run it: `python examples/lecture.py`. Each part prints what its slide shows.
"""

from collections.abc import Callable

import numpy as np

import miniml as ml
from miniml import Array, Scalar, Static

# --- Module example: a parameter, user data, another module -------------------------------


@ml.model
class OtherModule:
    """A module with a parameter of its own."""

    scale: float = 2.0


@ml.model
class MyModule:
    """Nothing is registered: the fields are the parameters."""

    parameter1: float = 15.0  # Type 1, a parameter
    data: Static[int] = 25  # Type 2, user data
    sub_module: OtherModule = OtherModule()  # Type 3, another module


# --- Models --------------------------------------------------------------------------------


@ml.model
class Step:
    """The example model: any function will do."""

    def forward(self, x: tuple[float, float]) -> int:
        """Label a point."""
        return 0 if x[0] < 0.5 else 1


@ml.model
class Linear:
    """The linear model."""

    # Parameters
    w1: float
    w2: float
    b: float

    def forward(self, x1: float, x2: float) -> float:
        """Score a point: positive on one side of a line, negative on the other."""
        return self.w1 * x1 + self.w2 * x2 + self.b


@ml.model
class Split:
    """A network: the product of two submodels."""

    # Submodels
    m1: Linear
    m2: Linear

    def forward(self, x1: float, x2: float) -> float:
        """Score a point."""
        return self.m1.forward(x1, x2) * self.m2.forward(x1, x2)


@ml.model
class Part:
    """A box."""

    def forward(self, x1: float, x2: float) -> int:
        """Label a point: 1 inside the box."""
        return 1 if (0.0 <= x1 < 0.5 and 0.0 <= x2 < 0.6) else 0


# --- Data and loss -------------------------------------------------------------------------


@ml.model
class DataSet:
    """The slides' `s`: points and their labels, -1 or +1."""

    X: Array
    y: Array


def point_loss(x: Array) -> Array:
    """Give the distance of a point on the wrong side; nothing on the right side."""
    return ml.relu(x)


def full_loss(m: Linear | Split, s: DataSet) -> Scalar:
    """Sum the point losses; a library minimises, so the slide's last minus is left out."""
    total: Scalar = 0.0
    for x, y in zip(s.X, s.y, strict=True):
        total = total + point_loss(-y * m.forward(*x))
    return total


def relu_at(x: Array) -> Scalar:
    """Take relu of the only element."""
    value: Scalar = ml.relu(x)[0]
    return value


def section(title: str) -> None:
    print(f"\n# {title}")


def main() -> None:
    """Walk through the slides."""
    section("Module example and module naming")
    print(ml.named_leaves(MyModule()))

    section("Example model: forward((0.5, 0.2))")
    print(Step().forward((0.5, 0.2)))

    section("Linear model: Linear(1, 1, -1) at (0.5, 0.2)")
    print(round(Linear(1.0, 1.0, -1.0).forward(0.5, 0.2), 6))

    section("Part: inside and outside the box")
    print(Part().forward(0.2, 0.2), Part().forward(0.7, 0.2))

    rng = np.random.default_rng(0)
    points = rng.random((50, 2))
    s = DataSet(points, np.where(points.sum(axis=1) < 1.0, -1.0, 1.0))

    section("Rotating the separator: full loss of each")
    for model in (Linear(1.0, 1.0, -1.0), Linear(0.5, 1.5, -1.0)):
        print(model, round(float(full_loss(model, s)), 4))

    section("Changing the cutoff, by replacing one leaf")
    model = Linear(1.0, 1.0, -1.0)
    moved = ml.at(model, lambda m: m.b).set(-1.5)
    print(moved, round(float(full_loss(moved, s)), 4))

    section("The gradient of the full loss: as a tree like the model")
    value, grads = ml.value_and_grad(full_loss)(moved, s)
    print(round(value, 4), grads)

    section("Turning the knobs downhill")
    knobs = moved
    step: Callable[[float, float], float] = lambda p, g: p - 0.01 * g  # noqa: E731 - a knob's turn
    for _ in range(100):
        knobs = ml.tree_map(step, knobs, ml.grad(full_loss)(knobs, s))
    print(knobs, round(float(full_loss(knobs, s)), 4))

    section("Split: the names of a network's parameters")
    print(list(ml.named_leaves(Split(model, moved))))

    section("Q&A: the gradient of relu at 0")
    print(ml.grad(relu_at)(np.array([0.0])))


if __name__ == "__main__":
    main()
