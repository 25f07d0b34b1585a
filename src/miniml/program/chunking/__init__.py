"""Chunks of points on threads: which axes lie along the points, and who runs them."""
