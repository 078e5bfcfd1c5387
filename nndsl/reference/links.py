"""Where keras.io describes what: the addresses of its pages.

The site puts its pages into folders of its own, mostly by the families that Keras's code has too;
a page is called like its class with underscores. What follows no rule stands here by name. The
tests hold the addresses against the list of the site's pages.
"""

from __future__ import annotations

import re

SITE = "https://keras.io/api/"

#: The folder of a layer, by the file that holds it here.
_FOLDERS = {
    "core": "core_layers",
    "convolution": "convolution_layers",
    "pooling": "pooling_layers",
    "normalization": "normalization_layers",
    "regularization": "regularization_layers",
    "reshaping": "reshaping_layers",
    "merging": "merging_layers",
    "activation": "activation_layers",
    "recurrent": "recurrent_layers",
    "recurrent_convolution": "recurrent_layers",
    "cells": "recurrent_layers",
    "wrappers": "recurrent_layers",
    "attention": "attention_layers",
    "preprocessing": "preprocessing_layers/image_preprocessing",
    "augmentation": "preprocessing_layers/image_augmentation",
    "color": "preprocessing_layers/image_augmentation",
    "encoding": "preprocessing_layers/categorical",
    "audio": "preprocessing_layers/audio_preprocessing",
}
#: Layers whose page is elsewhere. An address that ends in a folder: the site has no page for it.
_ELSEWHERE = {
    "Activation": "core_layers/activation",
    "AutoContrast": "preprocessing_layers/image_preprocessing/auto_constrast",  # as the site has it
    "ContrastLimitedAdaptiveHistogramEqualization": "preprocessing_layers/image_augmentation",
    "Discretization": "preprocessing_layers/numerical/discretization",
    "Normalization": "preprocessing_layers/numerical/normalization",
    "Pipeline": "preprocessing_layers/image_augmentation/pipeline",
    "RandomCrop": "preprocessing_layers/image_augmentation/random_crop",
    "ReversibleEmbedding": "core_layers/embedding",
    "SpectralNormalization": "preprocessing_layers/numerical/spectral_normalization",
    "StackedRNNCells": "recurrent_layers/stacked_rnn_cell",
    "TextVectorization": "preprocessing_layers/text/text_vectorization",
}
_WORDS = re.compile(r"[A-Z]?[a-z]+(?:\d[A-Z])?|[A-Z]+(?![a-z])(?:\d[A-Z])?")


def layer_link(name: str, file: str) -> str:
    """Return the address of a layer's page; `file` is the module of `nndsl.layers` it stands in."""
    path = _ELSEWHERE.get(name) or f"{_FOLDERS[file]}/{_page(name)}"
    return f"{SITE}layers/{path}/"


#: The pages of `keras.ops`; what no other page has is on the one of NumPy's functions.
_OPERATION_PAGES = {
    "nn": """
        average_pool batch_normalization binary_crossentropy categorical_crossentropy celu conv
        conv_transpose ctc_decode ctc_loss depth_to_space depthwise_conv dot_product_attention elu
        gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu log_sigmoid
        log_softmax max_pool moments multi_hot normalize one_hot psnr relu relu6 selu
        separable_conv sigmoid silu soft_shrink softmax softplus softsign
        sparse_categorical_crossentropy sparse_plus sparsemax space_to_depth squareplus swish
        tanh_shrink threshold""",
    "linalg": "cholesky det eig eigh inv logdet lstsq lu_factor norm qr solve svd",
    "core": """
        cast dtype erf erfinv extract_sequences in_top_k logsumexp rsqrt saturate_cast
        segment_max segment_sum shape slice stop_gradient switch top_k unstack""",
    "other_ops": "polar rearrange sparse_sigmoid unfold view_as_complex view_as_real",
}


def operation_link(name: str) -> str:
    """Return the address of the text about a function of `keras.ops`."""
    for page, held in _OPERATION_PAGES.items():
        if name in held.split():
            return f"{SITE}ops/{page}/#{name}-function"
    return f"{SITE}ops/numpy/#{name}-function"


def _page(name: str) -> str:
    """Return a class name as the site has it: `max_pooling2d`, `convolution2d_transpose`."""
    name = re.sub(r"Conv(?=\dD)", "Convolution", name) if "LSTM" not in name else name
    name = name.replace("ReLU", "Relu").replace("PRelu", "Prelu")
    return "_".join(_WORDS.findall(name)).lower()


#: Where the site has the parts of Keras that share a page; the others have one each.
_PART_PAGES = {
    "losses": {
        "losses/probabilistic_losses": """
            BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy
            CategoricalFocalCrossentropy KLDivergence Poisson SparseCategoricalCrossentropy""",
        "losses/regression_losses": """
            CosineSimilarity Dice Huber LogCosh MeanAbsoluteError MeanAbsolutePercentageError
            MeanSquaredError MeanSquaredLogarithmicError Tversky""",
        "losses/hinge_losses": """
            CategoricalGeneralizedCrossEntropy CategoricalHinge Circle Hinge SquaredHinge""",
    },
    "metrics": {
        "metrics/accuracy_metrics": """
            Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy
            SparseTopKCategoricalAccuracy TopKCategoricalAccuracy""",
        "metrics/probabilistic_metrics": """
            BinaryCrossentropy CategoricalCrossentropy KLDivergence Poisson
            SparseCategoricalCrossentropy""",
        "metrics/regression_metrics": """
            CosineSimilarity LogCoshError MeanAbsoluteError MeanAbsolutePercentageError
            MeanSquaredError MeanSquaredLogarithmicError R2Score RootMeanSquaredError""",
        "metrics/classification_metrics": """
            AUC ConcordanceCorrelation F1Score FBetaScore FalseNegatives FalsePositives
            PearsonCorrelation Precision PrecisionAtRecall Recall RecallAtPrecision
            SensitivityAtSpecificity SpecificityAtSensitivity TrueNegatives TruePositives""",
        "metrics/segmentation_metrics": "BinaryIoU IoU MeanIoU OneHotIoU OneHotMeanIoU",
        "metrics/hinge_metrics": "CategoricalHinge Hinge SquaredHinge",
        "metrics/metrics_wrappers": "Mean Sum",
    },
}
#: Names that the site writes in a way of its own, or has no page for.
_PART_NAMES = {
    "Nadam": "Nadam/",
    "LossScaleOptimizer": "loss_scale_optimizer/",
    "ScheduleFreeAdamW": "",
    "Identity": "IdentityInitializer",
}


def part_link(kind: str, name: str) -> str:
    """Return the address of the page about a part of `keras.<kind>`."""
    if kind == "optimizers":
        return f"{SITE}optimizers/{_PART_NAMES.get(name, f'{name.lower()}/')}"
    if kind == "schedules":
        return f"{SITE}optimizers/learning_rate_schedules/{_page(name)}/"
    what = "function" if kind == "activations" else "class"
    anchor = f"#{_PART_NAMES.get(name, name).lower()}-{what}"
    for page, held in _PART_PAGES.get(kind, {}).items():
        if name in held.split():
            return f"{SITE}{page}/{anchor}"
    return f"{SITE}layers/{kind}/{anchor}"
