"""Which modules have no examples to run here: those whose optional dependency is missing."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("sklearn") else ["miniml/sklearn.py"]
