"""Data sets: the lecture's, a real one, readers of files, and preprocessing."""

from miniml.datasets._breast_cancer import breast_cancer
from miniml.datasets.archives import map_npz, read_npz
from miniml.datasets.dataset import Dataset
from miniml.datasets.frames import from_frame, read_parquet
from miniml.datasets.lecture import LECTURE, LectureSet, circle, diag, simple, spiral, split, xor
from miniml.datasets.mapped import map_table, store_table
from miniml.datasets.preprocessing import Standardizer, train_test_split
from miniml.datasets.readers import read_csv
from miniml.datasets.table import DataError, Table

__all__ = [
    "LECTURE",
    "DataError",
    "Dataset",
    "LectureSet",
    "Standardizer",
    "Table",
    "breast_cancer",
    "circle",
    "diag",
    "from_frame",
    "map_npz",
    "map_table",
    "read_csv",
    "read_npz",
    "read_parquet",
    "simple",
    "spiral",
    "split",
    "store_table",
    "train_test_split",
    "xor",
]
