"""``import bangfu`` and ``bangfu --help`` stay quick: nothing heavy is loaded."""

import json
import subprocess
import sys

HEAVY = {
    "pandas",
    "numpy",
    "duckdb",
    "ibis",
    "matplotlib",
    "statsmodels",
    "pyfixest",
    "scipy",
    "pyarrow",
    "numba",
}


def _loaded(code: str) -> set[str]:
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(result.stdout.splitlines()[-1]))


def test_import_loads_nothing_heavy():
    assert not _loaded("import bangfu") & HEAVY


def test_help_loads_nothing_heavy():
    loaded = _loaded("import bangfu.cli\ntry:\n    bangfu.cli.app(['--help'])\nexcept SystemExit:\n    pass")
    assert not loaded & HEAVY


def test_every_public_name_is_there():
    import bangfu

    for name in bangfu.__all__:
        assert getattr(bangfu, name) is not None


def test_an_unknown_command_is_wrong_use():
    result = subprocess.run(
        [sys.executable, "-m", "bangfu.cli", "no-such-command"], capture_output=True, text=True
    )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
