"""From a step to the NumPy source of a loop."""

from collections.abc import Sequence

from miniml.program.codegen.memory import plan
from miniml.program.codegen.python_floats import is_double, may_be_plain
from miniml.program.codegen.writer import Source, Writer
from miniml.program.ir.graph import Node


def emit_loop(  # a loop's parts
    inputs: Sequence[Node],
    outputs: Sequence[Node],
    *,
    name: str,
    carried: int,
    rows: int,
    kept: Sequence[int],
    made: Sequence[int],
    order: str,
) -> Source:
    """Write the loop that goes through rows, step by step.

    It is called with what is carried, the arrays of rows, what all steps share, the arrays to write
    into, and a workspace, and returns what is carried in the end.

    Args:
        inputs: A step's inputs: what is carried, the rows, what all steps share.
        outputs: A step's outputs: what is carried on, and its results.
        name: The function's name.
        carried: How many are carried.
        rows: How many rows a step takes.
        kept: Which of what is carried is to be written down at each step.
        made: Which of the outputs are.
        order: The steps' numbers, in source.
    """
    shared = range(len(inputs) - carried - rows)
    carry, row = (
        [f"{word}_{k}" for k in range(n)] for word, n in (("carry", carried), ("row", rows))
    )
    planned = plan(outputs, staying=[x for x in outputs[carried:] if x not in outputs[:carried]])
    plain = may_be_plain(planned.steps)
    writer = Writer(
        planned,
        inputs,
        outputs,
        [*carry, *row, *(f"shared_{k}" for k in shared)],
        [f"next_{k}" if k < carried else f"result_{k - carried}" for k in range(len(outputs))],
        plain=plain,
    )
    body = [line for node in planned.steps for line in writer.step(node)]
    after = writer.owned(outputs[:carried])
    through = inputs[carried : carried + rows]
    listed = [k for k, node in enumerate(through) if plain and is_double(node)]
    written = [
        *(f"kept_{k}" for k in kept if is_double(inputs[k])),
        *(f"results_{k - carried}" for k in made if is_double(outputs[k])),
    ]
    step = [
        *(f"    kept_{k}[t] = {carry[k]}" for k in kept),
        *(f"    {x} = rows_{k}[t]" for k, x in enumerate(row)),
        *(
            line
            for node, line in writer.entry
            if node in through and not (plain and is_double(node))
        ),
        *body,
        *(f"    results_{k - carried}[t] = {writer.name_of(outputs[k])}" for k in made),
        *([f"    {', '.join(carry)} = {', '.join(after)}"] if carry else []),
    ]
    arguments = [
        *(*carry, *(f"rows_{k}" for k in range(rows)), *writer.input_names[carried + rows :]),
        *(*(f"kept_{k}" for k in kept), *(f"results_{k - carried}" for k in made), "workspace"),
    ]
    lines = [
        f"def {name}({', '.join(arguments)}):",
        *writer.unpacking(),
        *(line for node, line in writer.entry if node not in through),
        *(f"    rows_{k} = rows_{k}.tolist()" for k in listed),
        *(f"    {name} = memoryview({name})" for name in written if plain),
        f"    for t in {order}:",
        *(f"    {line}" for line in step),
        f"    return [{', '.join(carry)}]",
    ]
    return writer.source(lines)
