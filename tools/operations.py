"""The documentation's table of operations that can be traced, written from the rules.

`python -m tools.operations` prints it.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from miniml.program.trace.registry import (
    ACCUMULATORS,
    COMPOSED,
    DERIVATIVES,
    EXACT,
    FUNCTIONS,
    METHODS,
    OPTIONAL_UFUNCS,
    REDUCERS,
    REFUSALS,
    SCIPY_REFUSALS,
    UFUNCS,
    ZERO,
    named,
)
from miniml.program.trace.tracer import Tracer

HEAD = """\
# Operations

These operations can be traced, and so differentiated: plain NumPy, called on parameters and data inside a loss.
`python -m tools.operations > docs/operations.md` writes this page from the rules, and a test compares them.

*Exact* derivatives have derivatives themselves, to any order. The derivative is *zero* for functions that are constant
wherever they are smooth: comparisons, rounding, indices. At a kink the subgradient is PyTorch's: that of `np.abs`,
`np.linalg.norm`, `np.std` and `np.maximum(x, 0)` at 0 is 0.

For any other function, `custom_vjp` takes a derivative rule, and calls the function when the program runs.
"""

SECTIONS: dict[str, tuple[str, ...]] = {
    "Elementwise functions": ("elementwise", "composed", "choosing"),
    "Reductions and scans": ("reductions", "scans", "statistics", "log_sums", "nans", "truth"),
    "Linear algebra": ("products", "einsum", "inverting", "factoring", "norms"),
    "Shapes, joining and splitting": (
        "shaping",
        "rearranging",
        "joining",
        "creating",
        "attributes",
    ),
    "Indexing, sorting and differences": ("taking", "assigning", "sorting", "differing", "windows"),
}
"""The files of rules under each title."""


def table() -> str:
    """Return the page, in Markdown."""
    parts = [HEAD]
    parts.append(_section("NumPy's ufuncs", _ufuncs()))
    reduced = [f"`np.{name}.reduce`" for name in sorted(REDUCERS)]
    running = [f"`np.{name}.accumulate`" for name in sorted(ACCUMULATORS)]
    parts.append(
        f"Their methods: {', '.join([*reduced, *running])}, and `outer` of each of two inputs.\n"
    )
    parts.append(
        _section(
            "SciPy's special functions",
            [(f"scipy.special.{name.removeprefix('_')}", name) for name in OPTIONAL_UFUNCS],
        )
    )
    functions = _functions()
    parts += [_section(title, functions[title]) for title in SECTIONS]
    methods = sorted(name for name in {*METHODS, *_methods()} if _is_method(name))
    parts.append(
        "## Arrays\n\nOperators, the built-in `abs`, `sum`, `round`, `divmod`, `len`, iteration, "
        "unpacking, formatting, operators in place (`total += x`); indexing by integers, "
        "slices, `...`, `None`, arrays of integers (what is taken twice accumulates) and constant "
        "masks; assignment by the same, and by masks, to arrays that the function makes; the "
        "attributes `T`, `mT`, `dtype`, `ndim`, `real`, `shape`, `size`; the methods "
        + ", ".join(f"`{name}`" for name in methods)
        + ".\n"
    )
    parts.append(_refused())
    return "\n".join(parts)


def _ufuncs() -> list[tuple[str, str | Callable[..., Any]]]:
    found = [name for name in {*UFUNCS, *COMPOSED} if isinstance(getattr(np, name, None), np.ufunc)]
    return [(f"np.{name}", name) for name in found]


def _functions() -> "dict[str, list[tuple[str, str | Callable[..., Any]]]]":
    """Return NumPy's functions by section."""
    found: dict[str, list[tuple[str, str | Callable[..., Any]]]] = defaultdict(list)
    for function, rule in FUNCTIONS.items():
        file = rule.__module__.rpartition(".")[2]
        titles = [title for title, files in SECTIONS.items() if file in files]
        if not titles:
            raise LookupError(
                f"no section of the page has the rules in {file}.py: add it to SECTIONS"
            )
        like = "(..., like=x)" if file == "creating" else ""  # else NumPy does not hand it over
        found[titles[0]].append((f"{_name(function)}{like}", function))
    return found


def _methods() -> list[str]:
    functions = {getattr(function, "__name__", "") for function in FUNCTIONS}
    return [name for name in functions if hasattr(np.ndarray, name)]


def _is_method(name: str) -> bool:
    """Return whether it is called: not an operator, a property, or a refused method."""
    rule = METHODS.get(name)
    refused = rule is not None and rule.__module__.endswith(".refused")
    return not (name.startswith("__") or hasattr(Tracer, name) or refused)


def _name(function: Callable[..., Any]) -> str:
    for prefix in ("np", "np.linalg", "np.fft", "np.emath", "np.lib.stride_tricks"):
        if function in named(f"{prefix}.{function.__name__}".removeprefix("np.")):
            return f"{prefix}.{function.__name__}"
    return function.__name__


def _section(title: str, names: Iterable[tuple[str, str | Callable[..., Any]]]) -> str:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for shown, key in names:
        by_kind[DERIVATIVES.get(key, EXACT)].append(shown)
    rows = [f"## {title}\n", "| derivative | operations |", "|---|---|"]
    order = sorted(by_kind, key=lambda kind: (kind != EXACT, kind == ZERO, kind))
    rows += [f"| {kind} | {', '.join(f'`{n}`' for n in sorted(by_kind[kind]))} |" for kind in order]
    return "\n".join(rows) + "\n"


def _refused() -> str:
    by_reason: dict[str, set[str]] = defaultdict(set)
    for function, reason in REFUSALS.items():
        by_reason[reason].add(_name(function))
    rows = ["## Not traced, and the way out\n", "| operations | why, and what to do |", "|---|---|"]
    rows += [
        f"| {', '.join(f'`{n}`' for n in sorted(names))} | {reason} |"
        for reason, names in by_reason.items()
    ]
    rows += [
        f"| `scipy.special.{name}` | it is not a ufunc, and needs an array: {way_out} |"
        for name, way_out in SCIPY_REFUSALS.items()
    ]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
