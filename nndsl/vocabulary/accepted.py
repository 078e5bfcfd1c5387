"""What the arguments of Keras's objects accept, by the names in nndsl/layers/object_types.py.

Keras calls the same thing by the same name everywhere, so a name has one type but for those in
`BY_KIND` and `BY_CLASS`. An argument whose default is `True` or `False` is a `Bool`: not listed.
"""

from __future__ import annotations

_BY_TYPE = {
    "PositiveInt": "dynamic_growth_steps k num_classes num_thresholds",
    "NonNegativeInt": """
        cooldown embeddings_freq histogram_freq ns_steps num_regressors patience start_from_epoch
        verbose warmup_steps""",
    "Number": """
        adam_lr_ratio adam_weight_decay alpha b beta beta_2_decay clip_threshold decay_rate
        default_value delta end_learning_rate gain gamma m_mul
        margin max_value maxval mean min_delta min_lr min_value minval muon_a muon_b muon_c
        negative_slope power rate rms_rate stddev t_mul threshold""",
    "NonNegativeNumber": """
        epsilon epsilon_1 epsilon_2 initial_accumulator_value initial_scale
        l1_regularization_strength l2_regularization_strength
        l2_shrinkage_regularization_strength""",
    "PositiveNumber": "decay_steps first_decay_steps scale",
    "OptionalNumber": """
        baseline clipnorm clipvalue global_clipnorm initial_value_threshold loss_scale_factor
        warmup_target weight_decay""",
    "OptionalNonNegativeNumber": "l1 l2",
    "Fraction": """
        ema_momentum label_smoothing momentum precision recall rho sensitivity specificity""",
    "FractionBelowOne": "adam_beta_1 adam_beta_2 beta_1 beta_2",
    "OpenFraction": "q",
    "NonPositiveNumber": "learning_rate_power",
    "LearningRate": "learning_rate",
    "AccumulationSteps": "gradient_accumulation_steps",
    "OptionalInt": "ignore_class seed",
    "OptionalNonNegativeInt": "class_id",
    "OptionalPositiveInt": "ema_overwrite_frequency max_to_keep num_labels top_k",
    "OptionalIntOrInts": "axis",
    "OptionalInts": "input_axes output_axes",
    "Ints": "target_class_ids",
    "Float": "initial_learning_rate",
    "Numbers": "boundaries",
    "Floats": "values",
    "OptionalNumbers": "label_weights",
    "OptionalFractions": "thresholds",
    "NestedNumbers": "value",
    "Text": "backup_dir directory field filename filepath log_dir monitor path root separator",
    "OptionalText": "embeddings_metadata",
    "OptionalTexts": "exclude_layers",
    "Name": "name",
    "NumberDType": "dtype",
    "Reduction": "reduction",
    "ScoreAverage": "average",
    "ScoreAggregation": "class_aggregation",
    "Curve": "curve",
    "Summation": "summation_method",
    "MonitorMode": "mode",
    "SaveFrequency": "save_freq",
    "UpdateFrequency": "update_freq",
    "ProfileBatch": "profile_batch",
    "Distribution": "distribution",
    "Side": "side",
    "WindowName": "window",
    "Scaling": "scaling",
    "Optimizer": "inner_optimizer",
    "Nothing": "headers",
}

#: Argument -> its type.
BY_NAME = {name: type_ for type_, names in _BY_TYPE.items() for name in names.split()}

#: Kind -> those of its arguments that accept something else.
BY_KIND = {"losses": {"dtype": "FloatDType"}}

#: Class -> those of its arguments that accept something else again, whatever the kind.
BY_CLASS: dict[str, dict[str, str]] = {
    "relu": {"max_value": "OptionalNumber"},
    "glu": {"axis": "Int"},
    "log_softmax": {"axis": "Int"},
    "softmax": {"axis": "OptionalIntOrTuple"},
    "sparsemax": {"axis": "Int"},
    "VarianceScaling": {"mode": "FanMode"},
    "OrthogonalRegularizer": {"mode": "OrthogonalMode", "factor": "NonNegativeFloat"},
    "ReduceLROnPlateau": {"factor": "FractionBelowOne"},
    "CategoricalFocalCrossentropy": {"alpha": "NumberOrNumbers"},
    **dict.fromkeys(
        """CategoricalCrossentropy SparseCategoricalCrossentropy IoU MeanIoU OneHotIoU
        OneHotMeanIoU""".split(),
        {"axis": "Int"},
    ),
    "AUC": {"thresholds": "OptionalFractionList"},
    "F1Score": {"threshold": "OptionalFloatAboveZero"},
    "FBetaScore": {"threshold": "OptionalFloatAboveZero", "beta": "PositiveFloat"},
    "AdamW": {"weight_decay": "Number"},
    "Lion": {"beta_1": "FractionAboveZero", "beta_2": "Fraction"},
    "SGD": {"momentum": "FloatFraction"},
}

_FUNCTION = "it takes a function of Python, which a text does not hold"

#: Class -> why no text can make one.
REFUSED = {
    "LambdaCallback": _FUNCTION,
    "LearningRateScheduler": f"{_FUNCTION}; give the optimizer a schedule: "
    "`Adam(CosineDecay(1e-3, 1000))`",
    "MeanMetricWrapper": f"{_FUNCTION}; every metric of Keras has a class of its own",
    "MultiOptimizer": "it takes a dictionary of layers of Python",
}
