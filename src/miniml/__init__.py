"""Models as frozen attrs classes, losses as pure NumPy functions, exact gradients."""
