"""The options of all transforms that take derivatives: `wrt` and `has_aux`."""

from collections.abc import Callable
from typing import Any

from miniml.program import Program, TransformOptions, program_of
from miniml.program.autodiff.trees import check_parameters, pair
from miniml.program.run.options import CompleteOptions
from miniml.program.run.program import Callee
from miniml.tree import at, tree_leaves
from miniml.tree.lens import places_of, static_part, value_at
from miniml.tree.path import at_path

Wrt = Callable[..., Any] | None


def selected(params: Any, wrt: Wrt) -> Any:
    """Return the part of the parameters to differentiate by.

    Raises:
        TypeError: If `wrt` selects a static field, or a leaf that has no gradient.
        ValueError: If `wrt` selects nothing.
    """
    if wrt is None:
        return params
    for path in places_of(params, wrt)[0]:
        static = static_part(params, path)
        if static is not None:
            raise TypeError(
                f"{at_path(static)}: wrt selects a static field, which has no gradient: select arrays "
                "and floats, or make the field one of them"
            )
        check_parameters(value_at(params, path), path)
    part = at(params, wrt).get()
    if not tree_leaves(part):
        raise ValueError(
            f"wrt selects {part!r}, in which there are no parameters to differentiate by: select a part "
            "with arrays or numbers, such as lambda m: m.head"
        )
    return part


def of_selected(
    function: Callable[..., Any],
    params: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    wrt: Wrt,
    has_aux: bool,
) -> Callable[[Any], tuple[Any, Any]]:
    """Return the function of the selected part alone, to its value and its aux, or None."""

    def value_and_aux(part: Any) -> tuple[Any, Any]:
        whole = part if wrt is None else at(params, wrt).set(part)
        return split_aux(function(whole, *args, **kwargs), has_aux=has_aux)

    return value_and_aux


def split_aux(result: Any, *, has_aux: bool) -> tuple[Any, Any]:
    """Return what a function returned as its value and its aux, or None.

    Raises:
        TraceError: If it should be a pair, and is not.
    """
    wanted = "with has_aux=True the function must return a pair, (value, aux)"
    return pair(result, wanted) if has_aux else (result, None)


def derivative_of(
    transform: Callable[..., Any],
    function: Callable[..., Any],
    make: Callable[[CompleteOptions], Callee],
    options: TransformOptions,
    *,
    wrt: Wrt,
    has_aux: bool,
) -> Program[..., Any]:
    """Return the program of a transform that takes these options; see `program_of`.

    Raises:
        TypeError: If `wrt` is not a function.
    """
    if wrt is not None and not callable(wrt):
        raise TypeError(
            f"wrt is {wrt!r}: it must be a function that selects a part of the parameters, such as "
            "lambda m: m.head"
        )
    return program_of(transform, function, make, options, wrt=wrt, has_aux=has_aux)
