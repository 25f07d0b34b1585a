"""A Python script that rebuilds what is seen."""

import numpy as np

from miniml.datasets import Dataset
from miniml.nn.losses import POINT_LOSSES
from miniml.playground.core.catalogue import OPTIMIZERS
from miniml.playground.core.session import Session
from miniml.playground.core.settings import OWN
from miniml.playground.shell.source import Source


def script(session: Session) -> str:
    """Write a script that rebuilds the present model, data and loss, and trains on.

    Args:
        session: The session.

    Returns:
        Python source that runs by itself, wherever the model's modules can be imported. Classes
        and functions of `__main__` (a notebook's, or those of the script that opened the page)
        are copied into it.

    Raises:
        Refused: If the model or the loss uses something that cannot be named, such as a lambda.
    """
    source, settings, points = Source(), session.settings, session.points
    parts = [
        _loss(source, session),
        f"data = {_dataset(source, points.train)}",
        f"test = {_dataset(source, points.test)}" if len(points.test) else "",
        f"model = {source.of(session.params)}",
        f"optimizer = {source.definitions.name(OPTIMIZERS[settings.optimizer])}({settings.rate!r})",
    ]
    imports = source.definitions.imports | {"import miniml as ml", "import numpy as np"}
    batch = f", batch_size={settings.batch}, seed={settings.seed}" if settings.batch else ""
    held = '\n    print("test loss:", float(loss(model, test)))' if len(points.test) else ""
    return _TEMPLATE.format(
        step=session.moment.step,
        imports="\n".join(sorted(imports, key=_place)),
        above="".join(f"\n\n\n{text}" for text in source.definitions.copied.values()),
        body="\n".join(filter(None, parts)),
        held=held,
        batch=batch,
    )


def _loss(source: Source, session: Session) -> str:
    name = session.settings.loss
    if name != OWN:
        body = f"return ml.mean_loss(model, data, {source.of(POINT_LOSSES[name])})"
        return f"\n\n\ndef loss(model, data):\n    {body}\n\n"
    own = source.definitions.name(session.origin.loss)
    return "\n" if own == "loss" else f"\n\n\nloss = {own}"


def _dataset(source: Source, data: Dataset) -> str:
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
