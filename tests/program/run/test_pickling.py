"""Programs in other processes."""

import copy
import functools
import inspect
import multiprocessing
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import miniml as ml
from miniml import Array, Scalar


def loss(w: Array, x: Array, scale: float = 1.0) -> Scalar:
    """Sum squared products."""
    return np.sum((w * x * scale) ** 2)


@ml.jit
def twice(x: float) -> float:
    return 2.0 * x


TRANSFORMS: dict[str, Callable[..., Any]] = {
    "jit": ml.jit,
    "grad": ml.grad,
    "value_and_grad": functools.partial(ml.value_and_grad, debug_nans=True),
    "vmap": functools.partial(ml.vmap, in_axes=(None, 0)),
    "jvp": ml.jvp,
    "vjp": ml.vjp,
    "hvp": ml.hvp,
    "hessian": lambda f: ml.hessian(f, eager=True),
    "jacobian": ml.jacobian,
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_pickled_program_is_made_again(name: str) -> None:
    """In the same process a pickled program is the same program."""
    program = TRANSFORMS[name](loss)
    assert pickle.loads(pickle.dumps(program)) is program
    assert copy.deepcopy(program) is program


def test_a_decorated_function_is_found_by_its_name() -> None:
    """A program that took its function's name pickles by name, as functions do."""
    assert pickle.loads(pickle.dumps(twice)) is twice
    assert b"twice" in pickle.dumps(twice)


def test_what_is_lowered_does_not_pickle() -> None:
    """What `lower` returns says what to pickle instead; its copy is itself."""
    lowered = twice.lower(2.0)
    with pytest.raises(TypeError, match=r"pickle the function that has lower, .* call its lower"):
        pickle.dumps(lowered)
    assert copy.deepcopy(lowered) is copy.copy(lowered) is lowered


class Scaled:
    """An object with a program as a method."""

    @ml.jit
    def product(self, x: float) -> float:
        """Return twice the argument."""
        return 2.0 * x


def test_a_method_pickles() -> None:
    """A bound program pickles with its object."""
    assert pickle.loads(pickle.dumps(Scaled().product))(3.0) == 6.0


def test_another_process_runs_it() -> None:
    """A fresh process runs a pickled program."""
    w = np.array([1.0, 2.0])
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        np.testing.assert_array_equal(pool.submit(ml.grad(loss), w, w).result(), 2 * w**3)
        assert pool.submit(twice, 4.0).result() == 8.0


def test_a_copy_of_a_callable_has_programs_of_its_own() -> None:
    """Programs are kept on their function, not on its copies."""

    class Scaled:
        scale = 2.0

        def __call__(self, x: float) -> float:
            return self.scale * x * x

    scaled = Scaled()
    assert ml.grad(scaled)(3.0) == 12.0
    other = copy.deepcopy(scaled)
    other.scale = 5.0
    assert ml.grad(other)(3.0) == 30.0


SCRIPT = """
import joblib
import miniml as ml

@ml.jit
def squared(x):
    return x * x

def loss(x):
    return squared(x) * x

def slope(x):
    return ml.grad(loss)(x)

slope(1.0)
print(joblib.Parallel(2)(joblib.delayed(slope)(x) for x in (1.0, 2.0)))
"""


POOLS = """
import multiprocessing
import pickle
import cloudpickle
import miniml as ml

@ml.jit
def squared(x):
    return x * x

@ml.jit
@ml.grad
def slope(x):
    return squared(x) * x

class Scaled:
    scale = 3.0

    @ml.jit
    def times(self, x):
        return self.scale * x

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = [pool.map(f, [1.0, 2.0]) for f in (squared, slope, Scaled().times)]
    again = pickle.loads(cloudpickle.dumps(slope))
    print(found, again(2.0), pickle.loads(pickle.dumps(slope)) is slope)
"""


def test_a_script_maps_with_multiprocessing(tmp_path: Path) -> None:
    """A decorated function is found by processes that import its script, and copied to others."""
    pytest.importorskip("cloudpickle")
    assert run_script(tmp_path, POOLS) == "[[1.0, 4.0], [3.0, 12.0], [3.0, 6.0]] 12.0 True\n"


def test_a_script_sweeps_with_joblib(tmp_path: Path) -> None:
    """Joblib takes functions of a script by value, even after their programs were made."""
    pytest.importorskip("joblib")
    assert run_script(tmp_path, SCRIPT) == "[3.0, 12.0]\n"


def run_script(folder: Path, text: str) -> str:
    """Run a script in a new process; return what it prints."""
    script = folder / "script.py"
    script.write_text(text)
    found = subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | {"PYTHONPATH": str(Path(ml.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.mark.parametrize(
    ("transform", "parameters"),
    [
        (ml.jit, "(w, x, scale)"),
        (ml.grad, "(w, x, scale)"),
        (ml.hessian, "(w, x, scale)"),
        (ml.jvp, "(w, tangent, x, scale)"),
        (ml.hvp, "(w, vector, x, scale)"),
    ],
)
def test_a_program_tells_what_it_takes(transform: Callable[..., Any], parameters: str) -> None:
    """A program has the signature, name and documentation of its function."""
    program = transform(loss)
    assert f"({', '.join(inspect.signature(program).parameters)})" == parameters
    assert program.__name__ == "loss"
    assert program.__doc__ == "Sum squared products."
    assert repr(program) == f"<{transform.__name__} of {loss!r}>"
