"""Which layers behave in another way while training: those whose call takes `training`.

By name and in one place, as it says nothing about shapes; a test compares it with Keras.
"""

from __future__ import annotations

BEHAVE_OTHERWISE_IN_TRAINING = frozenset("""
    Dense EinsumDense
    BatchNormalization
    AlphaDropout Dropout GaussianDropout GaussianNoise
    SpatialDropout1D SpatialDropout2D SpatialDropout3D
    GRU LSTM RNN SimpleRNN ConvLSTM1D ConvLSTM2D ConvLSTM3D
    GRUCell LSTMCell SimpleRNNCell StackedRNNCells
    Bidirectional Pipeline SpectralNormalization TimeDistributed
    AdditiveAttention Attention GroupQueryAttention MultiHeadAttention
    AugMix AutoContrast CenterCrop ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization
    MixUp RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast
    RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale
    RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation
    RandomSharpness RandomShear RandomTranslation RandomZoom Resizing Solarization
    """.split())
