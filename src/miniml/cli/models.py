"""From the argument MODEL to a model."""

import importlib
import inspect
import sys
import traceback
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
from numpy.random import Generator

from miniml.catalogue import MODELS
from miniml.cli.errors import UsageError, one_line
from miniml.cli.fit_options import FitOptions
from miniml.nn.init_arguments import arguments_by_name
from miniml.nn.scorers import check_scorer
from miniml.tree import named_leaves
from miniml.types import Array

Model: TypeAlias = Callable[[Array], Array]
"""Points `(n, d)` to scores `(n,)`."""


def build(options: FitOptions, x: Array, rng: Generator) -> Model:
    """Build the model that the options name, for points like `x`."""
    name = options.model
    if options.hidden is not None and name != "mlp":
        raise UsageError(f"--hidden is for --model mlp, not {name}")
    if ":" in name:
        return own(name, x, rng)
    if name not in MODELS:
        raise UsageError(
            f"no model is named {name!r}; "
            f"the names are {', '.join(MODELS)}, or package.module:function"
        )
    widths = (16, 16) if options.hidden is None else options.hidden
    try:
        return MODELS[name](rng, x.shape[1], tuple((width, "relu") for width in widths))
    except ValueError as error:
        raise UsageError(f"--model {name}: {one_line(error)}") from None


def own(spec: str, x: Array, rng: Generator) -> Model:
    """Call the function that `package.module:function` names, and check the model it returns."""
    function = _find(spec)
    try:
        model = _call(function, x.shape[1], rng)
    except Exception as error:  # the user's code may raise anything
        raise UsageError(f"--model {spec} failed: {_where(error)}") from error
    try:
        check_scorer(f"what --model {spec} returned", model)
    except TypeError as error:
        raise UsageError(one_line(error)) from None
    _check_leaves(spec, model)
    scorer = cast("Model", model)
    try:
        scores: object = scorer(x)
    except Exception as error:  # the user's code may raise anything
        raise UsageError(
            f"--model {spec} returned a model that fails on points of shape {x.shape}: {_where(error)}"
        ) from error
    shape = getattr(scores, "shape", None)
    if shape != x.shape[:1]:
        raise UsageError(
            f"--model {spec} returned a model that maps points of shape {x.shape} to "
            f"{'scores of shape ' + str(shape) if shape is not None else type(scores).__name__}; "
            f"expected scores of shape {x.shape[:1]}"
        )
    return scorer


def _find(spec: str) -> Callable[..., object]:
    module_name, _, path = spec.partition(":")
    # Python puts the folder of a script on the path; here it is the current folder.
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        found: object = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise UsageError(f"--model {spec}: {_where(error)}") from error
        raise UsageError(
            f"--model {spec}: there is no module {error.name!r} in {here} or on the path"
        ) from None
    except Exception as error:  # the user's code may raise anything
        raise UsageError(f"--model {spec}: importing it failed: {_where(error)}") from error
    try:
        found = reduce(getattr, path.split("."), found)
    except AttributeError:
        raise UsageError(f"--model {spec}: {module_name} has no {path!r}") from None
    if not callable(found):
        raise UsageError(
            f"--model {spec}: {path!r} is not a function but of type {type(found).__name__}"
        )
    return found


def _call(function: Callable[..., object], features: int, rng: Generator) -> object:
    if (named := arguments_by_name(function, rng, features, None)) is not None:
        return function(**named)
    parameters = inspect.signature(function).parameters
    needed = [name for name, p in parameters.items() if p.default is p.empty]
    if len(needed) == 3 and "outputs" not in parameters and "rng" not in needed[1:]:
        return function(rng, features, None)  # by position, as for an estimator
    others = [name for name in parameters if name != "rng"]
    if "rng" in parameters and others:
        return function(**{others[0]: features, "rng": rng})
    return function(features)


def _check_leaves(spec: str, model: object) -> None:
    try:
        leaves = named_leaves(model)
    except TypeError as error:
        raise UsageError(f"--model {spec}: {one_line(error)}") from None
    if list(leaves) == [""]:
        raise UsageError(
            f"--model {spec} returned a {type(model).__name__}, which is not a model: "
            "decorate its class with @miniml.model"
        )
    for name, leaf in leaves.items():
        dtype = np.asarray(leaf).dtype
        if dtype.kind != "f":
            raise UsageError(
                f"--model {spec}: the leaf {name} is {dtype}, and only floating-point parameters "
                "can be trained: make it a float, or mark its field Static"
            )
    if not leaves:
        raise UsageError(f"--model {spec} returned a model without parameters")


def _where(error: BaseException) -> str:
    """Name the error and the line of the user's code that raised it."""
    message = f"{type(error).__name__}: {one_line(error)}"
    package = Path(__file__).parents[1]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.is_file() and "site-packages" not in file.parts and package not in file.parents:
            return f"{message} ({file.name}, line {frame.lineno})"
    return message
