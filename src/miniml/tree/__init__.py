"""Immutable trees: models, tuples, lists and dicts of leaves."""

from miniml.tree.compare import tree_allclose, tree_equal
from miniml.tree.flatten import tree_flatten, tree_leaves, tree_structure, tree_unflatten
from miniml.tree.lens import At, at
from miniml.tree.mapping import tree_map, tree_map_with_path
from miniml.tree.model import model
from miniml.tree.names import leaf_names, named_leaves, replace_leaves
from miniml.tree.node import register_node
from miniml.tree.path import Path, parse_name, path_name
from miniml.tree.static import Static
from miniml.tree.structure import Structure
from miniml.tree.summary import Summary, summary

__all__ = [
    "At",
    "Path",
    "Static",
    "Structure",
    "Summary",
    "at",
    "leaf_names",
    "model",
    "named_leaves",
    "parse_name",
    "path_name",
    "register_node",
    "replace_leaves",
    "summary",
    "tree_allclose",
    "tree_equal",
    "tree_flatten",
    "tree_leaves",
    "tree_map",
    "tree_map_with_path",
    "tree_structure",
    "tree_unflatten",
]
