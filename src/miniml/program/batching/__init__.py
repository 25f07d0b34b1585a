"""`vmap`: one function of one example, for many at once."""
