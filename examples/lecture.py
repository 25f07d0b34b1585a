"""The classes of the lecture; only the decorator and the types are changed.

Run it: `python examples/lecture.py`. Each part prints the numbers of its slide.
`python examples/lecture.py --out DIR` also draws the pictures of the slides, in their order.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

import miniml as ml
from miniml import Array, Scalar, Static, plots
from miniml.datasets import LECTURE
from miniml.losses import PointLoss

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# --- Module example: a parameter, user data, another module -------------------------------


@ml.model
class OtherModule:
    """A module with a parameter."""

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
    """The example model: any function of a point."""

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
    """Return the distance of a point on the wrong side; 0 on the right side."""
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


# --- The pictures, in the order of the slides --------------------------------------------------

Scorer: TypeAlias = Callable[[Array], Array]

LOW, HIGH = np.zeros(2), np.ones(2)
STRAIGHT = Linear(1.0, 1.0, -1.0)
START = Linear(0.2, 0.2, -0.6)


def sample(number: int = 50, seed: int = 7) -> DataSet:
    """Draw points of the unit square; a slanted line separates the classes."""
    x = 0.03 + 0.94 * np.random.default_rng(seed).random((number, 2))
    return DataSet(x, np.where(0.5 * x[:, 0] + 1.5 * x[:, 1] < 1.0, -1.0, 1.0))


def scorer(m: Linear | Split) -> Scorer:
    """Make a function of points `(n, 2)` from a model of two numbers."""
    return lambda x: np.asarray(m.forward(*x.T))


def labeller(label: Callable[[float, float], int]) -> Scorer:
    """Make a function of points `(n, 2)` to -1 or 1 from one of a single point to 0 or 1."""
    return lambda x: np.array([2.0 * label(a, b) - 1.0 for a, b in x.tolist()])


def smooth_loss(m: Linear | Split, s: DataSet) -> Scalar:
    """Sum the log-sigmoid losses of all points."""
    return -np.sum(ml.log_sigmoid(s.y * m.forward(*s.X.T)))


def regions(title: str, score: Scorer) -> "Axes":
    ax = plots.axes(4.4, 3.6, title=title)
    plots.decision_regions(ax, score, LOW, HIGH)
    return plots.dataset(ax, ml.Dataset(sample().X, np.sign(score(sample().X))))


def data_sets() -> "Axes":
    axs = plots.panels(6, columns=3, width=2.3, height=2.3, titles=list(LECTURE), share=True)
    for seed, (ax, draw) in enumerate(zip(axs, LECTURE.values(), strict=True)):
        plots.dataset(ax, draw(np.random.default_rng(seed), 60))
        ax.label_outer()
        if ax is not axs[2] and (legend := ax.get_legend()):
            legend.remove()
    return axs[0]


def turned(*changes: Mapping[str, float | Array]) -> "Axes":
    def draw(ax: "Axes", m: Linear) -> "Axes":
        plots.decision_regions(ax, scorer(m), LOW, HIGH)
        return plots.dataset(ax, ml.Dataset(sample().X, sample().y))

    axs = plots.panels(len(changes), width=3.1, height=3.1, share=True)
    return plots.small_multiples(axs, STRAIGHT, changes, draw)[0]


def distance() -> "Axes":
    s = sample(24, seed=28)
    ax = plots.axes(4.6, 3.8, title="A wrong point costs its distance")
    return plots.distances(ax, scorer(STRAIGHT), ml.Dataset(s.X, s.y), LOW, HIGH)


def point_losses(losses: Mapping[str, PointLoss]) -> "Axes":
    data = ml.Dataset(sample().X, sample().y)
    titles = [f"{name} of the negated margin" for name in losses]
    axs = plots.panels(len(losses), width=3.6, height=3.2, titles=titles, share=True)
    for ax, loss in zip(axs, losses.values(), strict=True):
        plots.point_losses(ax, loss, scorer(STRAIGHT), data)
        ax.label_outer()
        if ax is not axs[0] and (legend := ax.get_legend()):
            legend.remove()
    return axs[0]


def curves(title: str, functions: Mapping[str, Callable[[Array], Array]]) -> "Axes":
    return plots.functions(plots.axes(4.2, 3.2, title=title), functions)


def surface() -> "Axes":
    titles = "along b", "over w1 and w2"
    left, right = plots.panels(2, width=3.7, height=3.3, titles=titles)

    def loss(m: Linear) -> Scalar:
        return full_loss(m, sample())

    plots.loss_along(left, loss, STRAIGHT, "b", (-2.0, 0.0))
    spans = {"w1": (-1.0, 2.0), "w2": (-0.5, 2.5)}
    return plots.loss_over(right, loss, STRAIGHT, spans, resolution=41)


def playground() -> "Axes":
    left, middle, right = plots.panels(
        3, width=3.3, height=3.2, titles=("the way downhill", "where it led", "the loss")
    )
    way = [START]
    run = ml.fit(
        smooth_loss,
        START,
        sample(),
        ml.adam(0.2),
        steps=300,
        batch_size=25,
        callback=lambda state: way.append(state.params),
    )
    end = way[-1]
    spans = {"w1": (-2.0, 10.0), "w2": (-2.0, 22.0)}
    plots.loss_over(left, lambda m: smooth_loss(m, sample()), end, spans, path=way)
    plots.decision_regions(middle, scorer(end), LOW, HIGH)
    plots.dataset(middle, ml.Dataset(sample().X, sample().y))
    return plots.history(right, run.history)


def kink() -> "Axes":
    slope = ml.grad(relu_at)

    def gradient(z: Array) -> Array:
        return np.array([slope(np.array([at]))[0] for at in z.tolist()])

    ax = curves("The gradient of relu at 0 is 0", {"relu": ml.relu, "its gradient": gradient})
    ax.plot([0.0], gradient(np.zeros(1)), "o", color="#009E73")  # pyright: ignore[reportUnknownMemberType]  # matplotlib's keywords
    return ax


PICTURES: Mapping[str, Callable[[], "Axes"]] = {
    "module-naming": lambda: plots.module_tree(plots.axes(5.6, 2.2), MyModule()),
    "data-sets": data_sets,
    "network": lambda: plots.network(
        plots.axes(4.6, 3.0), ml.MLP.init(np.random.default_rng(1), 2, (4, 3))
    ),
    "example-model": lambda: regions(
        "0 if x1 < 0.5 else 1", labeller(lambda a, b: Step().forward((a, b)))
    ),
    "linear": lambda: regions("Linear(1, 1, -1)", scorer(STRAIGHT)),
    "split": lambda: regions(
        "Linear(1, 0, -0.3) times Linear(1, 0, -0.7)",
        scorer(Split(Linear(1.0, 0.0, -0.3), Linear(1.0, 0.0, -0.7))),
    ),
    "part": lambda: regions("0 <= x1 < 0.5 and 0 <= x2 < 0.6", labeller(Part().forward)),
    "rotating": lambda: turned({"w1": 1.0, "w2": 1.0}, {"w1": 0.5, "w2": 1.5}),
    "cutoff": lambda: turned({"b": -1.0}, {"b": -1.5}),
    "distance": distance,
    "points": lambda: point_losses({"point loss": ml.perceptron_loss}),
    "sigmoid": lambda: curves("The sigmoid", {"sigmoid": ml.sigmoid}),
    "log-sigmoid": lambda: curves(
        "A smooth loss in place of relu",
        {
            "log-sigmoid of z": ml.log_sigmoid,
            "minus log-sigmoid of -z": lambda z: -ml.log_sigmoid(-z),
            "relu": ml.relu,
        },
    ),
    "loss-of-points": lambda: point_losses(
        {"relu": ml.perceptron_loss, "logistic": ml.logistic_loss}
    ),
    "full-loss": surface,
    "playground": playground,
    "gradient-of-relu": kink,
}


def draw_all(out: Path) -> None:
    """Write every picture, numbered in the order of the slides."""
    out.mkdir(parents=True, exist_ok=True)
    for number, (name, draw) in enumerate(PICTURES.items(), start=1):
        file = out / f"{number:02}-{name}.png"
        plots.save(draw(), file, colours=256)
        print(file)


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
    step: Callable[[float, float], float] = lambda p, g: p - 0.01 * g  # noqa: E731 - one turn of a knob
    for _ in range(100):
        knobs = ml.tree_map(step, knobs, ml.grad(full_loss)(knobs, s))
    print(knobs, round(float(full_loss(knobs, s)), 4))

    section("Split: the names of a network's parameters")
    print(list(ml.named_leaves(Split(model, moved))))

    section("Q&A: the gradient of relu at 0")
    print(ml.grad(relu_at)(np.array([0.0])))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The lecture, slide by slide.")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="draw the pictures of the slides in this folder"
    )
    options = parser.parse_args()
    main()
    if options.out:
        section("The pictures")
        draw_all(options.out)
