"""Training: an endless iterator of immutable states, and what drains it."""

from miniml.training.batches import batches
from miniml.training.fitting import fit
from miniml.training.history import History
from miniml.training.lbfgs import lbfgs
from miniml.training.minimize import minimize
from miniml.training.result import Best, Fit
from miniml.training.state import State
from miniml.training.train import train

__all__ = ["Best", "Fit", "History", "State", "batches", "fit", "lbfgs", "minimize", "train"]
