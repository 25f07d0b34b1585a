"""The parts of `lbfgs` and `minimize`: parameters as vectors, curvature and line search."""
