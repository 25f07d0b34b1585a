"""The Breast Cancer Wisconsin (Diagnostic) data set, which the package contains."""

from pathlib import Path

import attrs

from miniml.datasets.readers import read_csv
from miniml.datasets.table import Table


def breast_cancer() -> Table:
    """Load 569 tumours with 30 measurements of their cell nuclei, benign or malignant.

    Source: W. Wolberg, O. Mangasarian, N. Street and W. Street (1993), Breast Cancer
    Wisconsin (Diagnostic), UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B,
    licensed under CC BY 4.0.

    Returns:
        The table; label -1 is benign (357 points), +1 malignant (212 points).

    Example:
        >>> table = breast_cancer()
        >>> table.data.x.shape, table.classes
        ((569, 30), ('benign', 'malignant'))
    """
    path = Path(__file__).with_name("breast_cancer.csv")
    return attrs.evolve(read_csv(path, target="diagnosis"), name="breast-cancer")
