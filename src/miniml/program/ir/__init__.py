"""Graphs of operations, with their dtypes, origins, errors and costs."""
