"""The NumPy source of a loop."""

from collections.abc import Sequence

from miniml.program.codegen.memory import plan
from miniml.program.codegen.python_floats import allow_python_floats, is_double
from miniml.program.codegen.writer import Source, Writer
from miniml.program.ir.graph import Node


def emit_loop(
    inputs: Sequence[Node],
    outputs: Sequence[Node],
    *,
    name: str,
    carried: int,
    rows: int,
    order: str,
) -> Source:
    """Write the loop that goes through rows, step by step.

    Its arguments are the carried values, the arrays of rows, the shared values, the arrays that the
    steps' outputs are written into, and a workspace. It returns the carried values after the last
    step.

    Args:
        inputs: A step's inputs: the carried values, a row of each array, the shared values.
        outputs: A step's outputs: the next carried values, and the values to store.
        name: The function's name.
        carried: The number of carried values.
        rows: The number of arrays of rows.
        order: The steps' numbers, in source.
    """
    carry, row, shared, results = (
        [f"{word}_{k}" for k in range(count)]
        for word, count in (
            ("carry", carried),
            ("row", rows),
            ("shared", len(inputs) - carried - rows),
            ("results", len(outputs) - carried),
        )
    )
    after, made = outputs[:carried], outputs[carried:]
    planned = plan(outputs, staying=[x for x in made if x not in after])
    python_floats = allow_python_floats(planned.steps)
    writer = Writer(
        planned,
        inputs,
        outputs,
        [*carry, *row, *shared],
        [*(f"next_{k}" for k in range(carried)), *(f"result_{k}" for k in range(len(made)))],
        python_floats=python_floats,
    )
    body = [line for node in planned.steps for line in writer.step(node)]
    carried_on = writer.owned(after)
    through = inputs[carried : carried + rows]
    unboxed = {node for node in through if python_floats and is_double(node)}
    step = [
        *(f"    {x} = rows_{k}[t]" for k, x in enumerate(row)),
        *(line for node, line in writer.entry if node in through and node not in unboxed),
        *body,
        *(f"    {x}[t] = {writer.name_of(y)}" for x, y in zip(results, made, strict=True)),
        *([f"    {', '.join(carry)} = {', '.join(carried_on)}"] if carry else []),
    ]
    arrays = [f"rows_{k}" for k in range(rows)]
    arguments = [*carry, *arrays, *writer.input_names[carried + rows :], *results, "workspace"]
    lines = [
        f"def {name}({', '.join(arguments)}):",
        *writer.unpacking(),
        *(line for node, line in writer.entry if node not in through),
        *(f"    {x} = {x}.tolist()" for x, y in zip(arrays, through, strict=True) if y in unboxed),
        *(
            f"    {x} = memoryview({x})"
            for x, y in zip(results, made, strict=True)
            if python_floats and is_double(y)
        ),
        f"    for t in {order}:",
        *(f"    {line}" for line in step),
        f"    return [{', '.join(carry)}]",
    ]
    return writer.source(lines)
