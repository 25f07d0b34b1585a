"""Pictures of data sets, models and losses.

Each function draws on a matplotlib `Axes` and returns it, so pictures compose: regions first,
then the points over them. matplotlib is imported when the first picture is made.
"""

from miniml.plots._distances import distances
from miniml.plots._history import history, loss_curve
from miniml.plots._network import network
from miniml.plots.canvas import axes, corners, panels, save
from miniml.plots.curves import functions, point_losses
from miniml.plots.modules import module_tree
from miniml.plots.multiples import small_multiples
from miniml.plots.points import dataset
from miniml.plots.regions import decision_regions, separator
from miniml.plots.surface import loss_along, loss_over

__all__ = [
    "axes",
    "corners",
    "dataset",
    "decision_regions",
    "distances",
    "functions",
    "history",
    "loss_along",
    "loss_curve",
    "loss_over",
    "module_tree",
    "network",
    "panels",
    "point_losses",
    "save",
    "separator",
    "small_multiples",
]
