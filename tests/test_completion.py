"""`nndsl completion`: each shell completes, in that shell itself where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from nndsl.cli import main
from nndsl.cli.completion import SHELLS

#: What is typed, with what must be offered and what must not be.
TYPED = [
    ("nndsl che", {"check"}, {"compile"}),
    ("nndsl compile --sty", {"--style"}, {"--set"}),
    ("nndsl compile --style ", {"sequential", "functional", "subclass", "auto"}, set()),
    ("nndsl check mo", {"model.nn"}, {"model.py"}),
    ("nndsl diff model.nn mo", {"model.nn"}, {"model.py"}),
    ("nndsl layers Conv2DT", {"Conv2DTranspose"}, {"Conv2D"}),
    ("nndsl explain L30", {"L301", "L302"}, {"S101"}),
    ("nndsl check --keras ", {"3.13", "3.15"}, set()),
    ("nndsl train --epo", {"--epochs"}, set()),
    ("nndsl new x --template ", {"mlp", "multi-input"}, set()),
    ("nndsl completion ", set(SHELLS), set()),
]
_BASH = """
source ./script
COMP_LINE=$1; COMP_POINT=${#COMP_LINE}
read -ra COMP_WORDS <<< "$COMP_LINE"
if [[ $COMP_LINE == *" " ]]; then COMP_WORDS+=(""); fi
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
_shtab_nndsl
printf '%s\\n' "${COMPREPLY[@]}"
"""
_FISH = "source ./script; complete -C $argv[1]"
#: A shell in a terminal of its own, in which a tab is pressed twice.
_ZSH = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -Uz compinit; compinit -u -d ./dump; source ./script'
zpty -w shell 'compdef _shtab_nndsl nndsl; LISTMAX=1000; setopt no_beep; PS1=""'
zpty -w shell 'clear; print -n BE; print GIN'
zpty -r shell seen '*BEGIN*'
zpty -w -n shell "$1"$'\\t\\t'
sleep 1
zpty -w -n shell $'\\C-u'
zpty -w shell 'print -n E; print ND'
zpty -r shell seen '*END*'
print -r -- "$seen"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.nn").touch()
    (tmp_path / "model.py").touch()
    return tmp_path


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def offered(shell: str, typed: str, folder: Path) -> set[str]:
    """Return the words that a shell shows for what was typed."""
    programs = {
        "bash": ["bash", "--norc", "-c", _BASH, "bash", typed],
        "fish": ["fish", "--no-config", "-c", _FISH, typed],
        "zsh": ["zsh", "-f", "-c", _ZSH, "zsh", typed],
    }
    done = subprocess.run(
        programs[shell], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.replace("\t", " ").replace("\x1b", " ").split())


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_reads_it(shell: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "script").write_text(script(shell, capsys), encoding="utf-8")
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    done = subprocess.run([shell, "-n", "script"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["bash", "fish"])
@pytest.mark.parametrize(("typed", "wanted", "unwanted"), TYPED, ids=[row[0] for row in TYPED])
def test_what_is_offered(
    shell: str,
    typed: str,
    wanted: set[str],
    unwanted: set[str],
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    (folder / "script").write_text(script(shell, capsys), encoding="utf-8")
    words = offered(shell, typed, folder)
    assert wanted <= words and not unwanted & words


def test_zsh_in_a_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("there is no zsh")
    (folder / "script").write_text(script("zsh", capsys), encoding="utf-8")
    words = offered("zsh", "nndsl compile --style ", folder)
    assert {"sequential", "functional", "subclass"} <= words
    assert "Conv2DTranspose" in " ".join(offered("zsh", "nndsl layers Conv2DT", folder))


def test_every_command_is_in_every_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.split("COMMAND\n")[1].split("\n\n")[0]
    commands = {line.split()[0] for line in listed.splitlines() if line[4:5].strip()}
    assert {"check", "new", "completion"} <= commands
    for shell in SHELLS:
        text = script(shell, capsys)
        assert [command for command in commands if command not in text] == []


@pytest.mark.parametrize("arguments", [["completion"], ["completion", "cmd"]])
def test_wrong_usage(arguments: list[str]) -> None:
    assert main(arguments) == 2
