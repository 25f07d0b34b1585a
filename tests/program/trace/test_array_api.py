"""Libraries written for the array API take tracers, as SciPy does if SCIPY_ARRAY_API=1 is set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import miniml as ml

pytest.importorskip(
    "scipy", minversion="1.15", reason="before, it asks fewer arrays for a namespace"
)

SCRIPT = """
import numpy as np
import scipy.special as special
import miniml as ml

x = np.random.default_rng(0).normal(size=(3, 4))
p = np.exp(x)
losses = dict(
    logsumexp=lambda x: special.logsumexp(x),
    rows=lambda x: np.sum(special.logsumexp(x, axis=1) ** 2),
    columns=lambda x: np.sum(special.logsumexp(x, axis=0, keepdims=True) ** 2),
    weighted=lambda x: np.sum(special.logsumexp(x, axis=1, b=x * x) ** 2),
    signed=lambda x: np.sum(special.logsumexp(x, axis=1, b=x, return_sign=True)[0]),
    infinite=lambda x: np.sum(special.logsumexp(np.where(x > 0.0, x, -np.inf), axis=1)),
    softmax=lambda x: np.sum(special.softmax(x, axis=1) ** 2),
    log_softmax=lambda x: np.sum(special.log_softmax(x, axis=-1) ** 2),
    ufuncs=lambda x: np.sum(special.expit(x) + special.gammaln(x + 5.0) + special.xlogy(x + 5.0, 2.0)),
    entropies=lambda x: np.sum(special.entr(x + 5.0) + special.rel_entr(x + 5.0, x * x + 1.0)),
)
for name, loss in losses.items():
    np.testing.assert_allclose(ml.jit(loss)(x), loss(x), rtol=1e-14, err_msg=name)
    ml.check_grads(loss, x)
    ml.check_grads(lambda x: np.sum(ml.grad(loss)(x) ** 2), x)
found = ml.grad(losses["rows"])(x)
np.testing.assert_allclose(found, ml.grad(lambda x: np.sum(ml.logsumexp(x, axis=1) ** 2))(x), rtol=1e-12)
"""


def test_scipys_own_functions_are_traced() -> None:
    """logsumexp, softmax and special functions have their values and exact first and second derivatives."""
    source = str(Path(ml.__file__).parents[1])
    environment = {**os.environ, "SCIPY_ARRAY_API": "1", "PYTHONPATH": source}
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, env=environment)
