"""Conversions of a tracer to a Python value: an error that names the way out, if the value is unknown."""

import numpy as np

from miniml.program.ir.errors import TraceError
from miniml.program.ir.graph import INPUT, VARIABLE, AnyArray, Node
from miniml.program.ir.origin import numpy_function, scipy_function
from miniml.program.ir.walk import ancestors
from miniml.program.trace.called import called_name, user_operation
from miniml.program.trace.registry import SCIPY_REFUSALS

_BRANCH = "use np.where(condition, a, b), or np.maximum and np.minimum for max() and min()"
_BIND = (
    "since it decides what is computed, bind it with functools.partial, close over it, "
    "or make it a Static field"
)

_NUMPY = (
    "use NumPy (np.linalg.solve and np.linalg.cholesky; dense matrices) or a ufunc of scipy.special, "
    "or give it a rule with ml.custom_vjp"
)


class Conversions:
    """A value that Python converts to a number, if its node's value is known while tracing."""

    __slots__ = ()

    node: Node

    def __bool__(self) -> bool:
        given = [i for i in ancestors([self.node]) if i.op is INPUT]
        flag = given and all(not i.shape and i.dtype.kind in "bui" for i in given)  # not data
        way_out = f"{_BRANCH}; or, {_BIND}" if flag else _BRANCH
        return bool(_concrete(self.node, "branch on", way_out))

    def __float__(self) -> float:
        action = "take float() or math.* of"
        return float(_constant(self.node, action, "use NumPy's function (np.exp)"))

    def __int__(self) -> int:
        return int(_concrete(self.node, "take int() of", "use np.floor or .astype(int)"))

    def __index__(self) -> int:
        return int(_concrete(self.node, "index or count with", f"{_BIND}; {_OF_TABLE}"))

    def __complex__(self) -> complex:
        return complex(_constant(self.node, "take complex() of", "keep to real numbers"))


def _concrete(node: Node, action: str, way_out: str) -> AnyArray:
    """Return the value of a tracer that is known while tracing."""
    if node.value is None:
        raise TraceError(
            f"cannot {action} a traced value, which has no value yet: {way_out}, "
            "or trace at every call with eager=True"
        )
    return node.value


def _constant(node: Node, action: str, way_out: str) -> AnyArray:
    """Return the value of a tracer, if no gradient flows through it: a Python number would lose it."""
    if any(i.op is VARIABLE for i in ancestors([node])):
        raise TraceError(f"cannot {action} a traced value: it would lose its gradient; {way_out}")
    return _concrete(node, action, way_out)


_OF_TABLE = "for table[index] with a traced index, write np.asarray(table, like=index)[index]"

_JOINING = {"concatenate", "stack", "hstack", "vstack", "dstack", "column_stack"}

_COUNTING = {"arange", "zeros", "ones", "empty", "eye", "linspace"}


def refuse_array() -> TraceError:
    """Return the error for SciPy, NumPy or the user's code making an array of a tracer."""
    called = scipy_function()
    if called is not None:
        way_out = SCIPY_REFUSALS.get(called, _NUMPY)
        return TraceError(f"SciPy's {called} is not a ufunc and cannot be traced: {way_out}")
    called = numpy_function()
    return TraceError(_of_operation(*user_operation()) if called is None else _of_function(called))


def _of_function(name: str) -> str:
    """Return why a function of NumPy, written in Python, cannot take its arguments, and the way out."""
    if name in _JOINING:
        return (
            f"np.{name} of lists of traced values cannot be traced: use "
            "np.block([[a, b], [c, d]]), or make an array of each row first, np.stack([a, b])"
        )
    if name == "take":  # NumPy dispatches on the table alone, not on the index
        return f"np.take of a traced index needs a traced table: {_OF_TABLE}"
    if name == "AxisConcatenator":
        return "np.r_ and np.c_ cannot be traced: use np.concatenate, np.stack or np.column_stack"
    if name in {"full", "full_like"}:
        return f"np.{name} of a traced value: write np.full(shape, value, like=value)"
    return (
        f"np.{name} of a list makes an array of it first, which cannot be traced: make the array with "
        f"np.stack, as in np.{name}(np.stack([a, b])), or use operators and functions of whole "
        "arrays (np.where for a choice)"
    )


def _of_operation(instruction: str, text: str) -> str:
    """Return why an operation in the user's code makes an array of a traced value, and the way out."""
    indexes = instruction.startswith("BINARY") and text.endswith("]")
    if indexes or instruction == "BINARY_SUBSCR":
        table, _, index = text.removesuffix("]").rpartition("[")
        names = (table, index) if table and index.isidentifier() else ("table", "index")
        table, index = names
        return (
            f"an array that is not traced cannot be indexed by a traced value: write "
            f"np.asarray({table}, like={index})[{index}]"
        )
    name = called_name(text)
    function = getattr(np, name.rpartition(".")[2], None)
    if isinstance(function, type) and issubclass(function, np.generic):
        return f"{name} would make a number of a traced value: write x.astype({name})"
    if isinstance(function, np.ufunc):
        return (
            f"{name} of a list of traced values cannot be traced: make an array of the list, "
            f"{name}(np.stack([a, b]))"
        )
    if name.rpartition(".")[2] in _COUNTING:
        return f"{name} cannot take a traced value for a count: {_BIND}"
    return (
        "a traced value cannot become a NumPy array (np.array, np.asarray, an assignment into an "
        "array, an index of an array that is not traced): use it as an array, without conversion; to "
        "build an array of traced values, use np.stack([...]), np.array([...], like=x) or "
        f"np.zeros(shape, like=x), with x traced; {_OF_TABLE}"
    )
