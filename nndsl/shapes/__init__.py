"""Graph -> ShapedGraph: shapes, dtypes, parameter counts."""

from nndsl.shapes.infer import LayerInfo, ShapedGraph, ShapedModel, infer_shapes

__all__ = ["LayerInfo", "ShapedGraph", "ShapedModel", "infer_shapes"]
