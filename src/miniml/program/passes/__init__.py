"""Passes over graphs: each makes a graph that does the same with less work."""
