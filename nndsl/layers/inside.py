"""Which layers make others inside themselves, to which Keras gives names as to any layer.

By name and in one place, as it says nothing about shapes; a test compares it with Keras.
"""

from __future__ import annotations

_AUGMENTATIONS = (
    "AutoContrast",
    "Equalization",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomContrast",
    "RandomPosterization",
    "RandomRotation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "Solarization",
)

#: Layers that a layer makes without a name, beside those that are its arguments.
MADE_INSIDE = {
    "MultiHeadAttention": ("Softmax", "Dropout"),
    "GroupQueryAttention": ("Softmax", "Dropout"),
    "RNN": ("StackedRNNCells",),  # of a list of cells
    "TextVectorization": ("StringLookup",),
    "AugMix": _AUGMENTATIONS,
    "RandAugment": _AUGMENTATIONS,
    "RandomColorJitter": (
        "RandomBrightness",
        "RandomContrast",
        "RandomHue",
        "RandomSaturation",
    ),
}
