"""The parts of `fit`: what is measured, recorded, shown, logged and saved, and the loop."""
