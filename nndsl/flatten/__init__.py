"""Graph -> Graph: a model with its blocks, loops and choices expanded."""

from nndsl.flatten.model import MAX_FLAT as MAX_FLAT, flatten as flatten
