"""A loop is one operation with several results."""

import re
from typing import Any

import numpy as np
import pytest

import miniml as ml

X = np.random.default_rng(0).normal(size=(6, 2))


def counted(w: Any, xs: Any) -> Any:
    """Return a loss whose loop carries an integer, a truth value and floats of two precisions."""

    def step(carry: Any, x: Any) -> tuple[Any, Any]:
        count, mean, single, seen = carry
        mean = np.tanh(mean * w + x * np.sqrt(count))
        single = np.tanh(single + np.sum(mean).astype(np.float32))
        return (count + 1, mean, single, seen | np.any(x > 0.0)), (count, mean)

    start = np.int64(0), np.zeros(2), np.float32(0.5), np.bool_(False)
    (count, mean, single, seen), (counts, means) = ml.scan(step, start, xs)
    total = np.sum(means * counts[:, None]) + np.sum(mean) / count + single
    return np.where(seen, total, 0.0)


def loops(source: str) -> int:
    """Return the number of loops in a program."""
    return len(re.findall(r"for t in ", source))


def test_a_mixed_carry_is_one_loop() -> None:
    """One loop carries integers and floats, and the gradient adds one more."""
    assert loops(ml.jit(counted).source(0.5, X)) == 1
    assert loops(ml.grad(counted).source(0.5, X)) == 2
    slope = ml.grad(counted, eager=True)(0.5, X)  # by Python's loop
    assert ml.grad(counted)(0.5, X) == pytest.approx(slope, rel=1e-5)


def test_results_keep_their_dtypes() -> None:
    """Each result of a loop is an array of its own dtype."""

    def step(carry: Any, _: None) -> tuple[Any, Any]:
        small, single = carry
        return (small + np.int8(1), single * np.float32(0.5)), (small > 1, single)

    run = ml.jit(lambda x: ml.scan(step, (np.int8(0), x), None, length=3))
    (small, single), (over, singles) = run(np.float32(1.0))
    assert [x.dtype.name for x in (small, single, over, singles)] == [
        "int8",
        "float32",
        "bool",
        "float32",
    ]
    np.testing.assert_array_equal(over, [False, False, True])


@pytest.mark.parametrize("part", ["last", "outputs"])
def test_the_loop_back_reads_no_zeros(part: str) -> None:
    """A result without a cotangent is not an input of the backward loop."""

    def loss(w: Any, xs: Any) -> Any:
        last, outputs = ml.scan(lambda h, x: (np.tanh(h * w + x),) * 2, xs[0], xs)
        return np.sum(last) if part == "last" else np.sum(outputs**2)

    source = ml.grad(loss).source(0.5, X)
    back = source[source.rindex("def scan_") :].split(":")[0]
    assert back.count("rows_") == {"last": 1, "outputs": 2}[part]
    zeros = re.findall(r"shape \\(6, 2\\).*all np.float64\\(0.0\\)", source)
    assert zeros == []


def test_a_python_integer_that_the_rows_cannot_hold() -> None:
    """A carried Python integer that does not fit the dtype after a step is refused, as by NumPy."""
    program = ml.jit(lambda c, x: ml.scan(lambda c, x: (c + x, c), c, x))
    rows = np.arange(3, dtype=np.int8)
    np.testing.assert_array_equal(program(7, rows)[1], np.array([7, 7, 8], np.int8))
    with pytest.raises(OverflowError, match="Python integer 300 out of bounds for int8"):
        program(300, rows)
