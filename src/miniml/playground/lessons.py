"""The lecture, guided: short steps that set the page up and say what to try."""

from collections.abc import Callable

import attrs
import numpy as np

from miniml.models import Layer, Linear, Split
from miniml.playground.catalogue import make_points
from miniml.playground.messages import Refused
from miniml.playground.session import Session
from miniml.playground.settings import Settings
from miniml.playground.starting import begin


@attrs.frozen(eq=False)
class Step:
    """One step: what it is called, says, gives to try, and how it sets the page up.

    Attributes:
        title: A few words.
        says: Two or three sentences.
        tries: What to do now.
        settings: The data, the loss and the training.
        model: Gives the model to begin with.
    """

    title: str
    says: str
    tries: str
    settings: Settings
    model: Callable[[], Layer]


def _line(w1: float, w2: float, b: float) -> Callable[[], Layer]:
    return lambda: Linear(np.array([w1, w2]), b)


def _two_lines() -> Layer:
    return Split(Linear(np.array([1.0, 0.0]), -0.35), Linear(np.array([1.0, 0.0]), -0.65))


LESSONS: tuple[Step, ...] = (
    Step(
        "A model is a function with parameters",
        "m(x; θ) takes a point x and gives a score. Here m is x₁·w₁ + x₂·w₂ + b, and θ is the "
        "three numbers on the left. Where the score is positive the picture is purple, where "
        "it is negative orange, and the line between is the separator.",
        "Point at (0.5, 0.2) in the picture: with w = (1, 1) and b = −1 the score is −0.3.",
        Settings(data="simple", points=50, loss="relu"),
        _line(1.0, 1.0, -1.0),
    ),
    Step(
        "Parameters are knobs",
        "A model may hold other models; each parameter then has a dotted name from the root, "
        "such as m1.w. This one is the product of two lines. The names group the knobs.",
        "Turn m1.b and m2.b, and see which of the two separators moves.",
        Settings(data="split", model="split", points=50),
        _two_lines,
    ),
    Step(
        "Rotate the separator",
        "The weights w are the direction in which the score grows. The separator stands "
        "across them, so changing one weight turns it.",
        "Go from w = (1, 1) to (0.5, 1.5) with b kept at −1. Then undo, and redo.",
        Settings(data="diag", points=50),
        _line(1.0, 1.0, -1.0),
    ),
    Step(
        "Move the separator",
        "The bias b is how far the separator stands from the origin. It shifts, and does not turn.",
        "Take b from −1 to −1.5, then to −0.5, where the two classes part.",
        Settings(data="diag", points=50),
        _line(1.0, 1.0, -1.0),
    ),
    Step(
        "Data: points with labels",
        "Each training point is a pair (x, y). Circles have the label +1, squares −1. A model "
        "is right about a point when its score has the sign of the label.",
        "Click in the picture to add a +1, shift-click for a −1, alt-click to remove. "
        "Crossed points are wrong ones.",
        Settings(data="simple", points=30),
        _line(-1.0, 0.0, 0.7),
    ),
    Step(
        "Loss: wrong points and their distance",
        "|m(x)| is how far a point lies from the separator. With relu, a wrong point costs "
        "that distance and a right one nothing. The rings grow with each point's loss.",
        "Find the knobs that make all rings vanish. Watch the full loss: it is their sum.",
        Settings(data="diag", points=50, loss="relu", optimizer="sgd", rate=0.1),
        _line(1.0, 1.0, -0.9),
    ),
    Step(
        "Sigmoid: a smooth loss",
        "relu has a kink, and is blind to how safe a right point is. The log-sigmoid loss, "
        "log(1 + exp(−y·m(x))), bends smoothly, and rewards a margin.",
        "Switch the loss between relu, sigmoid and logistic, and compare the curves and "
        "where the points sit on them.",
        Settings(data="diag", points=50, loss="logistic", optimizer="sgd", rate=1.0),
        _line(1.0, 1.0, -0.9),
    ),
    Step(
        "The full loss, and going downhill",
        "The full loss L(w₁, w₂, b) is one number for all points: a landscape over the "
        "parameters. Training walks downhill on it, each step against the gradient.",
        "Press play, and follow the path on the surface. Then drag the scrubber back, turn a "
        "knob and play again: the history branches.",
        Settings(data="diag", points=50, loss="logistic", optimizer="sgd", rate=2.0),
        _line(1.0, 1.0, -0.9),
    ),
    Step(
        "The gradient of relu at zero",
        "At 0 relu has a kink and no slope; the convention, here as in PyTorch, is to take 0. "
        "With all parameters 0, every margin is 0: the gradient vanishes, and training does "
        "not move.",
        "Press step: nothing happens. Nudge b a little with the arrow keys and press play. "
        "Or choose logistic, which has a slope everywhere.",
        Settings(data="diag", points=50, loss="relu", optimizer="sgd", rate=0.5),
        _line(0.0, 0.0, 0.0),
    ),
)
"""The steps, in the order of the lecture."""


def teach(session: Session, index: int | None) -> Session:
    """Set the page up for a step of the lecture; None leaves the lecture and changes nothing."""
    if index is None:
        return attrs.evolve(session, lesson=None)
    if index >= len(LESSONS):
        raise Refused(f"The lecture has {len(LESSONS)} steps; there is no step {index + 1}.")
    step = LESSONS[index]
    begun = begin(session.origin, step.settings, make_points(step.settings), step.model())
    return attrs.evolve(begun, lesson=index)
