"""The documentation's table of operations."""

import functools
import re
from pathlib import Path

import numpy as np
import pytest
from tools.operations import table

from miniml.program.trace.registry import COMPOSED, FUNCTIONS, OPTIONAL_UFUNCS, REFUSALS, UFUNCS

PAGE = Path(__file__).parents[1] / "docs" / "operations.md"


@pytest.mark.skipif(not hasattr(np, "matvec"), reason="it is written with NumPy 2.2 or later")
def test_page_is_up_to_date() -> None:
    """docs/operations.md is what the rules say; `python -m tools.operations` writes it."""
    assert PAGE.read_text(encoding="utf-8") == table()


def test_every_float_ufunc_is_covered() -> None:
    """Each of NumPy's ufuncs that takes float64 has a rule."""
    names = [
        ufunc.__name__
        for ufunc in vars(np).values()
        if isinstance(ufunc, np.ufunc) and any(t.startswith("d") for t in ufunc.types)
    ]
    assert sorted(set(names) - set(UFUNCS) - set(COMPOSED)) == []


def test_nothing_is_both_covered_and_refused() -> None:
    """What is refused has no rule."""
    assert not set(FUNCTIONS) & set(REFUSALS)


def test_special_functions_exist() -> None:
    """Each name in the table of special functions is a ufunc of SciPy."""
    special = pytest.importorskip("scipy.special")
    known = {f.__name__ for f in vars(special).values() if isinstance(f, np.ufunc)}
    assert set(OPTIONAL_UFUNCS) - known <= {"_zeta"}


def test_names_of_operations_are_those_to_write() -> None:
    """Each NumPy name on the page is one that a user can write."""
    names = re.findall(r"`(np(?:\.\w+)+)(?:\(\.\.\., like=x\))?`", table())
    assert len(names) > 300
    for name in names:
        assert functools.reduce(getattr, name.split(".")[1:], np) is not None
    assert "`norm`" not in table()
    assert "`sqrt`" not in table()
