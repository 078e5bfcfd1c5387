"""Graph -> ShapedGraph: shapes, dtypes, parameter counts."""

from nndsl.shapes.infer import infer_shapes
from nndsl.shapes.last_rounds import as_functional
from nndsl.shapes.model import LayerInfo, ShapedGraph, ShapedModel

__all__ = ["LayerInfo", "ShapedGraph", "ShapedModel", "as_functional", "infer_shapes"]
