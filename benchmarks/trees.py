"""Trees beside those of the peers: one run, interleaved, medians and ratios."""
