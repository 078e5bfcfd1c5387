"""Layers that turn categories and text into numbers."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Any_,
    Bool,
    CategoryMode,
    CrossMode,
    DType,
    HashMode,
    Int,
    LookupMode,
    NonNegativeInt,
    NonNegativeNumber,
    OneTensor,
    OovMethod,
    OptionalInt,
    OptionalIntOrTuple,
    OptionalNumbers,
    OptionalPositiveInt,
    OptionalTensor,
    OptionalText,
    PositiveInt,
    Salt,
    Split,
    Standardize,
    Tensors,
    Text,
    VocabularyType,
)
from nndsl.layers.checks import fits
from nndsl.layers.rule import Dim, LayerError, Output, Shape, layer, output, shape_text
from nndsl.layers.tracing import last_one_hot


@layer("preprocessing", traced_axes=last_one_hot)
def CategoryEncoding(
    x: OneTensor,
    count_weights: OptionalTensor,
    num_tokens: OptionalPositiveInt = None,
    output_mode: CategoryMode = "multi_hot",
    sparse: Bool = False,
) -> Output:
    """Encode integers from 0 to `num_tokens - 1` as vectors of zeros and ones, or of counts.

    Input `int32[n]`, output `[num_tokens]`; with `output_mode=one_hot` output `[n, num_tokens]`, or
    `[num_tokens]` for `[1]`; no weights.

    Example:
        input genre: int32[1]
        genre -> CategoryEncoding(20, one_hot)
    """
    if num_tokens is None:
        raise LayerError(
            "A207",
            "CategoryEncoding needs `num_tokens`",
            expected="the number of categories",
            help="`IntegerLookup` learns the categories from data",
        )
    counts = output_mode != "one_hot"  # which Keras does by operations that take these alone
    if counts and "int" in x.dtype and x.dtype not in ("int32", "int64"):
        raise LayerError(
            "A209",
            "CategoryEncoding takes other integers",
            expected="int32 or int64",
            received=x.dtype,
        )
    if count_weights is not None and output_mode != "count":
        raise _pair_error("CategoryEncoding", "count_weights", "`output_mode=count`")
    return output(_encoded("CategoryEncoding", x.shape, output_mode, num_tokens))


@layer("preprocessing", base=("dtype",), traced_axes=last_one_hot)
def Discretization(
    x: OneTensor,
    bin_boundaries: OptionalNumbers = None,
    num_bins: OptionalInt = None,
    epsilon: NonNegativeNumber = 0.01,
    output_mode: HashMode = "int",
    sparse: Bool = False,
) -> Output:
    """Replace numbers by the bins that they fall into, given or learned by `adapt`.

    Input `[...]`, output the same as integers; other output modes give vectors of the number of
    bins; no weights.

    `adapt` is called in Python before training; with `bin_boundaries` it is not needed. Three
    boundaries make four bins, counted from 0.

    Example:
        input age: [1]
        age -> Discretization([18, 30, 65])
    """
    if (bin_boundaries is None) == (num_bins is None):
        raise _pair_error("Discretization", "num_bins", "either it or `bin_boundaries`, not both")
    _need_vectors("Discretization", sparse, output_mode)
    bins = num_bins if bin_boundaries is None else len(bin_boundaries) + 1
    if bins is None or bins < 0:
        raise _pair_error("Discretization", "num_bins", "at least 0")
    if output_mode == "int":
        return output(x.shape, dtype="int32")
    if output_mode != "one_hot" and x.rank > 2:
        return output((x.shape[0], *x.shape[2:], bins))  # all along the first axis in one
    return output(_encoded("Discretization", x.shape, output_mode, bins))


@layer("preprocessing", traced_axes=last_one_hot)
def Hashing(
    x: OneTensor,
    num_bins: PositiveInt,
    mask_value: Any_ = None,
    salt: Salt = None,
    output_mode: HashMode = "int",
    sparse: Bool = False,
    *,
    dtype: DType = None,
) -> Output:
    """Replace strings or integers by one of `num_bins` numbers, chosen by a hash.

    Input `string[...]` or integers, output the same shape of int64; other output modes give
    vectors of `num_bins`; no weights.

    Example:
        input city: string[1]
        city -> Hashing(1000)
    """
    _need_vectors("Hashing", sparse, output_mode)
    if output_mode == "int" and dtype not in (None, "int32", "int64"):
        raise _pair_error("Hashing", "dtype", "`int32` or `int64`, or another `output_mode`")
    if output_mode == "int":
        return output(x.shape, dtype=dtype or "int64")
    return output(_encoded("Hashing", x.shape, output_mode, num_bins), dtype=_plain(dtype))


@layer("preprocessing")
def HashedCrossing(
    x: Tensors,
    num_bins: PositiveInt,
    output_mode: CrossMode = "int",
    sparse: Bool = False,
    *,
    dtype: DType = None,
) -> Output:
    """Replace a pair of categories by one of `num_bins` numbers, chosen by a hash of both.

    Two inputs `string[1]` or integers, output `int64[1]`, or `[num_bins]` with
    `output_mode=one_hot`; no weights.

    Example:
        input city: string[1]
        input weekday: int32[1]
        city, weekday -> HashedCrossing(1000)
    """
    alike = len(x) == 2 and x[0].shape == x[1].shape
    if not alike or x[0].rank > 2 or not all(fits(dim, 1) for dim in x[0].shape[1:]):
        raise LayerError(
            "S103",
            "HashedCrossing takes two tensors of one category each",
            expected="[1] and [1]",
            received=", ".join(shape_text(t.shape) for t in x),
        )
    if output_mode == "int":
        return output(x[0].shape, dtype=_plain(dtype or "int64"))
    shape = _encoded("HashedCrossing", x[0].shape, output_mode, num_bins)
    return output(shape, dtype=_plain(dtype))


@layer("preprocessing", traced_axes=last_one_hot)
def IntegerLookup(
    x: OneTensor,
    max_tokens: OptionalPositiveInt = None,
    num_oov_indices: NonNegativeInt = 1,
    mask_token: OptionalInt = None,
    oov_token: Int = -1,
    vocabulary: VocabularyType = None,
    vocabulary_dtype: Text = "int64",
    idf_weights: OptionalNumbers = None,
    invert: Bool = False,
    output_mode: LookupMode = "int",
    sparse: Bool = False,
    pad_to_max_tokens: Bool = False,
    oov_method: OovMethod = "floormod",
    salt: Salt = None,
    *,
    dtype: DType = None,
) -> Output:
    """Replace integers by their places in a vocabulary, given or learned by `adapt`.

    Input `int64[...]`, output the same shape of int64; other output modes give vectors of the
    size of the vocabulary; no weights.

    `adapt` is called in Python before training; with a `vocabulary` it is not needed. 0 stands for
    what is not in the vocabulary.

    Example:
        input zip: int64[1]
        zip -> IntegerLookup(vocabulary=[10115, 20095, 80331])
    """
    if vocabulary_dtype != "int64":
        raise _pair_error("IntegerLookup", "vocabulary_dtype", "`int64`")
    if salt is not None and oov_method != "farmhash":
        raise _pair_error("IntegerLookup", "salt", "`oov_method=farmhash`")
    if isinstance(vocabulary, tuple):
        try:
            vocabulary = tuple(int(word) for word in vocabulary)
        except ValueError:
            raise _pair_error("IntegerLookup", "vocabulary", "a list of integers") from None
    lookup = _Lookup("IntegerLookup", max_tokens, vocabulary, output_mode)
    lookup.check(sparse, pad_to_max_tokens, invert, idf_weights)
    unknown = (oov_token,) * num_oov_indices
    return lookup.output(x.shape, unknown, pad_to_max_tokens, mask=mask_token, invert=invert)


@layer("preprocessing", traced_axes=last_one_hot)
def StringLookup(
    x: OneTensor,
    max_tokens: OptionalPositiveInt = None,
    num_oov_indices: NonNegativeInt = 1,
    mask_token: OptionalText = None,
    oov_token: Text = "[UNK]",
    vocabulary: VocabularyType = None,
    idf_weights: OptionalNumbers = None,
    invert: Bool = False,
    output_mode: LookupMode = "int",
    pad_to_max_tokens: Bool = False,
    sparse: Bool = False,
    encoding: Text = "utf-8",
    salt: Salt = None,
    *,
    dtype: DType = None,
) -> Output:
    """Replace strings by their places in a vocabulary, given or learned by `adapt`.

    Input `string[...]`, output the same shape of int64; other output modes give vectors of the
    size of the vocabulary; no weights.

    `adapt` is called in Python before training; with a `vocabulary` it is not needed. 0 stands for
    what is not in the vocabulary.

    Example:
        input color: string[1]
        color -> StringLookup(vocabulary=["red", "green", "blue"])
    """
    vocabulary = _words("StringLookup", vocabulary)
    lookup = _Lookup("StringLookup", max_tokens, vocabulary, output_mode)
    lookup.check(sparse, pad_to_max_tokens, invert, idf_weights)
    unknown = (oov_token,) * num_oov_indices
    return lookup.output(x.shape, unknown, pad_to_max_tokens, mask=mask_token, invert=invert)


@layer("preprocessing")
def TextVectorization(
    x: OneTensor,
    max_tokens: OptionalPositiveInt = None,
    standardize: Standardize = "lower_and_strip_punctuation",
    split: Split = "whitespace",
    ngrams: OptionalIntOrTuple = None,
    output_mode: LookupMode = "int",
    output_sequence_length: OptionalPositiveInt = None,
    pad_to_max_tokens: Bool = False,
    vocabulary: VocabularyType = None,
    idf_weights: OptionalNumbers = None,
    sparse: Bool = False,
    ragged: Bool = False,
    encoding: Text = "utf-8",
    *,
    dtype: DType = None,
) -> Output:
    """Split text into words and replace them by their places in a vocabulary.

    Input `string[]` or `string[1]`, output `int64[output_sequence_length]`; other output modes
    give vectors of the size of the vocabulary; no weights.

    `adapt` is called in Python before training; with a `vocabulary` it is not needed. 0 fills short
    texts up, 1 stands for what is not in the vocabulary.

    Example:
        input review: string[1]
        review -> TextVectorization(vocabulary=["good", "bad"], output_sequence_length=50)
    """
    name = "TextVectorization"
    if output_mode != "int" and output_sequence_length is not None:
        raise _pair_error(name, "output_sequence_length", "`output_mode=int`")
    if output_mode != "int" and ragged:
        raise _pair_error(name, "ragged", "`output_mode=int`")
    if x.rank > 2 or (x.rank == 2 and split is not None and not fits(x.shape[1], 1)):
        raise LayerError(
            "S101",
            f"{name} splits one text at a time",
            expected="string[] or string[1]",
            received=shape_text(x.shape),
            help="`split=none` takes a list of words",
        )
    vocabulary = _words(name, vocabulary)
    lookup = _Lookup(name, max_tokens, vocabulary, output_mode)
    lookup.check(sparse, pad_to_max_tokens, False, idf_weights)
    if output_mode == "int":
        lookup.output(x.shape, ("[UNK]",), pad_to_max_tokens, mask="")  # checks the vocabulary
        return output((x.shape[0], output_sequence_length), dtype="int64")
    words: Dim = None
    if split is None:
        words = x.shape[1] if x.rank == 2 else 1
    return lookup.output((x.shape[0], words), ("[UNK]",), pad_to_max_tokens)


class _Lookup:
    """What the lookup layers share: a vocabulary and how the places in it are given out."""

    def __init__(
        self,
        name: str,
        max_tokens: int | None,
        vocabulary: str | tuple[str | int, ...] | None,
        mode: str,
    ) -> None:
        self.name = name
        self.max_tokens = max_tokens
        self.vocabulary = vocabulary
        self.mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(mode, mode)

    def check(
        self, sparse: bool, pad: bool, invert: bool, idf_weights: tuple[float, ...] | None
    ) -> None:
        """Refuse arguments that do not go together."""
        name, tf_idf = self.name, self.mode == "tf_idf"
        if self.max_tokens is not None and self.max_tokens < 2:
            raise _pair_error(name, "max_tokens", "at least 2")
        if pad and self.max_tokens is None:
            raise _pair_error(name, "pad_to_max_tokens", "`max_tokens` as well")
        if invert and self.mode != "int":
            raise _pair_error(name, "invert", "`output_mode=int`")
        if idf_weights is not None and not tf_idf:
            raise _pair_error(name, "idf_weights", "`output_mode=tf_idf`")
        if tf_idf and self.vocabulary is not None and idf_weights is None:
            raise _pair_error(name, "vocabulary", "`idf_weights` as well for `output_mode=tf_idf`")
        _need_vectors(name, sparse, self.mode)
        words = self.vocabulary
        if isinstance(words, tuple) and not words:
            raise _pair_error(name, "vocabulary", "at least one word")
        if isinstance(words, tuple) and idf_weights and len(words) != len(idf_weights):
            raise _pair_error(name, "idf_weights", "one for each word of the vocabulary")

    def output(
        self,
        shape: Shape,
        unknown: tuple[str | int, ...],
        pad: bool,
        *,
        mask: str | int | None = None,
        invert: bool = False,
    ) -> Output:
        """Return the output; `unknown` are the tokens for words outside the vocabulary."""
        words, size = self.vocabulary, None
        if isinstance(words, tuple):
            masks = (mask,) if mask is not None and self.mode == "int" else ()
            special = (*masks, *unknown)
            own = words[len(special) :] if words[: len(special)] == special else words
            size = len(special) + len(own)
            if not own:
                raise _pair_error(self.name, "vocabulary", "a word beside the tokens in front")
            if len(set(own)) < len(own):
                raise _pair_error(self.name, "vocabulary", "each word only once")
            if mask in own or (invert and unknown and unknown[0] in own):
                raise _pair_error(self.name, "vocabulary", f"{list(special)} in front, or nowhere")
            if self.max_tokens is not None and size > self.max_tokens:
                raise _pair_error(self.name, "max_tokens", f"at least {size}")
        if self.mode == "int":
            return output(shape, dtype="int64")
        return output(_encoded(self.name, shape, self.mode, self.max_tokens if pad else size))


def _encoded(name: str, shape: Shape, mode: str, depth: Dim) -> Shape:
    """Return the shape after each integer (one_hot) or each row of them became a vector."""
    if mode == "one_hot":
        return (*shape[:-1], depth) if len(shape) > 1 and shape[-1] == 1 else (*shape, depth)
    if len(shape) != 2:
        # Keras builds other ranks, but what then comes out has another shape than it says.
        raise LayerError(
            "S101",
            f"{name} with `output_mode={mode}` takes one axis beside the batch",
            expected="[n]",
            received=shape_text(shape),
            help="`output_mode=one_hot` takes any number of axes",
        )
    return (shape[0], depth)


def _words(
    name: str, vocabulary: str | tuple[str | int, ...] | None
) -> str | tuple[str | int, ...] | None:
    """Return the words of a vocabulary, of which some may be written as integers."""
    if not isinstance(vocabulary, tuple) or not vocabulary:
        return vocabulary
    if not any(isinstance(word, str) for word in vocabulary):
        raise _pair_error(name, "vocabulary", "a list of words")
    return tuple(str(word) for word in vocabulary)


def _plain(dtype: str | None) -> str:
    """Return the dtype of what comes out of a layer with this dtype."""
    return (dtype or "float32").removeprefix("mixed_")


def _need_vectors(name: str, sparse: bool, mode: str) -> None:
    if sparse and mode == "int":
        raise _pair_error(name, "sparse", "another `output_mode` than `int`")


def _pair_error(name: str, argument: str, needed: str) -> LayerError:
    return LayerError(
        "A205",
        f"{name}: `{argument}` does not fit the other arguments",
        expected=needed,
        argument=argument,
    )
