"""Pictures of data sets, models and losses.

Each function draws on a matplotlib `Axes` and returns it, so pictures compose: regions first,
then the points over them. matplotlib is imported when a picture is made, never before.
"""

from miniml.plots.canvas import axes, corners, save
from miniml.plots.curves import loss_curve, point_losses
from miniml.plots.points import dataset
from miniml.plots.regions import decision_regions, separator

__all__ = [
    "axes",
    "corners",
    "dataset",
    "decision_regions",
    "loss_curve",
    "point_losses",
    "save",
    "separator",
]
