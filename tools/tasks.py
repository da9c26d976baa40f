"""The project's jobs as plain Python: the same on Linux, macOS and Windows, nothing to install first.

    python tools/tasks.py reproduce      rebuild everything and compare it with what is committed
    python tools/tasks.py test           lint, types, tests and the notebook gate
    python tools/tasks.py --help         every job

``make JOB`` runs the same code. Each job makes the environment that it needs from the locks (with hashes) and
keeps it until a lock, the project file or the Python changes. A folder ``bundle/`` beside (see the job ``bundle``)
takes the place of the network.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "bundle"
UV = "uv==0.13.9"
COMPILE = [
    "pip",
    "compile",
    "--quiet",
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--upgrade",
    "--custom-compile-command",
]
RUNNING = ["--extra=notebooks", "--extra=studies", "--extra=inference", "--extra=publish"]
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)


def run(*words: str | Path, **environment: str) -> None:
    """Run one command in the repository; a failure ends the job with its exit code."""
    code = subprocess.run(
        [str(w) for w in words], cwd=ROOT, env=os.environ | environment, check=False
    ).returncode
    if code:
        raise SystemExit(code)


def environment(name: str, lock: str) -> Path:
    """The Python of the environment ``name``, made from ``lock`` unless it stands already."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise SystemExit(
            f"bangfu needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}. Try: make ... PYTHON=python3.12"
        )
    folder = ROOT / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "bangfu-stamp"
    wanted = hashlib.sha256(
        sys.version.encode() + sys.executable.encode() + str(ROOT).encode()
        + (ROOT / lock).read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    ).hexdigest()  # fmt: skip
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"making {name} from {lock} (once; some minutes)", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "venv", folder)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    carried = BUNDLE / lock
    source = ["--no-index", f"--find-links={BUNDLE}"] if carried.exists() else []
    run(*pip, *source, "--require-hashes", "-r", carried if carried.exists() else lock)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(wanted)
    return python


def running() -> Path:
    """The environment that running needs."""
    return environment(".venv", "requirements.lock")


def testing() -> Path:
    """The environment with everything, Spark and the test tools included."""
    return environment(".venv-test", "requirements-test.lock")


def reproduce(words: list[str]) -> None:
    """rebuild notebooks and figures in a temporary folder and compare them with what is committed"""
    run(running(), "-m", "bangfu.cli", "reproduce", *words, **ONE_THREAD)


def test(words: list[str]) -> None:
    """lint, types, tests and the notebook gate, in an environment of its own"""
    lint([])
    run(testing(), "-m", "pytest", "-n", "2", "--dist", "loadfile", "-q", *words, **ONE_THREAD)
    gate([])


def test_full(words: list[str]) -> None:
    """every case of every test, those that ``test`` leaves out too (about an hour)"""
    run(testing(), "-m", "pytest", "--whole", "-n", "2", "--dist", "loadfile", "-q", *words, **ONE_THREAD)


def attack_full(words: list[str]) -> None:
    """the standing attack: more than a thousand generated ones; goes on where it was stopped (benchmarks/attack.md)"""
    run(testing(), "-W", "ignore", "-m", "tests.attack.full", *words, **ONE_THREAD)


def gate(words: list[str]) -> None:
    """the notebook gate alone: nbval strict, and what nbval lets through"""
    run(testing(), "-m", "bangfu.reproduce.gate", *words, **ONE_THREAD)


def lint(words: list[str]) -> None:
    """ruff (code and notebooks), mypy, the rooms' order, the size, and whether CONTRIBUTING.md is up to date"""
    python = testing()
    run(python, "-m", "ruff", "check", ".", *words)
    run(python, "-m", "ruff", "format", "--check", ".")
    run(python, "-m", "mypy")
    run(python.with_name("lint-imports"), "--no-cache")
    run(python, "tools/size.py")
    run(python, "tools/house.py", "--check")


def montecarlo(words: list[str]) -> None:
    """re-run the Monte Carlo of notebook 07 into data/montecarlo (long); other words: --out, --replications"""
    run(running(), "benchmarks/montecarlo.py", *words, **ONE_THREAD)


def figures_sheet(words: list[str]) -> None:
    """all figures in both languages on one page in build/sheets: in colour, in grey, with colour deficiencies"""
    run(running(), "-m", "bangfu.figures.sheet", *(words or ["build/sheets"]))


def lab(words: list[str]) -> None:
    """open the notebooks in JupyterLab"""
    run(running(), "-m", "jupyterlab", "notebooks", *words)


def bundle(words: list[str]) -> None:
    """gather the wheels that running needs on this system in bundle/, for a machine without network"""
    python = running()
    partial = BUNDLE.with_name("bundle.part")
    shutil.rmtree(partial, ignore_errors=True)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    run(*pip, "--require-hashes", "-r", "requirements.lock", "-w", partial, *words)
    listed = []  # what has no wheel was built here, so the bundle has a lock with the hashes of its own wheels
    for wheel in sorted(partial.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        listed.append(f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    (partial / "requirements.lock").write_text("".join(listed), encoding="utf-8")
    shutil.rmtree(BUNDLE, ignore_errors=True)
    partial.rename(BUNDLE)
    print(
        "copy this repository with its folder bundle/ to the other machine (same system, same Python); make reproduce finds it"
    )


def lock(words: list[str]) -> None:
    """resolve requirements.lock and requirements-test.lock anew"""
    folder = ROOT / ".venv-lock"
    if not folder.exists():
        run(sys.executable, "-m", "venv", folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", UV)
    compiled = [python, "-m", "uv", *COMPILE, "make lock"]
    run(*compiled, "pyproject.toml", "tools/build.in", "--all-extras", "-o", "requirements-test.lock", *words)
    run(
        *compiled,
        "pyproject.toml",
        "tools/build.in",
        *RUNNING,
        "-c",
        "requirements-test.lock",
        "-o",
        "requirements.lock",
        *words,
    )


def clean(words: list[str]) -> None:
    """remove the environments and caches that these jobs made"""
    for name in (
        ".venv",
        ".venv-test",
        ".venv-lock",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
        ".import_linter_cache",
    ):
        shutil.rmtree(ROOT / name, ignore_errors=True)


JOBS: dict[str, Callable[[list[str]], None]] = {
    job.__name__.replace("_", "-"): job
    for job in (
        reproduce,
        test,
        test_full,
        attack_full,
        gate,
        lint,
        montecarlo,
        figures_sheet,
        lab,
        bundle,
        lock,
        clean,
    )
}


def main() -> None:
    """Read the job from the command line and do it."""
    listing = "\n".join(f"  {name:<15}{job.__doc__}" for name, job in JOBS.items())
    parser = argparse.ArgumentParser(
        prog="tasks.py", epilog=f"jobs:\n{listing}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("job", choices=JOBS, metavar="JOB")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="passed on to the job")
    said = parser.parse_args()
    JOBS[said.job](said.words)


if __name__ == "__main__":
    main()
