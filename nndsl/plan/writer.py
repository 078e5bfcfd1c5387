"""What the styles share: names of the module, spelling of expressions, applications of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from nndsl import graph
from nndsl.plan.code import LOCAL, Code, Names, call, class_case, literal, name, snake_case
from nndsl.plan.expressions import Definition, Spelling
from nndsl.plan.forms import Form
from nndsl.plan.model import Function
from nndsl.plan.sparse import SparseTensors
from nndsl.plan.split import Share
from nndsl.plan.tensor_lists import starred, tensors_code
from nndsl.resolve.naming import keras_name

#: A module, a name in it, and what it is called here.
Imported = tuple[str, Code, Code]


class Defined(Mapping[Definition, Code]):
    """What a file defines or imports beside its models, under Python names; what of it was used.

    That are the constants, those of imported files too, and what the user's Python brings in.
    """

    def __init__(
        self,
        externs: Iterable[graph.Extern],
        constants: Iterable[graph.Constant],
        names: Names,
    ) -> None:
        self.names: dict[Definition, Code] = {}
        first: dict[tuple[str, str], Code] = {}
        for extern in externs:
            # A line that stands in two files is one import.
            key = (extern.module, extern.name)
            if key not in first:
                first[key] = names.unique(
                    f"{extern.name}_" if extern.name in LOCAL else extern.name
                )
            self.names[extern] = first[key]
        for constant in constants:
            self.names[constant] = names.unique(_unmangled(constant.name).upper())
        self.used: set[Definition] = set()

    def __getitem__(self, key: Definition) -> Code:
        self.used.add(key)
        return self.names[key]

    def __iter__(self) -> Iterator[Definition]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def imports(self) -> Iterator[Imported]:
        """Yield what was used of the user's Python."""
        for key in self.used:
            if isinstance(key, graph.Extern):
                yield key.module, name(key.name), self.names[key]


def _name_of_block(block: graph.Block, form: Form) -> str:
    if form is Form.CLASS:
        return class_case(block.name)
    if form.is_builder:
        return f"build_{snake_case(block.name)}"
    word = snake_case(block.name)
    return f"{word}_" if word == "name" else word  # every function has a parameter of that name


class ModuleNames:
    """The names at the top level of a generated file, and those of blocks' parameters.

    `defined` are the files that define the blocks that are imported.
    """

    def __init__(
        self,
        share: Share,
        model_class: str | None,
        forms: Mapping[graph.Block, Form],
        promoting: frozenset[graph.OperationNode],
        sparse: SparseTensors,
        defined: Mapping[graph.Block, ModuleNames],
    ) -> None:
        self.share = share
        self.sparse = sparse
        self.promoting = promoting
        self.forms = forms
        self.names = Names()
        self.constants = Defined(share.externs, share.constants, self.names)
        self.blocks = {b: self.names.unique(_name_of_block(b, forms[b])) for b in share.blocks}
        own = class_case(model_class) if model_class is not None else None
        self.model_class = self.names.unique(own) if own is not None else Code("")
        for block in share.imported:
            self.blocks[block] = self.names.unique(defined[block].blocks[block])
        taken = frozenset(self.names.taken)
        self.parameters: dict[graph.Block, dict[str, Code]] = {
            block: (
                defined[block].parameters[block]
                if block in defined
                else parameter_names(block.parameters, taken)
            )
            for block in self.blocks
        }
        #: The parameters by which a block gets what it shares with the body around it.
        self.borrowed: dict[graph.Block, dict[graph.Shared, Code]] = {
            block: (
                defined[block].borrowed[block]
                if block in defined
                else _names_of_borrowed(block, taken, self.parameters[block])
            )
            for block in self.blocks
        }
        self.plain = Spelling(self.constants)

    def definitions(self) -> tuple[tuple[Code, Code], ...]:
        """Return the constants that were used, with their values, in the source's order."""
        lines = []
        for constant in reversed(self.share.constants):
            if constant in self.constants.used:
                lines.append(
                    (self.constants.names[constant], self.plain.expression(constant.value))
                )
        return tuple(reversed(lines))

    def imports(self, defined: Mapping[graph.Block, ModuleNames]) -> tuple[Code, ...]:
        """Return the lines that import the user's Python, and blocks of other files."""
        wanted = list(self.constants.imports())
        for block in self.share.imported:
            home = defined[block]
            wanted.append((".".join(home.share.module), home.blocks[block], self.blocks[block]))
        return _import_lines(wanted)


def _import_lines(wanted: Iterable[Imported]) -> tuple[Code, ...]:
    """Return lines that import names from modules, perhaps under others, in isort's order."""
    plain: dict[str, set[str]] = {}
    lines: set[tuple[str, str]] = set()
    for module, there, here in wanted:
        if there == here:
            plain.setdefault(module, set()).add(there)
        else:  # a line of its own, as isort has it
            lines.add((module, f"{there} as {here}"))
    for module, names in plain.items():
        lines.add((module, ", ".join(sorted(names, key=_as_sorted))))
    in_order = sorted(lines, key=lambda line: (line[0], _as_sorted(line[1])))
    return tuple(Code(f"from {name(module)} import {what}") for module, what in in_order)


def _as_sorted(text: str) -> tuple[int, str]:
    """Order names, and lines by their first, as isort does: constants, classes, functions."""
    word = text.replace(",", " ").split()[0]
    return 0 if word.isupper() and len(word) > 1 else 1 if word[:1].isupper() else 2, text


def _names_of_borrowed(
    block: graph.Block, taken: Iterable[str], parameters: Mapping[str, Code]
) -> dict[graph.Shared, Code]:
    names = Names({*taken, *parameters.values()})
    return {shared: names.unique(shared.name) for shared in block.borrowed}


_LAYER_ARGUMENTS = {"name", "trainable", "dtype", "training", "activity_regularizer"}


def _unmangled(name: str) -> str:
    """Return a name that Python does not change inside a class, as it does `__width`."""
    return (name.lstrip("_") or "parameter") if name.startswith("__") else name


def parameter_names(parameters: Sequence[graph.Parameter], taken: Iterable[str]) -> dict[str, Code]:
    """Return Python names for parameters; those that Keras's layers use themselves are moved."""
    names = Names(taken)
    return {
        p.name: names.unique(f"{p.name}_" if p.name in _LAYER_ARGUMENTS else _unmangled(p.name))
        for p in parameters
    }


def signature_of(
    parameters: Sequence[graph.Parameter],
    spelt: Mapping[str, Code],
    spelling: Spelling,
    *,
    hints: bool = False,
) -> list[Code]:
    """Return the parameters as they stand in a `def`: `filters`, `size=3`."""
    result = []
    for parameter in parameters:
        text = spelt[parameter.name]
        if parameter.default is not None:
            default = spelling.expression(parameter.default)
            kind = _type_of(parameter.default) if hints else None
            text = Code(f"{text}: {kind} = {default}" if kind else f"{text}={default}")
        result.append(text)
    return result


def build_function(
    name_code: Code,
    parameters: Sequence[graph.Parameter],
    spelt: Mapping[str, Code],
    spelling: Spelling,
    lines: tuple[Code, ...],
    result: Code,
    nested: str | None = None,
) -> Function:
    """Return a function that returns a model; a `nested` one gets its name where it is used."""
    signature = signature_of(parameters, spelt, spelling, hints=True)
    if nested is not None:
        default = literal(keras_name(nested).strip("_"))
        signature += [Code("*"), Code(f"name: str = {default}")]
    joined = Code(", ".join(signature))
    return Function(name_code, joined, lines, result, returns=Code(" -> keras.Model"))


def in_groups(groups: Iterable[Sequence[Code]]) -> tuple[Code, ...]:
    """Return lines with an empty one behind every group."""
    return tuple(line for group in groups if group for line in (*group, Code("")))


def _type_of(default: graph.Expression) -> str | None:
    if isinstance(default, graph.Word):
        return "str"
    if isinstance(default, graph.Literal) and default.value is not None:
        return type(default.value).__name__
    return None


def block_arguments(
    node: graph.BlockNode | graph.SharedBlock, parameters: Mapping[str, Code], spelling: Spelling
) -> list[tuple[str | None, Code]]:
    """Return the arguments of a block as they stand in its call."""
    return [
        (None if a.positional else parameters[a.parameter], spelling.expression(a.value))
        for a in node.arguments
    ]


def apply_operation(
    node: graph.OperationNode,
    variables: Mapping[graph.Value, Code],
    spelling: Spelling,
    promoting: frozenset[graph.OperationNode],
) -> Code:
    """Return an operation as it was written: `x * 0.5`, `x[:, -1]`, `ops.mean(x, axis=1)`."""
    operands = [_operand(operand, variables, spelling) for operand in node.operands]
    if node.symbol == "[]":
        parts = node.arguments[0].value
        assert isinstance(parts, graph.Sequence)
        inside = ", ".join(spelling.expression(part) for part in parts.items)
        # Keras takes a range or `...` only in a tuple.
        return Code(f"{operands[0]}[{inside}{',' if len(parts.items) == 1 else ''}]")
    # Keras's symbolic tensors compare themselves, not their elements, with `==`.
    as_symbol = node.symbol and node.symbol not in ("==", "!=") and node not in promoting
    if as_symbol and len(operands) == 1:
        return Code(f"{node.symbol}{operands[0]}")
    if as_symbol:
        return Code(f"{operands[0]} {node.symbol} {operands[1]}")
    if node.operation.spread_last:
        (given,) = node.operands
        arguments = spelling.arguments(node.operation.parameters, node.arguments, positional=True)
        tensors = [(None, starred(value, variables[value])) for value in given.values]
        return call(spelling.callee(node.operation), [*arguments, *tensors])
    return call(spelling.callee(node.operation), _operation_arguments(node, operands, spelling))


def _operand(
    operand: graph.Operand, variables: Mapping[graph.Value, Code], spelling: Spelling
) -> Code:
    if operand.number is not None:
        return spelling.operand(operand.number, 2)
    if operand.is_list:
        return tensors_code(operand.values, variables)
    return variables[operand.values[0]]


def _operation_arguments(
    node: graph.OperationNode, operands: Sequence[Code], spelling: Spelling
) -> list[tuple[str | None, Code]]:
    """Return the operands in front, by name once one is left out, and then the arguments."""
    rule = node.operation
    made: list[tuple[str | None, Code]] = []
    in_order = True
    for place, (operand, text) in enumerate(zip(node.operands, operands, strict=True)):
        in_order = in_order and rule.tensors[place].name == operand.name
        made.append((None if in_order else operand.name, text))
    in_order = in_order and len(operands) == len(rule.tensors)
    return [*made, *spelling.arguments(rule.parameters, node.arguments, positional=in_order)]


def apply_layer(
    made: Code,
    node: graph.LayerNode | graph.SharedNode,
    variables: Mapping[graph.Value, Code],
    spelling: Spelling,
) -> Code:
    """Return the application of a layer (its constructor's call, or its variable) to tensors."""
    rule, given_arguments = graph.called(node)
    several = rule.takes_list
    first = tensors_code(node.inputs, variables) if several else variables[node.inputs[0]]
    arguments: list[tuple[str | None, Code]] = [(None, first)]
    for tensor in node.tensor_arguments:
        given = tensor.values
        code = tensors_code(given, variables) if tensor.is_list else variables[given[0]]
        arguments.append((tensor.name, code))
    return call(made, [*arguments, *spelling.flags(rule, given_arguments)])


def make_block(
    module: ModuleNames,
    made: graph.BlockNode | graph.SharedBlock,
    spelling: Spelling,
    known: Mapping[object, Code] | None = None,
) -> Code:
    """Return the call that makes a block as a layer, or the list of its layers.

    `known` says where layers are that the body around may have lent to it.
    """
    given = block_arguments(made, module.parameters[made.block], spelling)
    borrowed = module.borrowed[made.block].items()
    lent = [(str(name), known[shared]) for shared, name in borrowed if known is not None]
    name_code = spelling.name_in_body(made.name)
    return call(module.blocks[made.block], [*given, *lent, ("name", name_code)])


def make_shared(module: ModuleNames, shared: graph.Shared, spelling: Spelling) -> Code:
    """Return the call that makes what a `layer` line declares."""
    if isinstance(shared, graph.SharedBlock):
        return make_block(module, shared, spelling)
    return spelling.shared(shared)


def apply_block(
    made: Code,
    node: graph.BlockNode,
    variables: Mapping[graph.Value, Code],
    spelling: Spelling,
) -> Code:
    """Return the application of a block that is a layer; several tensors come as a list."""
    single = len(node.inputs) == 1
    given = variables[node.inputs[0]] if single else tensors_code(node.inputs, variables)
    flags = [(bound.parameter, spelling.expression(bound.value)) for bound in node.flags]
    return call(made, [(None, given), *flags])


def assignment(targets: Sequence[Code], value: Code) -> Code:
    return Code(f"{', '.join(targets)} = {value}")
