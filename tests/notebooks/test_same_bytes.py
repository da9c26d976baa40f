"""One notebook with float sums, a printed table and a figure writes the same bytes wherever it is run."""

import hashlib
import json
import os
import subprocess
import sys

import nbformat
import pytest

from bangfu.figures.show import FOLDER
from bangfu.notebooks.normal import normalise, text
from tests import decoy
from tests.small_study import contents

SETUP = """
import numpy as np
import pandas as pd
from bangfu.connect import connect
from bangfu.figures import Figure, Number, Table, show
from bangfu.formats import settle
from bangfu.words import Word

random = np.random.default_rng(20170508)
x, y = random.normal(size=(3000, 40)), random.lognormal(9, 0.6, size=3000)
coefficients = np.linalg.lstsq(x, y, rcond=None)[0]  # BLAS: its last bits depend on threads and core type
data = pd.DataFrame({"number": range(40), "estimate": [settle(c) for c in coefficients]})
mean = connect().con.execute("select avg(ln(i + 1)) from range(100000) t(i)").fetchall()[0][0]

def draw(panel, lang):
    axes = panel.add_axes((0.1, 0.15, 0.8, 0.8))
    axes.plot(data["number"], data["estimate"])
    axes.set_title({"en": "below zero: -5", "zh": "小于零:-5"}[lang])

w = Word("a finding", "一个发现")
figure = Figure("01_slice", "synthetic", w, w, w, w, w, data, draw, w, {"mean": Number(mean, "1")})
"""

ELSEWHERE = {
    "another core type": {"OPENBLAS_CORETYPE": "Prescott", "MKL_CBWR": "COMPATIBLE"},
    "another language and clock": {"LC_ALL": "C", "LANG": "C", "TZ": "Asia/Shanghai"},
    "a read-only home": {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/cache"},
}

NO_NETWORK = """
import socket, sys
def refuse(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        address = args[0] if event == "socket.getaddrinfo" else args[1]
        host = address[0] if isinstance(address, tuple) else address
        if isinstance(host, str) and not host.startswith(("/", "127.")) and host not in ("localhost", ""):
            print("NETWORK", event, address, file=sys.stderr, flush=True)
            raise OSError(f"no network here: {address}")
sys.addaudithook(refuse)
"""


RUN = "import sys; from bangfu.notebooks import run; "
ONE = RUN + "run.main(sys.argv[1:])"
TWO = RUN + "run.ONE_THREAD.update(dict.fromkeys(run.ONE_THREAD, '2')); run.main(sys.argv[1:])"


def written(folder, environment, code=ONE):
    """Run the slice; gives the hash of each file that it wrote, by name."""
    cells = [
        nbformat.v4.new_code_cell(s) for s in (SETUP.strip(), "show(figure, 'zh')", "Table(data.head(9))")
    ]
    (folder / "notebooks").mkdir(parents=True)
    path = folder / "notebooks/slice.ipynb"
    path.write_text(text(normalise(nbformat.v4.new_notebook(cells=cells))), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env=os.environ | {FOLDER: str(folder / "figures")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "NETWORK" not in done.stderr
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents(folder).items()}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    made = written(tmp_path_factory.mktemp("here") / "study", {})
    assert len(made) == 9
    return made


@pytest.mark.parametrize("where", ELSEWHERE)
def test_the_same_bytes_elsewhere(here, where, tmp_path):
    assert written(tmp_path / "study", ELSEWHERE[where]) == here


FOUND = (
    "import sys; from matplotlib.font_manager import findfont; print(*map(findfont, sys.argv[1:]), sep='\\n')"
)


def fonts(environment):
    """What a fresh process finds under the decoys' names."""
    done = subprocess.run(
        [sys.executable, "-c", FOUND, *decoy.FAMILIES], env=os.environ | environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout.split("\n")[:2]


@pytest.mark.parametrize("cache", ["fresh", "stale"])
def test_the_same_bytes_beside_a_system_font_of_the_same_family(here, cache, tmp_path):
    environment = decoy.install(tmp_path / "home")
    if cache == "stale":
        fonts(environment)
        (file,) = (tmp_path / "home/matplotlib").glob("fontlist*.json")
        known = json.loads(file.read_text())
        for entry in known["ttflist"]:
            if entry["name"].startswith("DejaVu"):
                entry["fname"] = (
                    "/gone.ttf"  # the default font is not where it was: matplotlib reads all again
                )
        file.write_text(json.dumps(known))
    made = written(tmp_path / "study", environment)
    # by its name the decoy is found, or the system's own font of that family where it is installed: not the bundled one
    assert all("mplfonts" not in found for found in fonts(environment)), "another font is found by the name"
    assert made == here


def test_the_same_bytes_on_two_threads(here, tmp_path):
    assert written(tmp_path / "study", {}, TWO) == here


def test_the_same_bytes_without_network(here, tmp_path):
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard/sitecustomize.py").write_text(NO_NETWORK)
    assert written(tmp_path / "study", {"PYTHONPATH": str(tmp_path / "guard")}) == here


def test_the_guard_against_the_network_would_speak(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK)
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0 and "NETWORK" in done.stderr
