"""Training: an endless iterator of immutable states, and what drains it."""

from miniml.training._batches import batches
from miniml.training._fit import fit
from miniml.training._lbfgs import lbfgs
from miniml.training._minimize import minimize
from miniml.training._train import train
from miniml.training.history import History
from miniml.training.result import Best, Fit
from miniml.training.state import State
from miniml.training.step import StepProgram, step_program

__all__ = [
    "Best",
    "Fit",
    "History",
    "State",
    "StepProgram",
    "batches",
    "fit",
    "lbfgs",
    "minimize",
    "step_program",
    "train",
]
