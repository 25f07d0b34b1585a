"""The guided lecture: short steps that set the page up and say what to try."""

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

from miniml._playground.core.creation import assemble
from miniml._playground.core.errors import RequestError
from miniml._playground.core.from_config import make_points
from miniml._playground.core.session import Session
from miniml._playground.core.session_config import SessionConfig
from miniml.nn.layers import Layer, Linear, Split


@attrs.frozen(eq=False)
class LectureStep:
    """One step of the lecture: its text, and the session that it sets up.

    Attributes:
        title: A few words.
        says: Two or three sentences.
        tries: What to do now.
        config: The data, the loss and the training.
        model: Makes the initial model.
    """

    title: str
    says: str
    tries: str
    config: SessionConfig
    model: Callable[[], Layer]


def _config(data: str, points: int = 50, **chosen: Any) -> SessionConfig:
    """Return a configuration without test points, so that a sum is over all visible points."""
    usual: dict[str, Any] = {"train_share": 1.0, "optimizer": "sgd", "learning_rate": 0.5}
    return SessionConfig(data=data, points=points, **usual | chosen)


def _line(w1: float, w2: float, b: float) -> Callable[[], Layer]:
    return lambda: Linear(np.array([w1, w2]), b)


def _two_lines() -> Layer:
    return Split(Linear(np.array([1.0, 0.0]), -0.35), Linear(np.array([1.0, 0.0]), -0.65))


LESSONS: tuple[LectureStep, ...] = (
    LectureStep(
        "A model is a function with parameters",
        "m(x; θ) maps a point x to a score. Here m is x₁·w₁ + x₂·w₂ + b, and θ is the three "
        "numbers under Parameters (w₁ is w[0] there, w₂ is w[1]: code counts from 0). The "
        "picture is purple for positive scores and orange for negative ones; the line between, "
        "with m(x) = 0, is the separator.",
        "Point at (0.5, 0.2) in the picture: the score is 0.5·1 + 0.2·1 − 1 = −0.3.",
        _config("simple", loss="perceptron_loss"),
        _line(1.0, 1.0, -1.0),
    ),
    LectureStep(
        "Parameters are knobs",
        "A model may contain other models; each parameter then has a dotted name from the "
        "root, such as m1.w. This model is the product of two linear models, m1 and m2, so its "
        "score is positive if both have the same sign. The names group the knobs.",
        "Turn m1.b, then m2.b, and see which separator moves. Which values put every point on "
        "the right side?",
        _config("split", model="split"),
        _two_lines,
    ),
    LectureStep(
        "Rotate and move the separator",
        "The weights w point in the direction in which the score grows; the separator is "
        "perpendicular to them. A change of one weight rotates it. The bias b only shifts it.",
        "Change w from (1, 1) to (0.5, 1.5), and undo. Change b from −1 to −1.5, then to −0.5. "
        "Now the line separates the classes, but each point is crossed as wrong: change all "
        "three signs.",
        _config("diag"),
        _line(1.0, 1.0, -1.0),
    ),
    LectureStep(
        "Data: points with labels",
        "Each point is a pair (x, y). Circles have the label y = +1, squares −1. The model is "
        "right about a point if the score has the sign of the label; a cross marks a wrong "
        "point.",
        "Turn b until no cross is left. Then click in the picture to add a +1, shift-click for "
        "a −1, alt-click to remove. Can you add a point that every line gets wrong?",
        _config("simple", 30),
        _line(-1.0, 0.0, 0.7),
    ),
    LectureStep(
        "Loss: wrong points, and how far they are wrong",
        "|m(x)| grows with the distance from the separator. The perceptron loss of a point "
        "is relu(−y·m(x)): |m(x)| for a wrong point, 0 for a right one. The rings show each "
        "point's loss; the full loss is their sum.",
        "Find values, not all zero, without rings and with full loss 0. Watch the points move "
        "along the curve under Point loss.",
        _config("diag", loss="perceptron_loss", learning_rate=0.1),
        _line(-3.0, -3.0, 2.7),
    ),
    LectureStep(
        "Sigmoid: a smooth loss",
        "relu has a kink, and ignores how far a right point is from the separator. The sigmoid "
        "rises smoothly from 0 to 1. The logistic loss, −log sigmoid(y·m(x)), is about |m(x)| "
        "for wrong points, like relu, and falls towards 0 for right points that are far away.",
        "Switch Loss between perceptron_loss, sigmoid_loss and logistic_loss; compare the curves, "
        "and the rings of points that are right but close.",
        _config("diag", loss="logistic_loss"),
        _line(-3.0, -3.0, 2.7),
    ),
    LectureStep(
        "The full loss, and gradient descent",
        "The full loss L(w₁, w₂, b) is one number for all points: a landscape over the "
        "parameters. The arrows under the knobs point downhill, against the gradient. Training "
        "repeats steps in this direction (on the mean loss, which has the same minima).",
        "Press Play, and follow the path on the surface. Then drag the scrubber back, turn a "
        "knob and play again: the history branches, and nothing is lost.",
        _config("diag", loss="logistic_loss", learning_rate=2.0),
        _line(1.0, 1.0, -0.9),
    ),
    LectureStep(
        "The gradient of relu at 0",
        "relu has a kink at 0, and no slope there. By convention, here as in PyTorch, its "
        "gradient at 0 is 0. If all parameters are 0, each margin y·m(x) is 0, so the gradient "
        "is 0.",
        "Press Step: the count grows, and no knob moves. Change b with an arrow key and press "
        "Play: now the model learns. Or press Reset and choose logistic_loss, which has "
        "a slope everywhere.",
        _config("diag", loss="perceptron_loss"),
        _line(0.0, 0.0, 0.0),
    ),
)
"""The steps, in the order of the lecture."""


def teach(session: Session, index: int | None) -> Session:
    """Set the page up for a step of the lecture; None leaves the lecture and changes nothing else."""
    if index is None:
        return attrs.evolve(session, lesson=None)
    if index >= len(LESSONS):
        raise RequestError(f"The lecture has {len(LESSONS)} steps; there is no step {index + 1}.")
    step = LESSONS[index]
    points = make_points(step.config)
    return attrs.evolve(assemble(step.config, session.inputs, points, step.model()), lesson=index)
