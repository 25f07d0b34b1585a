"""The public names: which are at the top, and that none hides a module."""

import importlib
import pkgutil
import subprocess
import sys
import types
import warnings
from collections.abc import Iterator

import pytest

import miniml as ml

MODULES = [
    "checkpoint",
    "datasets",
    "losses",
    "metrics",
    "models",
    "nn",
    "optimizers",
    "plots",
    "schedules",
    "training",
    "transforms",
    "tree",
]


def modules(package: types.ModuleType) -> Iterator[str]:
    """Yield the full name of each module below a package, imported."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        yield found.name
        if found.ispkg:
            yield from modules(module)


def names_of(module: types.ModuleType) -> list[str]:
    return getattr(module, "__all__", [])


def test_no_name_hides_a_module() -> None:
    """`import miniml.room.file as file` gives the module, in every package."""
    hidden: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in modules(ml):
            package, _, last = name.rpartition(".")
            if getattr(sys.modules[package], last) is not sys.modules[name]:
                hidden.append(name)
    assert hidden == []


@pytest.mark.parametrize("name", MODULES)
def test_public_modules_are_attributes(name: str) -> None:
    """`ml.tree` and the other public modules need no import of their own."""
    assert isinstance(getattr(ml, name), types.ModuleType)
    assert name in ml.__all__


@pytest.mark.parametrize("name", ["miniml", *(f"miniml.{name}" for name in MODULES)])
def test_public_names_exist_and_are_documented(name: str) -> None:
    """Each name in `__all__` exists once, and functions and classes have a docstring."""
    module = importlib.import_module(name)
    names = names_of(module)
    assert len(set(names)) == len(names)
    for public in names:
        value = getattr(module, public)
        if isinstance(value, type | types.FunctionType):
            assert value.__doc__, public


def test_plots_and_metrics_are_imported_at_their_first_use() -> None:
    """`import miniml` loads neither; both are listed, and unknown names are refused."""
    code = (
        "import sys, miniml as ml; "
        "assert not {'miniml.plots', 'miniml.metrics'} & {*sys.modules}; "
        "assert {'plots', 'metrics'} <= {*dir(ml)}; "
        "ml.metrics.accuracy, ml.plots.axes"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="module 'miniml' has no attribute 'metric'"):
        ml.metric  # type: ignore[attr-defined]  # noqa: B018  # the mistake
