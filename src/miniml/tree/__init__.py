"""Immutable trees: models, tuples, lists and dicts of leaves."""

from miniml.tree._check import check
from miniml.tree._model import model
from miniml.tree._over import Over, over
from miniml.tree._ravel import ravel
from miniml.tree._summary import Summary, summary
from miniml.tree.arrange import Spec, tree_broadcast, tree_specs, tree_transpose
from miniml.tree.compare import tree_allclose, tree_equal
from miniml.tree.diff import Difference, tree_diff
from miniml.tree.flatten import tree_flatten, tree_leaves, tree_structure, tree_unflatten
from miniml.tree.lens import At, at
from miniml.tree.mapping import tree_map, tree_map_with_path
from miniml.tree.names import leaf_names, named_leaves, replace_leaves
from miniml.tree.node import register_node
from miniml.tree.path import Path, parse_name, path_name
from miniml.tree.patterns import match_names
from miniml.tree.predicates import is_array, is_float_array, is_parameter
from miniml.tree.reduce import tree_dot, tree_norm, tree_reduce
from miniml.tree.select import (
    Selector,
    as_selector,
    combine,
    leaf_mask,
    partition,
    partition_at,
    partition_by_mask,
)
from miniml.tree.sharing import shared_leaves
from miniml.tree.static import Static
from miniml.tree.structure import Structure

__all__ = [
    "At",
    "Difference",
    "Over",
    "Path",
    "Selector",
    "Spec",
    "Static",
    "Structure",
    "Summary",
    "as_selector",
    "at",
    "check",
    "combine",
    "is_array",
    "is_float_array",
    "is_parameter",
    "leaf_mask",
    "leaf_names",
    "match_names",
    "model",
    "named_leaves",
    "over",
    "parse_name",
    "partition",
    "partition_at",
    "partition_by_mask",
    "path_name",
    "ravel",
    "register_node",
    "replace_leaves",
    "shared_leaves",
    "summary",
    "tree_allclose",
    "tree_broadcast",
    "tree_diff",
    "tree_dot",
    "tree_equal",
    "tree_flatten",
    "tree_leaves",
    "tree_map",
    "tree_map_with_path",
    "tree_norm",
    "tree_reduce",
    "tree_specs",
    "tree_structure",
    "tree_transpose",
    "tree_unflatten",
]
