"""A Python script that rebuilds what is seen."""

import numpy as np

from miniml.catalogue import OPTIMIZERS
from miniml.datasets import Dataset
from miniml.nn.losses import POINT_LOSSES
from miniml.playground.core.session import Session
from miniml.playground.core.session_config import OWN
from miniml.playground.shell.source_writer import SourceWriter


def script(session: Session) -> str:
    """Write a script that rebuilds the present model, data and loss, and trains on.

    Args:
        session: The session.

    Returns:
        Python source that runs by itself, wherever the model's modules can be imported. Classes
        and functions of `__main__` (a notebook's, or those of the script that opened the page)
        are copied into it.

    Raises:
        RequestError: If the model or the loss uses something that cannot be named, such as a lambda.
    """
    source, config, points = SourceWriter(), session.config, session.points
    parts = [
        _loss(source, session),
        f"data = {_dataset(source, points.train)}",
        f"test = {_dataset(source, points.test)}" if len(points.test) else "",
        f"model = {source.of(session.params)}",
        f"optimizer = {source.definitions.name(OPTIMIZERS[config.optimizer].make)}({config.learning_rate!r})",
    ]
    imports = source.definitions.imports | {"import miniml as ml", "import numpy as np"}
    batch = f", batch_size={config.batch}, seed={config.seed}" if config.batch else ""
    held = '\n    print("test loss:", float(loss(model, test)))' if len(points.test) else ""
    return _TEMPLATE.format(
        step=session.moment.step,
        imports="\n".join(sorted(imports, key=_place)),
        above="".join(f"\n\n\n{text}" for text in source.definitions.copied.values()),
        body="\n".join(filter(None, parts)),
        held=held,
        batch=batch,
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


def _place(line: str) -> tuple[bool, str]:
    """Order imports as usual: whole modules first."""
    return line.startswith("from"), line


_TEMPLATE = '''"""A model as it stood at step {step} in the playground: run it, and it trains on."""

from itertools import islice

{imports}{above}{body}

if __name__ == "__main__":
    print("training loss:", float(loss(model, data))){held}
    for state in islice(ml.train(loss, model, data, optimizer{batch}), 0, 1001, 100):
        print("step", {step} + state.step, "training loss", state.loss)
'''
