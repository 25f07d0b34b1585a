"""Backends that run a traced function without generated NumPy source."""
