"""The models of the library, defined in `miniml.nn`."""

from miniml.nn.layers import MLP, Lambda, Layer, Linear, Part, Sequential, Split

__all__ = ["MLP", "Lambda", "Layer", "Linear", "Part", "Sequential", "Split"]
