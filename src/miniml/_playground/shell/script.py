"""The Python script that rebuilds a session and trains on, to the same bits."""

import numpy as np

from miniml._playground.core.session import Session
from miniml._playground.core.session_config import OWN
from miniml._playground.core.training import optimizer_state_of
from miniml._playground.shell.source_writer import SourceWriter
from miniml.catalogue import OPTIMIZERS
from miniml.datasets import Dataset
from miniml.nn.point_losses import POINT_LOSSES
from miniml.tree import named_leaves


def script(session: Session) -> str:
    """Write a script with the present model, data, loss and optimiser; it trains on as the page would.

    Args:
        session: The session.

    Returns:
        Python source that runs wherever the model's modules can be imported. Classes and functions
        of `__main__` (a notebook, or the script that opened the page) are copied into it.

    Raises:
        RequestError: If the model or the loss uses something without a name, such as a lambda.
    """
    source, config, points = SourceWriter(), session.config, session.points
    make = source.definitions.name(OPTIMIZERS[config.optimizer].make)
    parts = [
        _loss(source, session),
        f"data = {_dataset(source, points.train)}",
        f"test = {_dataset(source, points.test)}" if len(points.test) else "",
        f"model = {source.of(session.params)}",
        f"optimizer = {make}({config.learning_rate!r})",
        f"start = {_state(source, session)}" if session.moment.step else "",
    ]
    imports = source.definitions.imports | {"import miniml as ml", "import numpy as np"}
    options = f", batch_size={config.batch}, seed={config.seed}" if config.batch else ""
    return _TEMPLATE.format(
        step=session.moment.step,
        imports="\n".join(sorted(imports, key=_import_order)),
        above="".join(f"\n\n\n{text}" for text in source.definitions.copied.values()),
        body="\n".join(filter(None, parts)),
        test='\n    print("test loss:", float(loss(model, test)))' if len(points.test) else "",
        options=options + (", start=start" if session.moment.step else ""),
    )


def _loss(source: SourceWriter, session: Session) -> str:
    name = session.config.loss
    if name != OWN:
        body = f"return ml.mean_loss(model, data, {source.of(POINT_LOSSES[name])})"
        return f"\n\n\ndef loss(model, data):\n    {body}\n\n"
    own = source.definitions.name(session.inputs.loss)
    return "\n" if own == "loss" else f"\n\n\nloss = {own}"


def _dataset(source: SourceWriter, data: Dataset) -> str:
    return source.of(Dataset(np.asarray(data.x), np.asarray(data.y)))


def _state(source: SourceWriter, session: Session) -> str:
    """Write the state to train on from: the step decides the batches that follow."""
    moment, points, batch = session.moment, len(session.points.train), session.config.batch
    steps_per_epoch = -(-points // batch) if 0 < batch < points else 1
    epoch = (moment.step - 1) // steps_per_epoch
    leaves = source.of(named_leaves(optimizer_state_of(session)), 4)
    return (
        f"ml.State(\n    step={moment.step},\n    epoch={epoch},\n    params=model,\n"
        f"    optimizer_state=ml.replace_leaves(optimizer.init(model), {leaves}),\n"
        f"    loss={source.of(moment.loss)},\n)"
    )


def _import_order(line: str) -> tuple[bool, str]:
    """Put whole modules first, as usual."""
    return line.startswith("from"), line


_TEMPLATE = '''"""The model at step {step} of the playground: run this script to train on."""

from itertools import islice

{imports}{above}{body}

if __name__ == "__main__":
    print("training loss:", float(loss(model, data))){test}
    states = ml.train(loss, model, data, optimizer{options})
    for state in islice(states, 0, 1001, 100):
        print("step", state.step, "training loss", state.loss)
'''
