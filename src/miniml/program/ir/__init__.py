"""Graphs and what everything above knows of them: dtypes, origins, errors, costs."""
