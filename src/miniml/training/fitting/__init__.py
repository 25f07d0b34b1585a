"""The parts of `fit`: measurements, record, progress, log, checkpoints, and the loop over steps."""
