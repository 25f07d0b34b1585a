"""Tracers, with which a traced function is called in place of arrays."""
