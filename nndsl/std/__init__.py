"""Blocks that ship with nndsl: `import ConvBN from "std/convolution.nn"`."""
