"""The command `miniml plot`: one picture of a run of `miniml fit`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from miniml import plots
from miniml.checkpoint import replacing
from miniml.cli import runs
from miniml.cli.errors import UsageError, need, one_line, reason
from miniml.cli.models import Model
from miniml.cli.plot_options import PlotOptions
from miniml.cli.report import one_line_warnings
from miniml.cli.runs import Run
from miniml.datasets import Dataset
from miniml.nn.losses import mean_loss
from miniml.plots._network import Network
from miniml.plots.knobs import Knob
from miniml.tree import named_leaves, tree_leaves
from miniml.types import Array, Scalar

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Picture: TypeAlias = Callable[[Run, PlotOptions], "Axes"]
"""A function that draws one picture of a run."""

FORMATS = (".png", ".svg", ".pdf")
_LEAF_PICTURES = ("multiples", "loss-along", "loss-over")


def run(options: PlotOptions) -> int:
    """Run the command; the exit code is 0."""
    need("matplotlib", "plot", "pictures")
    need("safetensors", "cli", "the files of parameters")
    to = Path(f"{options.picture}.png") if options.to is None else options.to
    if to.suffix.lower() not in FORMATS:
        raise UsageError(f"--to {to} must end in one of {', '.join(FORMATS)}")
    for option, value in (("--leaf", options.leaf), ("--span", options.span)):
        if value and options.picture not in _LEAF_PICTURES:
            raise UsageError(f"{option} is for {', '.join(_LEAF_PICTURES)}, not {options.picture}")
    if to.is_file() and not options.overwrite:
        raise UsageError(f"{to} exists: --overwrite replaces it; or choose another --to")
    with one_line_warnings("miniml plot"):
        _draw(options, to)
    print(to)  # noqa: T201  # the command's result
    return 0


def _draw(options: PlotOptions, to: Path) -> None:
    """Draw the picture and write it; the file is complete or absent."""
    run = runs.read(options.run)
    try:
        ax = _DRAW[options.picture](run, options)
        with replacing(to) as file:
            plots.save(ax, file)
    except OSError as error:
        raise UsageError(f"cannot write {to}: {reason(error)}") from error
    except (KeyError, TypeError, ValueError) as error:
        # For example, a leaf that does not exist, or a model that is not a network.
        message = error.args[0] if isinstance(error, KeyError) else one_line(error)
        raise UsageError(f"cannot draw {options.picture}: {message}") from error
    except Exception as error:  # fonts, LaTeX and settings fail in many ways
        kind = type(error).__name__
        raise UsageError(f"cannot draw {options.picture}: {kind}: {error}") from error


def _part(run: Run, options: PlotOptions) -> Dataset:
    return run.train if options.part == "train" else run.test


def _plane(run: Run, options: PlotOptions) -> "Axes":
    """Return empty axes for a picture of the two features."""
    if len(run.table.features) != 2:
        raise ValueError(
            f"it needs two features, and {run.table.name} has {len(run.table.features)}"
        )
    return plots.axes(title=f"{run.table.name}: {options.part} points")


def _corners(run: Run) -> tuple[Array, Array]:
    return plots.corners(run.table.data.x)


def _score(run: Run, model: Model) -> Model:
    return lambda x: model(run.standardize(x))


def _axis_names(run: Run) -> tuple[str, str]:
    first, second = run.table.features
    return first, second


def _points(ax: "Axes", run: Run, options: PlotOptions) -> "Axes":
    data, classes = _part(run, options), run.table.classes
    return plots.dataset(ax, data, features=_axis_names(run), classes=classes)


def _data(run: Run, options: PlotOptions) -> "Axes":
    return _points(_plane(run, options), run, options)


def _with_points(draw: Callable[["Axes", Model, Array, Array], "Axes"]) -> Picture:
    """Return a picture of the model in the plane, with the points over it."""

    def picture(run: Run, options: PlotOptions) -> "Axes":
        ax = _plane(run, options)
        draw(ax, _score(run, run.model), *_corners(run))
        return _points(ax, run, options)

    return picture


def _distances(run: Run, options: PlotOptions) -> "Axes":
    ax, score, data = _plane(run, options), _score(run, run.model), _part(run, options)
    names, classes = _axis_names(run), run.table.classes
    return plots.distances(ax, score, data, *_corners(run), features=names, classes=classes)


def _multiples(run: Run, options: PlotOptions) -> "Axes":
    _plane(run, options)  # raises an error unless there are two features
    (name,) = _leaves(run.model, options, 1)
    span = _span(run.model, name, options)

    def draw(ax: "Axes", model: Model) -> "Axes":
        plots.decision_regions(ax, _score(run, model), *_corners(run))
        return _points(ax, run, options)

    changes = [{name: value} for value in np.linspace(*span, 5).tolist()]
    axs = plots.panels(5, width=2.4, height=2.5, share=True)
    return plots.small_multiples(axs, run.model, changes, draw)[0]


def _point_losses(run: Run, options: PlotOptions) -> "Axes":
    ax = plots.axes(title=f"{run.table.name}: {run.options.loss} of the {options.part} points")
    data, score = _part(run, options), _score(run, run.model)
    return plots.point_losses(ax, run.point_loss, score, data, classes=run.table.classes)


def _loss(run: Run, options: PlotOptions) -> Callable[[Model], Scalar]:
    raw = _part(run, options)
    data = Dataset(run.standardize(raw.x), raw.y)
    return lambda model: mean_loss(model, data, run.point_loss)


def _loss_title(run: Run, options: PlotOptions) -> str:
    return f"{run.table.name}: mean {run.options.loss} of the {options.part} points"


def _loss_along(run: Run, options: PlotOptions) -> "Axes":
    (name,) = _leaves(run.model, options, 1)
    ax = plots.axes(title=_loss_title(run, options))
    span = _span(run.model, name, options)
    return plots.loss_along(ax, _loss(run, options), run.model, name, span)


def _loss_over(run: Run, options: PlotOptions) -> "Axes":
    names = _leaves(run.model, options, 2)
    ax = plots.axes(title=_loss_title(run, options))
    spans = {name: _span(run.model, name, options) for name in names}
    return plots.loss_over(ax, _loss(run, options), run.model, spans)


def _leaves(model: Model, options: PlotOptions, count: int) -> list[str]:
    """Return the named leaves, by default the first elements of the last array that has enough."""
    if options.leaf:
        if len(options.leaf) != count:
            raise ValueError(f"it needs --leaf {count} times, got {len(options.leaf)}")
        return options.leaf
    arrays = {name: np.asarray(leaf) for name, leaf in named_leaves(model).items()}
    for name, array in reversed(arrays.items()):
        if array.ndim and array.size >= count:
            places = [np.unravel_index(i, array.shape) for i in range(count)]
            return [f"{name}[{','.join(map(str, place))}]" for place in places]
    return list(arrays)[:count]


def _span(model: Model, name: str, options: PlotOptions) -> tuple[float, float]:
    if options.span is not None:
        low, high = options.span
        if not np.isfinite(options.span).all():
            raise ValueError(f"--span {low:g} {high:g} is not finite")
        if not low < high:
            raise ValueError(f"--span {low:g} {high:g} is empty: give the lower end first")
        return low, high
    value = Knob(model, name).read(model)
    reach = 2 * max(abs(value), 1.0)
    return value - reach, value + reach


def _network(run: Run, _: PlotOptions) -> "Axes":
    # `plots.network` raises an error if the model is not a network.
    model = cast("Network", run.model)
    features = run.table.features if len(run.table.features) == 2 else None
    tallest = max((max(np.shape(leaf), default=1) for leaf in tree_leaves(model)), default=1)
    return plots.network(plots.axes(6.0, 1.2 + 0.38 * min(tallest, 11)), model, features=features)


def _tree(run: Run, _: PlotOptions) -> "Axes":
    rows = len(tree_leaves(run.model))
    return plots.module_tree(plots.axes(7.0, 1.0 + 0.35 * rows), run.model)


def _history(run: Run, _: PlotOptions) -> "Axes":
    ax = plots.axes(title=f"{run.table.name}: loss at each step, and mean {run.options.loss}")
    return plots.history(ax, run.history)


_DRAW: Mapping[str, Picture] = MappingProxyType(
    {
        "data": _data,
        "regions": _with_points(plots.decision_regions),
        "separator": _with_points(plots.separator),
        "distances": _distances,
        "multiples": _multiples,
        "point-losses": _point_losses,
        "loss-along": _loss_along,
        "loss-over": _loss_over,
        "network": _network,
        "tree": _tree,
        "history": _history,
    }
)
