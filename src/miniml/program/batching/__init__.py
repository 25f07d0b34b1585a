"""`vmap`: a function of one element, for a batch at once."""
