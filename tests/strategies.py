"""Hypothesis strategies: random trees, arrays and models, built in this one place."""
