"""Operations that are alike in how they treat the axes of their inputs."""

from miniml.program.dtypes import CAST
from miniml.program.graph import ALIAS, STOP_GRADIENT
from miniml.program.rules.composed import bessel, exponent
from miniml.program.rules.elementwise import record_where
from miniml.program.rules.factoring import (
    record_cholesky,
    record_eigh,
    record_pinv,
    record_qr,
    record_rank,
    record_svd,
)
from miniml.program.rules.inverting import (
    record_cofactors,
    record_det,
    record_inv,
    record_logdet,
    record_sign,
)
from miniml.program.rules.reductions import reduce_max, reduce_min
from miniml.program.rules.scans import (
    cumprod,
    cumsum,
    reduce_prod,
    running_argmax,
    running_argmin,
    running_log_sum,
)
from miniml.program.rules.sorting import record_argpartition, record_argsort, record_sort
from miniml.program.rules.truth import record_all, record_any, record_argmax, record_argmin

ELEMENTWISE = (ALIAS, STOP_GRADIENT, CAST, record_where.op, exponent.op, bessel.op)
"""Element by element, beside the ufuncs."""

REDUCING = (
    *(reduce_max.op, reduce_min.op, reduce_prod.op),
    *(record_any.op, record_all.op, record_argmax.op, record_argmin.op),
)
"""Without the axes in the option `axis`, beside sums."""

ALONG = (
    *(cumsum.op, cumprod.op, running_log_sum.op, running_argmax.op, running_argmin.op),
    *(record_sort.op, record_argsort.op, record_argpartition.op),
)
"""Along the axis in the option `axis`, which stays."""

OF_MATRICES = (
    *(record_inv.op, record_pinv.op, record_det.op, record_sign.op, record_logdet.op),
    *(
        record_cofactors.op,
        record_cholesky.op,
        record_eigh.op,
        record_svd.op,
        record_qr.op,
        record_rank.op,
    ),
)
"""Of the last two axes, for each of what the others count."""
