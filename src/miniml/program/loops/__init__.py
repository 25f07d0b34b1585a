"""Loops of `scan`: recorded, pruned, hoisted."""
