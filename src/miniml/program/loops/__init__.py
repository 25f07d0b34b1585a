"""Loops of `scan`: recorded once, pruned, hoisted, written."""
