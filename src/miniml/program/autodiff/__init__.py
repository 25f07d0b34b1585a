"""Reverse-mode differentiation of graphs and of functions of trees."""
