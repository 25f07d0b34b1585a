"""Kill writers of a checkpoint at random moments; after each, the file must be whole.

Run it: `python tests/checkpoint/crash.py FOLDER [KILLS]`.
"""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

import miniml as ml


def tree(version: int) -> dict[str, object]:
    """Return a tree whose leaves all hold the version."""
    return {"version": version, "w": np.full(20_000, float(version)), "b": np.full(3, version)}


def write_for_ever(path: Path, version: int) -> None:
    while True:
        version += 1
        ml.save(path, tree(version))


def main(folder: Path, kills: int) -> None:
    rng = np.random.default_rng(0)
    path = folder / "run.safetensors"
    ml.save(path, tree(0))
    version = saves = strays = 0
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            write_for_ever(path, version)
        time.sleep(rng.uniform(0.0, 0.02))  # a random moment of a save
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        strays += len(list(folder.iterdir())) - 1
        loaded = ml.load(path, tree(0))
        found = loaded["version"]
        assert isinstance(found, int)
        assert found >= version
        assert ml.tree_equal(loaded, tree(found))
        saves += found - version
        version = found
    ml.save(path, tree(version))
    assert [file.name for file in folder.iterdir()] == [path.name]
    sys.stdout.write(
        f"{kills} kills, {saves} whole saves, {strays} half-written files left and swept\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
