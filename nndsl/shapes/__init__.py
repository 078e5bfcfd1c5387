"""Graph -> ShapedGraph: shapes, dtypes, parameter counts."""

from nndsl.shapes.infer import infer_shapes
from nndsl.shapes.model import LayerInfo, ShapedGraph, ShapedModel

__all__ = ["LayerInfo", "ShapedGraph", "ShapedModel", "infer_shapes"]
