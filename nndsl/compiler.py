"""The whole pipeline: text -> tree -> graph -> shapes -> plan -> Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nndsl import graph, resolve, shapes, syntax
from nndsl.diagnostic import Diagnostic, Reporter, did_you_mean, has_errors, in_order
from nndsl.imports import Files, load_imports
from nndsl.layers.rule import Tensor
from nndsl.lint import Selection, lint
from nndsl.lint.ignores import apply_ignores
from nndsl.resolve.expressions import quoted_for_shell
from nndsl.shapes import LayerInfo, ShapedGraph, ShapedModel
from nndsl.shapes.training import Values, check_made_up, check_training
from nndsl.source import Source, Span
from nndsl.suggest import nearest
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.memory import Memory

Parsed = tuple[tree.Module, list[Diagnostic]]
STYLES = ("auto", "sequential", "functional", "subclass")
IMPORTS = ("keras", "tensorflow")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check finds out: the graph with its shapes, and the findings in order."""

    source: Source
    shaped: ShapedGraph
    settings: Values
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """A compiled model. `code` is None if there are errors, or if the style cannot express it.

    `modules` are the files that come out, by their paths, the one with the model first: `code`.
    """

    code: str | None
    style: str | None
    diagnostics: tuple[Diagnostic, ...]
    shaped: ShapedModel | None
    graph: graph.Graph
    modules: Mapping[str, str] = field(default_factory=dict)

    @property
    def layers(self) -> tuple[LayerInfo, ...]:
        """Every layer with its full name, shapes and parameter counts, blocks expanded."""
        return self.shaped.layers if self.shaped else ()

    @property
    def inputs(self) -> dict[str, Tensor]:
        return self.shaped.inputs if self.shaped else {}

    @property
    def outputs(self) -> dict[str, Tensor]:
        outputs = self.shaped.outputs.items() if self.shaped else ()
        return {name: tensor for name, tensor in outputs if tensor is not None}


@dataclass(frozen=True, slots=True)
class Options:
    """How to compile: `model` chooses one of several, `constants` gives new values (`--set`).

    `keras` is the version of Keras that the code is for, such as "3.14"; None is the newest known.
    `flat` expands blocks, loops and choices.
    `rules` are the rules that are asked; None is none of them. `consent` says whether code may be
    written that imports the user's Python; it is asked only where a text has extern parts.
    """

    style: str = "auto"
    model: str | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    keras_from: str = "keras"
    relocate: Callable[[str], str] = str
    keras: str | None = None
    flat: bool = False
    split: bool = False
    rules: Selection | None = field(default_factory=Selection)
    consent: Callable[[], bool] = lambda: False


def check_source(
    source: Source,
    constants: Mapping[str, str] | None = None,
    files: Files | None = None,
    keras: str | None = None,
    rules: Selection | None = None,
    parsed: Parsed | None = None,
    memory: Memory | None = None,
) -> Checked:
    """Parse, resolve and infer: all that is said about a text before any code is made.

    `parsed` is what parsing it gives, if that was done before; `memory` has what is known of the
    version before.
    """
    module, syntax_problems = parsed or syntax.parse(source)
    reporter = Reporter()
    parse, kept = (memory.parse_file, memory.kept) if memory else (syntax.parse, None)
    imported = load_imports(module, files, reporter, parse)
    overrides, override_problems = _overrides(constants or {}, module)
    resolved, name_problems = resolve.resolve(module, overrides, imported, kept)
    shaped, shape_problems = shapes.infer_shapes(resolved)
    settings, training_problems = check_training(shaped, files)
    found = [
        *syntax_problems,
        *reporter.findings,
        *override_problems,
        *name_problems,
        *shape_problems,
        *training_problems,
        *_version_problems(resolved, keras),
    ]
    if not has_errors(found):
        found += [finding for model in shaped.models.values() for finding in model.left_out]
        found += check_made_up(shaped) if resolved.externs else []
    if rules is not None:
        found = [d for d in found if d.severity == "error" or rules.takes(d.code)]
        found += lint(shaped, found, rules, settings, files)
    found = apply_ignores(source, found, rules, module.comments)
    return Checked(source, shaped, settings, in_order(found))


def _version_problems(resolved: graph.Graph, keras: str | None) -> list[Diagnostic]:
    if keras is None:
        return []
    from nndsl.resolve.versions import check_version  # which few ask for

    return check_version(resolved, keras)


def check_model(
    source: Source, options: Options, files: Files | None = None
) -> tuple[Diagnostic, ...]:
    """Return all that `compile_source` would find, without making code."""
    return check_all(source, options, files).diagnostics


def check_all(
    source: Source,
    options: Options,
    files: Files | None = None,
    parsed: Parsed | None = None,
    memory: Memory | None = None,
) -> Checked:
    """Return what a check finds out, with all that `compile_source` would find.

    A file with several models is checked as a whole; one of them is chosen only if asked for.
    """
    asked = options.constants, files, options.keras, options.rules
    checked = check_source(source, *asked, parsed, memory)
    whole = checked.shaped.graph
    problems: list[Diagnostic] = []
    clean = not has_errors(checked.diagnostics)
    if options.model is not None or (clean and not whole.models):
        problems = _choose_model(whole, options.model, source)[1]
    if clean:
        from nndsl.plan.style import choose_style

        for model in whole.models:
            if options.model in (None, model.name):
                problems += choose_style(checked.shaped.models[model.name], options.style)[1]
    return replace(checked, diagnostics=in_order([*checked.diagnostics, *problems]))


def check_one(
    source: Source, options: Options, files: Files | None = None
) -> tuple[Checked, graph.Model | None]:
    """Check a text and choose one of its models; there is none if anything is wrong."""
    checked = check_source(source, options.constants, files, options.keras, options.rules)
    whole = checked.shaped.graph
    model, problems = _choose_model(whole, options.model, source)
    if not whole.models and has_errors(checked.diagnostics):
        problems = []  # what was meant for a model could not be read
    checked = replace(checked, diagnostics=in_order([*checked.diagnostics, *problems]))
    return checked, None if has_errors(checked.diagnostics) else model


def compile_source(source: Source, options: Options, files: Files | None = None) -> CompiledModel:
    """Compile one model of a text."""
    checked, model = check_one(source, options, files)
    whole = checked.shaped.graph
    diagnostics = in_order([*checked.diagnostics, *_without_consent(whole, options.consent)])
    if model is None or has_errors(diagnostics):
        return CompiledModel(None, None, diagnostics, None, whole)
    return _generate(checked, model, options, diagnostics)


def _without_consent(whole: graph.Graph, consent: Callable[[], bool]) -> list[Diagnostic]:
    """Report the first extern part if the user has not said that their Python may be imported."""
    if not whole.externs or consent():
        return []
    reporter = Reporter()
    first, *others = whole.externs
    more = f" and {len(others)} more" if others else ""
    reporter.error(
        "X951",
        first.span,
        f'the code would import Python of your own: `{first.name}` from "{first.module}"{more}',
        "not without your consent",
        help="if you trust it, type `--allow-python` (in Python, `allow_python=True`), or write "
        "`allow-python = true` under `[tool.nndsl]` in pyproject.toml",
    )
    return reporter.findings


def _generate(
    checked: Checked, model: graph.Model, options: Options, diagnostics: tuple[Diagnostic, ...]
) -> CompiledModel:
    # A check does without all of these, and without jinja2 and black.
    from nndsl.emit import emit
    from nndsl.plan.module import PlanOptions, make_plans
    from nndsl.plan.style import choose_style
    from nndsl.pretty import pretty

    whole = checked.shaped.graph
    shaped = checked.shaped.models[model.name]
    written, written_shapes = whole, shaped
    style, problems = None, list[Diagnostic]()
    if options.flat:
        written, written_shapes, problems = _flattened(checked.shaped, shaped)
    if not problems:
        style, problems = choose_style(written_shapes, options.style)
    if style is None:
        return CompiledModel(None, None, in_order([*diagnostics, *problems]), shaped, whole)
    plan_options = PlanOptions(options.keras_from, options.relocate, options.split)
    concrete = _concrete(written, written_shapes)
    plans = make_plans(written, written_shapes, concrete, checked.settings, style, plan_options)
    modules = {path: pretty(emit(plan)) for path, plan in plans.items()}
    code = next(iter(modules.values()))
    if style == "functional":
        written_shapes = shapes.as_functional(written_shapes)
    return CompiledModel(code, style, diagnostics, written_shapes, whole, modules)


def _flattened(
    whole: ShapedGraph, shaped: ShapedModel
) -> tuple[graph.Graph, ShapedModel, list[Diagnostic]]:
    """Return the graph with the model expanded and its shapes, and why it cannot be."""
    from nndsl.flatten import flatten

    name = shaped.model.name
    flat, problems = flatten(whole, name)
    if flat is None:
        return whole.graph, shaped, problems
    return flat, shapes.infer_shapes(flat)[0].models[name], []


def _concrete(whole: graph.Graph, shaped: ShapedModel) -> ShapedModel:
    """Return the model with a number for every unknown size: the first that all layers take."""
    if all(isinstance(dim, int) for tensor in shaped.inputs.values() for dim in tensor.shape[1:]):
        return shaped
    for size in (16, 32, 64, 128, 256):
        concrete, problems = shapes.infer_shapes(whole, size_of_unknown=size)
        if not has_errors(problems):
            return concrete.models[shaped.model.name]
    return shaped


def _choose_model(
    whole: graph.Graph, wanted: str | None, source: Source
) -> tuple[graph.Model | None, list[Diagnostic]]:
    """Return the model to compile: the one asked for, the one trained, or the only one.

    Models that others apply count only if they are asked for.
    """
    reporter = Reporter()
    by_name = {model.name: model for model in whole.models}
    start = Span(0, min(1, len(source.text)), source)
    if wanted is not None:
        if wanted not in by_name:
            guess = did_you_mean(nearest(wanted, by_name))
            reporter.error("G705", start, f"there is no model `{wanted}` in this file", help=guess)
        return by_name.get(wanted), reporter.findings
    free = [model for model in whole.models if model.name not in whole.nested]
    outer = free or list(whole.models)
    if len(outer) == 1:
        return outer[0], []
    if whole.trained is not None:
        return whole.trained, []
    if not by_name:
        reporter.error(
            "G702", start, "there is no model in this file", help="begin with `model Name { ... }`"
        )
    else:
        names = ", ".join(f"`{model.name}`" for model in outer)
        reporter.error(
            "T803",
            outer[1].span,
            f"this file has {len(outer)} models: which one?",
            received=names,
            help=f"choose with `--model {outer[0].name}`",
        )
    return None, reporter.findings


def _overrides(
    constants: Mapping[str, str], set_in: tree.Module
) -> tuple[dict[str, tree.Expression], list[Diagnostic]]:
    """Parse the values that `--set` gives to constants, each as a text of its own.

    A shell takes quotes away: where the source has a string, a bare word is one.
    """
    overrides: dict[str, tree.Expression] = {}
    problems: list[Diagnostic] = []
    known, strings = _constants_in(set_in) if constants else (set(), set())
    for name, text in constants.items():
        is_bare = text.isidentifier() and text not in {*known, "true", "false", "none"}
        quoted = f'"{text}"' if is_bare and name in strings else text
        source = Source(f"--set {name}", f"const {name} = {quoted}")
        module, found = syntax.parse(source)
        if is_bare:
            found = [replace(finding, help=quoted_for_shell(source)) for finding in found]
        problems += found
        line = module.definitions[0] if len(module.definitions) == 1 else None
        if isinstance(line, tree.Constant):
            overrides[name] = line.value
        elif not found:
            reporter = Reporter()
            reporter.error("T001", Span(0, len(source.text), source), "not one value")
            problems += reporter.findings
    return overrides, problems


def _constants_in(module: tree.Module) -> tuple[set[str], set[str]]:
    """Return the names of the constants, and which of them and of the parameters are strings."""
    known = {line.name.text for line in module.definitions if isinstance(line, tree.Constant)}
    set_to: dict[str, list[tree.Expression | None]] = {}
    for line in module.definitions:
        if isinstance(line, tree.Constant):
            set_to.setdefault(line.name.text, []).append(line.value)
        elif isinstance(line, tree.Model):
            for parameter in line.parameters:
                set_to.setdefault(parameter.name.text, []).append(parameter.default)
    strings = {
        name
        for name, values in set_to.items()
        if all(isinstance(v, tree.Literal) and isinstance(v.value, str) for v in values)
    }
    return known, strings
