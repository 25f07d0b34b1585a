"""Time saving and loading against safetensors alone, NumPy's npz, and Orbax.

Run it: `python benchmarks/checkpoints.py [FOLDER] [--repeats N]`. The peers take turns, so that
other load on the machine affects all of them. The table shows medians and their ratios to
safetensors alone. "miniml" checks everything, and a crash or a power cut leaves either the old file
or the new one. "safetensors, as durable" adds the same flushes and renaming to safetensors alone,
to show their cost.
"""

import argparse
import ctypes
import gc
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import miniml as ml

Tree = dict[str, Any]
SHAPES = {
    "100 MB in 8": (8, 1_562_500),
    "100 MB in 2,000": (2_000, 6_250),
    "1 GB in 16": (16, 7_812_500),
}


class Peer:
    """Something that saves a dict of arrays and loads it again."""

    def __init__(
        self, save: Callable[[Path, Tree], object], load: Callable[[Path, Tree], object]
    ) -> None:
        self.save = save
        self.load = load


def flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def peers() -> dict[str, Peer]:
    """Return the peers that are installed."""
    from safetensors.numpy import load_file, save_file

    def durable(path: Path, tree: Tree) -> None:
        save_file(tree, temporary := path.with_suffix(".tmp"))
        flush(temporary)
        temporary.replace(path)
        flush(path.parent)

    def load_npz(path: Path, _: Tree) -> dict[str, Any]:
        with np.load(path.with_suffix(".npz")) as archive:
            return dict(archive)

    found = {
        "safetensors": Peer(
            lambda path, tree: save_file(tree, path), lambda path, _: load_file(path)
        ),
        "safetensors, as durable": Peer(durable, lambda path, _: load_file(path)),
        "miniml": Peer(ml.save, ml.load),
        "miniml, mapped": Peer(ml.save, lambda path, tree: ml.load(path, tree, mmap=True)),
        "npz": Peer(lambda path, tree: np.savez(path.with_suffix(".npz"), **tree), load_npz),
    }
    try:
        import orbax.checkpoint as ocp
    except ImportError:
        print("orbax is not installed", file=sys.stderr)
        return found
    checkpointer = ocp.PyTreeCheckpointer()
    found["orbax"] = Peer(
        lambda path, tree: checkpointer.save(
            path.absolute().with_suffix(".orbax"), tree, force=True
        ),
        lambda path, _: checkpointer.restore(path.absolute().with_suffix(".orbax")),
    )
    return found


def fresh_memory() -> None:
    """Free memory, so that no peer reuses the memory or collects the garbage of another."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


def timed(f: Callable[[Path, Tree], object], path: Path, tree: Tree) -> float:
    os.sync()  # else the next peer's time includes writes of this one
    fresh_memory()
    start = time.perf_counter()
    f(path, tree)
    return time.perf_counter() - start


def measure(folder: Path, leaves: int, size: int, repeats: int) -> dict[str, tuple[float, float]]:
    """Return the median times of saving and loading for each peer."""
    rng = np.random.default_rng(0)
    tree: Tree = {f"layer_{number}": rng.random(size) for number in range(leaves)}
    everyone = peers()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in everyone}
    for repeat in range(repeats + 1):
        for name, peer in everyone.items():
            path = folder / f"{list(everyone).index(name)}.safetensors"
            pair = (timed(peer.save, path, tree), timed(peer.load, path, tree))
            if repeat:  # the first one is a warm-up
                times[name].append(pair)
    return {
        name: (statistics.median(s for s, _ in pairs), statistics.median(t for _, t in pairs))
        for name, pairs in times.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    print(f"{'':18}{'':22}{'save ms':>10}{'ratio':>8}{'load ms':>10}{'ratio':>8}")
    for title, (leaves, size) in SHAPES.items():
        folder = Path(tempfile.mkdtemp(dir=options.folder))
        try:
            rows = measure(folder, leaves, size, options.repeats)
        finally:
            shutil.rmtree(folder)
        alone = rows["safetensors"]
        for name, (save, load) in rows.items():
            print(
                f"{title:18}{name:22}{1e3 * save:10.1f}{save / alone[0]:8.2f}"
                f"{1e3 * load:10.1f}{load / alone[1]:8.2f}"
            )


if __name__ == "__main__":
    main()
