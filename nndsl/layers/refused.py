"""What stands in `keras.layers` and is no layer of the language, with the reason."""

from __future__ import annotations

_FOREIGN = "its weights and shapes are code of another library, which nndsl does not read"

_REASONS = {
    "Lambda": "it runs Python, which a text does not hold: declare the function, "
    '`extern function scale(by) from "mymodule" -> [..]`, and write `x -> scale(2)`',
    "TorchModuleWrapper": f"it wraps a module of PyTorch: {_FOREIGN}",
    "JaxLayer": f"it wraps a function of JAX: {_FOREIGN}",
    "FlaxLayer": f"it wraps a module of Flax: {_FOREIGN}",
    "TFSMLayer": f"it loads a SavedModel of TensorFlow: {_FOREIGN}",
    "InputLayer": "an input is a line of its own: write `input x: [28, 28, 1]`",
    "Layer": "it is the base of all layers and computes nothing: write one of them",
    "Wrapper": "it is the base of wrappers and computes nothing: write `TimeDistributed`, "
    "`Bidirectional` or `SpectralNormalization`",
    "MaxNumBoundingBoxes": "it takes dictionaries of bounding boxes, not tensors: it belongs into "
    "the pipeline of the data",
    "Input": "an input is a line of its own: write `input x: [28, 28, 1]`",
    "InputSpec": "it is what layers of Python check their inputs with",
    "serialize": "it is a function of Python that saves a layer",
    "deserialize": "it is a function of Python that loads a layer",
    **{
        name.lower(): f"write the layer `{name}`"
        for name in "Add Average Concatenate Dot Maximum Minimum Multiply Subtract".split()
    },
}


def refusal(name: str) -> str | None:
    """Return why the language does not have this class of `keras.layers`; None if it may have."""
    return _REASONS.get(name)


def refused() -> tuple[str, ...]:
    """Return the names of all that is refused."""
    return tuple(_REASONS)
