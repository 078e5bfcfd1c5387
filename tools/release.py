"""Build wheel and sdist, the same bytes each time, and judge them: `python3 dev.py release`.

The time in them is that of the last commit, or SOURCE_DATE_EPOCH. Nothing is sent anywhere.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import nndsl  # noqa: E402  (the version of this clone)


def main(arguments: list[str]) -> int:
    target = Path(arguments[0]).resolve() if arguments else ROOT / "dist"
    problems = said_twice()
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    built = build(ROOT, target, epoch())
    status = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *map(str, built)]
    ).returncode
    for path in built:
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
    return status


def said_twice(root: Path = ROOT) -> list[str]:
    """Return where another version is said than in nndsl/__init__.py, which is the one place."""
    version = nndsl.__version__
    places = {
        "CITATION.cff": r"^version: (\S+)$",
        "CHANGELOG.md": r"^## .*?(\d+\.\d+\.\d+\S*?)\)?$",
        "editors/vscode/package.json": r'^  "version": "(\S+)",$',
    }
    problems = []
    for name, pattern in places.items():
        found = re.search(pattern, (root / name).read_text(encoding="utf-8"), re.MULTILINE)
        if found is None or found[1] != version:
            says = found[1] if found else "none"
            problems.append(f"{name} says version {says}; nndsl/__init__.py says {version}")
    return problems


def epoch() -> int:
    """Return the time that is written into the files, in seconds since 1970."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    command = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else 1_700_000_000


def build(source: Path, target: Path, seconds: int) -> list[Path]:
    """Build both files into a folder; return their paths. What was there before is deleted."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(source)],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(seconds), "PYTHONHASHSEED": "0"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    settle_wheel(wheel)
    settle_sdist(sdist, seconds)
    return [wheel, sdist]


def settle_wheel(wheel: Path) -> None:
    """Write a wheel anew without the permissions that files happen to have in this clone."""
    with zipfile.ZipFile(wheel) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            plain = zipfile.ZipInfo(info.filename, info.date_time)
            plain.external_attr, plain.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            plain.create_system = 3  # Unix, wherever it is built
            archive.writestr(plain, content)


def settle_sdist(sdist: Path, seconds: int) -> None:
    """Write an sdist anew without what hangs on who built it and when: owners, times, order."""
    with tarfile.open(sdist) as archive:
        members = sorted(archive.getmembers(), key=lambda member: member.name)
        files = [(member, archive.extractfile(member)) for member in members]
        contents = [(member, file.read() if file else b"") for member, file in files]
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member, content in contents:
            member.mtime, member.uid, member.gid = seconds, 0, 0
            member.uname = member.gname = ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            archive.addfile(member, io.BytesIO(content))
    with sdist.open("wb") as file, gzip.GzipFile("", "wb", mtime=seconds, fileobj=file) as packed:
        packed.write(plain.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
