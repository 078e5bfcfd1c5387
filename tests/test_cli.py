"""The command line, as its users meet it: exit statuses, messages, and files that are kept safe.

Most tests run `main()` in this process, which is fast; what needs a process of its own has one.
"""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from data_files import npz, rows, written

from nndsl import __version__
from nndsl.cli import main as cli_main
from nndsl.cli.run import run_script
from nndsl.cli.writing import with_header

GOOD = """\
const width = 8
model Good {
    input x: [4]
    x -> Dense(width, relu) -> Dense(3, softmax) as y
    output y
}
"""
TYPO = """\
model M {
    input x: [4]
    x -> Dense(64, actiavation=relu) as y
    output y
}
"""
FORK = """\
model Forked {
    input x: [4]
    x -> (Dense(3) | Dense(3)) -> Add as y
    output y
}
"""
TWO = GOOD + GOOD.replace("Good", "Other").replace("const width = 8\n", "")


@dataclass
class Result:
    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """What was found, which `check` prints, and other commands say beside what they print."""
        return self.out + self.err


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in an empty folder; text given as `model.nn=...` is written first."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NNDSL_TRACEBACK", raising=False)

    def run(*arguments: str, model: str | bytes | None = None, stdin: bytes = b"") -> Result:
        if model is not None:
            data = model.encode() if isinstance(model, str) else model
            (tmp_path / "model.nn").write_bytes(data)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        status = cli_main(list(arguments))
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Result(status, out, err)

    return run


def subprocess_run(*arguments: str, cwd: Path, **options: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "nndsl", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, check=False, **options)


# ---- check -----------------------------------------------------------------------------------


def test_a_clean_model_gives_status_0(run: Run) -> None:
    result = run("check", "model.nn", model=GOOD)
    assert (result.status, result.out, result.err) == (0, "no problems found\n", "")


def test_a_typing_error_gives_its_place_the_name_and_the_guess(run: Run) -> None:
    result = run("check", "model.nn", model=TYPO)
    assert result.status == 1
    assert "model.nn:3:20" in result.out
    assert "unknown argument `actiavation`" in result.out
    assert "did you mean `activation`?" in result.out
    assert "1 error; 1 can be mended with --fix\n" in result.out
    assert result.err == ""


def test_a_warning_alone_gives_status_0(run: Run) -> None:
    result = run("check", "model.nn", model="const spare = 1\n" + GOOD)
    assert result.status == 0
    assert "1 warning\n" in result.out


def test_the_concise_format_is_one_line_a_finding(run: Run) -> None:
    result = run("check", "model.nn", "--output-format", "concise", model=TYPO)
    assert result.out == (
        "model.nn:3:20: error[A201] unknown argument `actiavation`; did you mean `activation`?\n"
    )
    assert run("check", "model.nn", "--output-format", "concise", model=GOOD).out == ""


def test_standard_input_is_checked(run: Run) -> None:
    assert run("check", "-", stdin=GOOD.encode()).status == 0
    result = run("check", "-", stdin=TYPO.encode())
    assert result.status == 1
    assert "<stdin>:3:20" in result.out


def test_several_models_are_all_checked(run: Run) -> None:
    assert run("check", "model.nn", model=TWO).status == 0
    assert run("check", "model.nn", model=TWO + TYPO).status == 1


def test_a_missing_data_file_is_told(run: Run, tmp_path: Path) -> None:
    text = GOOD + 'train {\n    loss: mse\n    data: npz("data.npz")\n}\n'
    result = run("check", "model.nn", model=text)
    assert result.status == 0
    assert "warning[T805]: there is no file `data.npz`" in result.out
    written(tmp_path, {"data.npz": npz({"x": rows(50, 4), "y": rows(50, 3)})})
    assert run("check", "model.nn", model=text).out == "no problems found\n"
    (tmp_path / "data.npz").write_bytes(b"")
    assert "error[D904]" in run("check", "model.nn", model=text).out


def test_colours(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in run("check", "model.nn", "--color", "always", model=TYPO).out
    assert "\x1b[" not in run("check", "model.nn", "--color", "never", model=TYPO).out
    assert "\x1b[" not in run("check", "model.nn", model=TYPO).out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("check", "model.nn", model=TYPO).out
    assert "\x1b[" in run("check", "model.nn", "--color", "always", model=TYPO).out


# ---- compile ---------------------------------------------------------------------------------


def test_the_default_output_stands_beside_the_source(run: Run, tmp_path: Path) -> None:
    result = run("compile", "model.nn", model=GOOD)
    assert (result.status, result.out) == (0, "")
    assert result.err == "wrote model.py (sequential)\n"
    text = (tmp_path / "model.py").read_text(encoding="utf-8")
    assert text.startswith(f"# Generated by nndsl {__version__}, sha256:")
    assert 'layers.Dense(WIDTH, activation="relu")' in text


def test_an_output_file(run: Run, tmp_path: Path) -> None:
    assert run("compile", "model.nn", "-o", "other.py", model=GOOD).status == 0
    assert (tmp_path / "other.py").exists()
    assert not (tmp_path / "model.py").exists()


def test_standard_output(run: Run, tmp_path: Path) -> None:
    result = run("compile", "model.nn", "-o", "-", model=GOOD)
    assert result.status == 0
    assert result.out.startswith("# Generated by nndsl")
    assert result.err == ""
    assert not (tmp_path / "model.py").exists()
    assert run("compile", "-", stdin=GOOD.encode()).out.startswith("# Generated by nndsl")


def test_every_style(run: Run) -> None:
    for style, sign in (
        ("sequential", "keras.Sequential("),
        ("functional", "keras.Model(inputs=x, outputs=y"),
        ("subclass", "class Good(keras.Model):"),
    ):
        assert sign in run("compile", "model.nn", "-o", "-", "--style", style, model=GOOD).out


def test_a_fork_is_not_sequential(run: Run, tmp_path: Path) -> None:
    for command in (["check"], ["compile", "-o", "-"]):
        result = run(*command, "model.nn", "--style", "sequential", model=FORK)
        assert result.status == 1
        assert "model.nn:3:22" in result.said
        assert "error[G710]: `Forked` cannot be Sequential" in result.said
        assert "Dense(3) | Dense(3)" in result.said


def test_one_of_several_models(run: Run) -> None:
    result = run("compile", "model.nn", "-o", "-", model=TWO)
    assert result.status == 1
    assert "error[T803]" in result.err
    assert "`--model Good`" in result.err
    other = run("compile", "model.nn", "-o", "-", "--model", "Other", model=TWO)
    assert other.status == 0
    assert 'name="other"' in other.out
    unknown = run("compile", "model.nn", "-o", "-", "--model", "Othr", model=TWO)
    assert unknown.status == 1
    assert "did you mean `Other`?" in unknown.err


def test_constants_are_set(run: Run) -> None:
    assert (
        "WIDTH = 128\n"
        in run("compile", "model.nn", "-o", "-", "--set", "width=128", model=GOOD).out
    )
    result = run("check", "model.nn", "--set", "widht=128", model=GOOD)
    assert result.status == 1
    assert "there is no constant or parameter `widht` to set" in result.out
    assert "did you mean `width`?" in result.out
    for value in ("width=0", "width=wide", "width=3 4", "width=)", "width=1\nconst b = 2"):
        assert run("check", "model.nn", "--set", value, model=GOOD).status == 1
    for value in ("width", "width=", "=3", ""):
        assert run("check", "model.nn", "--set", value, model=GOOD).status == 2


def test_keras_from_tensorflow(run: Run) -> None:
    text = run("compile", "model.nn", "-o", "-", "--import", "tensorflow", model=GOOD).out
    assert "from tensorflow import keras\n" in text
    assert "\nimport keras\n" not in text


def test_an_older_keras(run: Run) -> None:
    renormed = GOOD.replace("Dense(width, relu)", "BatchNormalization(renorm=true)")
    for command in (["check"], ["compile", "-o", "-"]):
        for version in ("3.13", "3.13.2"):
            result = run(*command, "model.nn", "--keras", version, model=renormed)
            assert result.status == 1
            assert (
                "error[A214]: `renorm` of `BatchNormalization` is not in Keras 3.13" in result.said
            )
            assert "since Keras 3.14" in result.said
        for version in ("3.14", "3.15"):
            assert run(*command, "model.nn", "--keras", version, model=renormed).status == 0
    unknown = run("check", "model.nn", "--keras", "2.15", model=GOOD)
    assert unknown.status == 2
    assert "--keras takes one of 3.13, 3.14, 3.15; got 2.15" in unknown.err


# ---- layers ----------------------------------------------------------------------------------


def test_layers_are_listed(run: Run) -> None:
    result = run("layers")
    assert (result.status, result.err) == (0, "")
    for line in ("Convolution", "  Conv2D           Slide `filters` kernels over an image"):
        assert f"\n{line}" in result.out
    assert "Optimizers  (optimizer: ...)\n  Adadelta, Adafactor, Adagrad, Adam," in result.out
    assert max(len(line) for line in result.out.splitlines()) <= 100


def test_one_layer(run: Run) -> None:
    result = run("layers", "Conv2D")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("Conv2D  (layer: Convolution)\n")
    assert "image -> Conv2D(filters, kernel_size, strides=(1, 1), padding=valid," in result.out
    assert "  # [28, 28, 3] -> [28, 28, 32], 896 parameters\n" in result.out
    assert "https://keras.io/api/layers/convolution_layers/convolution2d/" in result.out
    assert run("layers", "Convolution2D").out == run("layers", "conv2d").out == result.out


def test_other_names_and_lists(run: Run) -> None:
    for name, words in (
        ("relu", "relu  (activation)"),
        ("he_normal", "HeNormal  (initializer)"),
        ("Adam", "Adam(learning_rate=0.001,"),
        ("mse", "MeanSquaredError  (loss)"),
        ("ops.mean", "ops.mean  (operation: reductions)"),
        ("Losses", "Losses  (loss: ...)"),
        ("ops", "Operations: maths"),
        ("products", "Operations: products"),
    ):
        result = run("layers", name)
        assert (result.status, result.err) == (0, "")
        assert words in result.out


def test_names_that_there_are_not(run: Run) -> None:
    for name, words in (
        ("conv", "there is no `conv`; did you mean one of these?\n  Conv1D, Conv2D, Conv3D"),
        ("Dens", "did you mean `Dense` or `EinsumDense`?"),
        ("Lambda", "`Lambda` is not part of the language: it runs Python"),
        ("ops.arange", "`ops.arange` is not part of the language"),
        ("xyzzy", "there is no `xyzzy`; `nndsl layers` lists what there is"),
        ("", "there is no ``"),
        ("\x1b[1m", "\\x1b[1m"),
    ):
        result = run("layers", name)
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith("nndsl: ")
        assert words in result.err


def test_layers_for_other_readers(run: Run) -> None:
    assert run("layers", "Dense", "--output-format", "markdown").out.startswith("### Dense\n")
    (told,) = json.loads(run("layers", "Dense", "--output-format", "json").out)
    assert told["gives"]["outputs"] == ["[64]"]
    for arguments in ([], ["losses"]):
        assert "## Losses\n" in run("layers", *arguments, "--output-format", "markdown").out
        lists = json.loads(run("layers", *arguments, "--output-format", "json").out)
        assert "Losses" in [one["title"] for one in lists]


def test_colours_of_layers(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in run("layers", "Dense").out
    assert "\x1b[" in run("layers", "Dense", "--color", "always").out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert "\x1b[" in run("layers", "Dense").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("layers", "Dense").out


# ---- Files -----------------------------------------------------------------------------------


def test_what_nndsl_wrote_is_overwritten(run: Run, tmp_path: Path) -> None:
    run("compile", "model.nn", model=GOOD)
    assert run("compile", "model.nn", "--set", "width=16", model=GOOD).status == 0
    assert "WIDTH = 16\n" in (tmp_path / "model.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_change_of_line_ends_is_no_edit(run: Run, tmp_path: Path, newline: str) -> None:
    run("compile", "model.nn", model=GOOD)
    path = tmp_path / "model.py"
    path.write_bytes(path.read_bytes().replace(b"\n", newline.encode()))
    assert run("compile", "model.nn", model=GOOD).status == 0


@pytest.mark.parametrize(
    "content",
    [b"print('mine')\n", b"", b"\xff\xfe", b"# Generated by nndsl 0, sha256:0. x\n"],
    ids=["foreign", "empty", "not text", "false header"],
)
def test_foreign_files_are_left_alone(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.py"
    path.write_bytes(content)
    result = run("compile", "model.nn", model=GOOD)
    assert result.status == 2
    assert "nndsl did not write it" in result.err
    assert "--force" in result.err
    assert path.read_bytes() == content
    assert run("compile", "model.nn", "--force", model=GOOD).status == 0
    assert path.read_text(encoding="utf-8").startswith("# Generated")


def test_edited_files_are_left_alone(run: Run, tmp_path: Path) -> None:
    run("compile", "model.nn", model=GOOD)
    path = tmp_path / "model.py"
    edited = path.read_text(encoding="utf-8") + "print('mine')\n"
    path.write_text(edited, encoding="utf-8")
    result = run("compile", "model.nn", model=GOOD)
    assert result.status == 2
    assert "it was edited since nndsl wrote it" in result.err
    assert path.read_text(encoding="utf-8") == edited


def test_the_source_is_never_its_own_output(run: Run, tmp_path: Path) -> None:
    assert run("compile", "model.nn", "-o", "model.nn", model=GOOD).status == 2
    assert (tmp_path / "model.nn").read_text(encoding="utf-8") == GOOD
    (tmp_path / "model.py").write_text(GOOD, encoding="utf-8")
    assert run("compile", "model.py").status == 2
    assert (tmp_path / "model.py").read_text(encoding="utf-8") == GOOD


def test_errors_leave_the_output_untouched(run: Run, tmp_path: Path) -> None:
    run("compile", "model.nn", model=GOOD)
    before = (tmp_path / "model.py").read_bytes()
    for text in (TYPO, "", "model M {", "\x00", "(" * 10_000, b"\xff"):
        assert run("compile", "model.nn", "--force", model=text).status in (1, 2)
        assert (tmp_path / "model.py").read_bytes() == before


def test_writing_leaves_no_other_files(run: Run, tmp_path: Path) -> None:
    run("compile", "model.nn", model=GOOD)
    run("compile", "model.nn", model=GOOD)
    (tmp_path / "foreign.py").write_text("", encoding="utf-8")
    run("compile", "model.nn", "-o", "foreign.py", model=GOOD)
    assert {path.name for path in tmp_path.iterdir()} == {"model.nn", "model.py", "foreign.py"}


def test_a_failed_write_leaves_nothing_behind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("compile", "model.nn", model=GOOD)
    before = (tmp_path / "model.py").read_bytes()

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nndsl.cli.writing.os.replace", fail)
    result = run("compile", "model.nn", "--set", "width=9", model=GOOD)
    assert result.status == 2
    assert "No space left on device" in result.err
    assert (tmp_path / "model.py").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"model.nn", "model.py"}


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_permissions_are_kept(run: Run, tmp_path: Path) -> None:
    run("compile", "model.nn", model=GOOD)
    path = tmp_path / "model.py"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o750)
    run("compile", "model.nn", model=GOOD)
    assert stat.S_IMODE(path.stat().st_mode) == 0o750


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_a_link_stays_a_link(run: Run, tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text(with_header("x = 1\n"), encoding="utf-8")
    (tmp_path / "model.py").symlink_to("real.py")
    assert run("compile", "model.nn", model=GOOD).status == 0
    assert (tmp_path / "model.py").is_symlink()
    assert "keras" in (tmp_path / "real.py").read_text(encoding="utf-8")


def test_data_paths_follow_the_output(run: Run, tmp_path: Path) -> None:
    text = GOOD + 'train {\n    loss: mse\n    data: npz("data/a.npz")\n}\n'
    (tmp_path / "out").mkdir()
    assert '"data/a.npz"' in run("compile", "model.nn", "-o", "-", model=text).out
    run("compile", "model.nn", "-o", "out/model.py", model=text)
    assert '"../data/a.npz"' in (tmp_path / "out" / "model.py").read_text(encoding="utf-8")


# ---- Bad files and bad usage -------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "compile"])
def test_files_that_cannot_be_read(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "folder").mkdir()
    for arguments, model, status, words in (
        (["model.nn"], b"model \xff {", 2, "model.nn is not UTF-8 text: byte 7 is 0xff"),
        (["modle.nn"], None, 2, "there is no file modle.nn; did you mean model.nn?"),
        (["no/such.nn"], None, 2, "there is no file no/such.nn\n"),
        (["a\0b.nn"], None, 2, "cannot be read"),
        (["x" * 5000], None, 2, "cannot be read"),
        (["model.nn"], b"", 1, "there is no model in this file"),
        (["model.nn"], b"\xef\xbb\xbf", 1, "there is no model in this file"),
    ):
        result = run(command, *arguments, model=model)
        assert result.status == status
        assert words in (result.err if status == 2 else result.said)


def test_a_folder_is_not_compiled(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    result = run("compile", "folder")
    assert (result.status, result.out) == (2, "")
    assert "folder is a folder, not a file" in result.err


def test_outputs_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for output, words in (
        ("folder", "folder is a folder, not a file"),
        ("no/such.py", "there is no folder no"),
        ("model.nn/x.py", "cannot be written"),
    ):
        result = run("compile", "model.nn", "-o", output, model=GOOD)
        assert result.status == 2
        assert words in result.err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do all")
def test_no_permission(run: Run, tmp_path: Path) -> None:
    (tmp_path / "model.nn").write_text(GOOD, encoding="utf-8")
    (tmp_path / "model.nn").chmod(0)
    result = run("check", "model.nn")
    assert result.status == 2
    assert "no permission" in result.err
    (tmp_path / "model.nn").chmod(0o600)
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked").chmod(0o500)
    assert run("compile", "model.nn", "-o", "locked/model.py").status == 2


def test_no_permission_as_anyone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same without a file that even root may not read."""

    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    result = run("check", "model.nn")
    assert result.status == 2
    assert "model.nn cannot be read: no permission" in result.err


def test_five_megabytes_of_noise(run: Run) -> None:
    noise = bytes((i * 7919 + i // 251) % 256 for i in range(1 << 16)) * 80
    assert run("check", "model.nn", model=noise).status == 2
    letters = bytes(32 + byte % 95 for byte in noise)
    result = run("check", "model.nn", model=letters)
    assert result.status in (1, 2)
    assert "1,000,000 characters" in result.err
    short = letters[:900_000]
    result = run("check", "model.nn", model=short)
    assert result.status == 1
    assert len(result.err) < 200_000


@pytest.mark.parametrize("bracket", ["(", "[", "{", ")", "]", "}", "([{", "{(", "(]", "{}", "()"])
def test_ten_thousand_brackets(run: Run, bracket: str) -> None:
    for text in (
        bracket * 10_000,
        "const a = " + bracket * 10_000,
        "model M {\n" + bracket * 10_000,
        "model M {\n    input x: [4]\n    x -> " + bracket * 10_000,
    ):
        result = run("check", "model.nn", model=text)
        assert result.status == 1
        assert "error[" in result.out


def test_ten_thousand_brackets_that_match(run: Run) -> None:
    for opening, closing in ("()", "[]", "{}"):
        text = f"const a = {opening * 10_000}1{closing * 10_000}\n" + GOOD
        assert "X952" in run("check", "model.nn", model=text).out


def test_version_and_help(run: Run) -> None:
    result = run("--version")
    assert (result.status, result.out) == (0, f"nndsl {__version__}\n")
    result = run("--help")
    assert result.status == 0
    for word in (
        "compile",
        "check",
        "train",
        "layers",
        "examples:",
        "exit status:",
        "nndsl check model.nn",
    ):
        assert word in result.out
    for command in ("check", "compile", "train", "layers"):
        assert run(command, "--help").status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["chekc", "model.nn"],
        ["check", "model.nn", "--no-such-option"],
        ["check", "model.nn", "--style", "sequentail"],
        ["compile", "a.nn", "b.nn"],
        ["compile", "model.nn", "-o"],
    ],
    ids=" ".join,
)
def test_wrong_usage_gives_status_2(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.status == 2
    assert result.err.startswith("usage: nndsl")
    assert result.out == ""


def test_training_needs_a_section(run: Run) -> None:
    result = run("train", "model.nn", model=GOOD)
    assert result.status == 2
    assert "has no training section" in result.err
    assert run("train", "model.nn", model=TYPO).status == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to forward")
def test_a_training_that_is_ended_leaves_no_script_running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started = tmp_path / "pid"
    before = signal.getsignal(signal.SIGTERM)
    code = (
        "import os, signal, sys, time\n"
        "open(sys.argv[1], 'w').write(str(os.getpid()))\n"
        "os.kill(os.getppid(), signal.SIGTERM)\n"
        "time.sleep(60)\n"
    )
    assert run_script(code, "m.nn", [str(started)]) == 128 + signal.SIGTERM
    assert "Stopped; with --resume the run goes on." in capsys.readouterr().err
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_bug_of_ours_is_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("the roof is on fire")

    monkeypatch.setattr("nndsl.compiler.check_model", fail)
    result = run("check", "model.nn", model=GOOD)
    assert result.status == 3
    assert "internal error: RuntimeError at test_cli.py" in result.err
    assert "the roof is on fire" in result.err
    assert "bug in nndsl" in result.err


def test_names_of_files_are_harmless(run: Run, tmp_path: Path) -> None:
    name = 'a\x1b[31m"""\nimport os  {{ x }}.nn'
    (tmp_path / name).write_text(GOOD, encoding="utf-8")
    result = run("compile", name, "-o", "-")
    assert result.status == 0
    assert "\x1b" not in result.out
    assert "import os" not in result.out.splitlines()
    (tmp_path / name).write_text(TYPO, encoding="utf-8")
    assert "\x1b" not in run("check", name).err
    assert "\x1b" not in run("check", "no" + name).err


# ---- In a process of its own -------------------------------------------------------------------


def test_a_check_imports_little(tmp_path: Path) -> None:
    (tmp_path / "model.nn").write_text(
        GOOD.replace("[4]", "[4, 4]").replace("Dense(width, relu)", "Conv2D(width, 3)"),
        encoding="utf-8",
    )
    program = (
        "import sys\n"
        "from nndsl.cli import main\n"
        "status = main(['check', 'model.nn'])\n"
        "heavy = {'keras', 'tensorflow', 'numpy', 'jinja2', 'black', 'lark'} & set(sys.modules)\n"
        "print(status, sorted(heavy))\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n1 []\n")
    assert "error[S101]" in done.stdout


def test_a_check_without_objects_does_without_their_types(tmp_path: Path) -> None:
    (tmp_path / "model.nn").write_text(GOOD, encoding="utf-8")
    program = (
        "import sys\n"
        "from nndsl.cli import main\n"
        "status = main(['check', 'model.nn'])\n"
        "late = [name for name in sys.modules if 'object' in name or 'versions' in name]\n"
        "print(status, [name for name in late if name.startswith('nndsl')])\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "no problems found\n0 []\n"


def test_as_a_process(tmp_path: Path) -> None:
    (tmp_path / "model.nn").write_text(TYPO, encoding="utf-8")
    done = subprocess_run("check", "model.nn", cwd=tmp_path)
    assert done.returncode == 1
    assert b"did you mean `activation`?" in done.stdout
    done = subprocess_run("compile", "-", cwd=tmp_path, input=GOOD.encode())
    assert done.returncode == 0
    assert done.stdout.startswith(b"# Generated by nndsl")


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_has_gone(tmp_path: Path, stream: str) -> None:
    (tmp_path / "model.nn").write_text(GOOD if stream == "stdout" else TYPO, encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    other = "stderr" if stream == "stdout" else "stdout"
    command = [sys.executable, "-m", "nndsl", "compile", "model.nn", "-o", "-"]
    streams = {stream: writing, other: subprocess.PIPE}
    process = subprocess.Popen(command, cwd=tmp_path, **streams)
    os.close(writing)
    out, err = process.communicate(timeout=30)
    assert b"Traceback" not in (out or b"") + (err or b"")
    assert b"BrokenPipe" not in (out or b"") + (err or b"")
    assert process.returncode in (0, 1)


@pytest.mark.skipif(os.name == "nt", reason="locales of POSIX")
def test_a_terminal_that_knows_only_ascii(tmp_path: Path) -> None:
    text = GOOD.replace("Dense(3, softmax)", "Dense(3, softmax) \u2192 \u00fc")
    (tmp_path / "model.nn").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess_run("check", "model.nn", cwd=tmp_path, env=environment)
    assert done.returncode == 1
    assert b"internal error" not in done.stderr
    assert b"\\u2192" in done.stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_is_written_into_and_stays(tmp_path: Path) -> None:
    """What is no file, such as `/dev/null`, must not be replaced by one."""
    model, pipe = tmp_path / "model.nn", tmp_path / "pipe"
    model.write_text("model M {\n    input x: [4]\n    x -> Dense(3) as y\n    output y\n}\n")
    os.mkfifo(pipe)
    # Held open for reading, so that the writer finds somebody at the other end.
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert cli_main(["compile", str(model), "-o", str(pipe)]) == 0
        assert b"import keras" in os.read(reader, 65536)
    finally:
        os.close(reader)
    assert pipe.is_fifo()
