"""The gate is tested by breaking what it guards."""

import base64
import json
import shutil

import pytest

from bangfu.notebooks.rules import faults
from bangfu.reproduce.gate import gate
from tests.small_study import small_study


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("study") / "root", notebooks=1)


@pytest.fixture
def root(committed, tmp_path):
    shutil.copytree(committed, tmp_path / "root")
    return tmp_path / "root"


def edit(root, change):
    """Change the committed notebook as a careless hand would."""
    path = root / "notebooks/01_one.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["cells"])
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def image(cells):
    return cells[2]["outputs"][0]


def junk(cells):
    image(cells)["data"]["image/png"] = base64.b64encode(b"junk").decode() + "\n"


def scrambled(cells):
    cells[1]["execution_count"], cells[2]["execution_count"] = 2, 1


def never_run(cells):
    cells[3]["execution_count"] = None


def stderr(cells):
    cells[3]["outputs"].append({"output_type": "stream", "name": "stderr", "text": ["warning\n"]})


def error(cells):
    cells[3]["outputs"].append({"output_type": "error", "ename": "E", "evalue": "e", "traceback": []})


def path_of_a_machine(cells):
    cells[3]["outputs"][0]["text"] = ["total True in /home/somebody/data\n"]


def escape_marker(cells):
    cells[3]["source"] = ["# NBVAL_IGNORE_OUTPUT\n", "print('total', 1)"]


def escape_tag(cells):
    cells[3]["metadata"] = {"tags": ["nbval-ignore-output"]}


def timing(cells):
    cells[1]["metadata"] = {"execution": {"iopub.status.idle": "2026-01-01T00:00:00Z"}}


def foreign_image(cells):
    image(cells)["metadata"].pop("bangfu_figure")


STATIC = {
    junk: "image_equals_file",
    scrambled: "in_order",
    never_run: "in_order",
    stderr: "no_errors",
    error: "no_errors",
    path_of_a_machine: "no_machine_path",
    escape_marker: "no_escape",
    escape_tag: "no_escape",
    timing: "normal_form",
    foreign_image: "image_is_a_figure",
}


@pytest.mark.parametrize("change", STATIC, ids=lambda c: c.__name__)
def test_a_broken_rule_is_named(root, change):
    path = root / "notebooks/01_one.ipynb"
    assert list(faults(path, root / "figures")) == []
    edit(root, change)
    assert STATIC[change] in {f.rule for f in faults(path, root / "figures")}


def test_a_whole_study_passes_two_notebooks_at_a_time(tmp_path):
    assert gate(small_study(tmp_path / "root"), workers=2) == []


def stale_number(cells):
    text = cells[4]["outputs"][0]["data"]["text/plain"]
    assert any("1.50" in line for line in text)
    cells[4]["outputs"][0]["data"]["text/plain"] = [line.replace("1.50", "1.51") for line in text]


def stale_html(cells):
    html = cells[4]["outputs"][0]["data"]["text/html"]
    assert any("1.50" in line for line in html)
    cells[4]["outputs"][0]["data"]["text/html"] = [line.replace("1.50", "1.51") for line in html]


def deleted_output(cells):
    cells[3]["outputs"] = []


def deleted_picture(cells):
    image(cells)["data"].pop("image/png")


def extra_output(cells):
    cells[3]["outputs"].append(
        {"output_type": "display_data", "data": {"text/plain": ["+8%"]}, "metadata": {}}
    )


def another_type(cells):
    cells[4]["outputs"][0]["output_type"] = "display_data"
    cells[4]["outputs"][0].pop("execution_count")


def another_name(cells):
    image(cells)["metadata"]["image/png"]["alt"] = "something else"


# Each group breaks different cells, so that one run shows that each is found by itself (nbval counts code cells).
GROUPS = (
    {deleted_picture: "Cell 1", deleted_output: "Cell 2", stale_number: "Cell 3"},
    {another_name: "Cell 1", extra_output: "Cell 2", stale_html: "Cell 3"},
    {another_type: "Cell 3"},
)


@pytest.mark.parametrize("group", GROUPS, ids=lambda g: "-".join(c.__name__ for c in g))
def test_an_output_that_the_code_does_not_produce(root, group):
    for change in group:
        edit(root, change)
    cells = {line.split(":")[1].split(", ")[1] for line in gate(root, workers=1) if line.startswith("nbval")}
    assert cells == set(group.values())


def test_swapped_figures_strays_and_losses(root):
    """Image and file agree with one another and are both wrong: only the run itself can tell."""
    files = {lang: root / f"figures/{lang}/01_one_SYNTHETIC.png" for lang in ("en", "zh")}
    english, chinese = files["en"].read_bytes(), files["zh"].read_bytes()
    assert english != chinese
    files["en"].write_bytes(chinese)
    files["zh"].write_bytes(english)
    (root / "figures/en/99_stray.png").write_bytes(b"x")
    (root / "figures/zh/01_one_SYNTHETIC.csv").unlink()

    def swap(cells):
        image(cells)["data"]["image/png"] = base64.b64encode(chinese).decode() + "\n"

    edit(root, swap)
    assert "image_equals_file" not in {
        f.rule for f in faults(root / "notebooks/01_one.ipynb", root / "figures")
    }
    found = gate(root, workers=1)
    for lang in ("en", "zh"):
        line = f"figures/{lang}/01_one_SYNTHETIC.png: the file drawn during the run differs from the committed one"
        assert line in found
    assert any(line.startswith("nbval: 01_one.ipynb, Cell 1: ") for line in found)
    assert "figures/en/99_stray.png: committed but drawn by no notebook" in found
    assert "figures/zh/01_one_SYNTHETIC.csv: drawn by a notebook but not committed" in found
    assert any("manifest.json" in line for line in found)


def test_no_setting_from_outside_softens_the_gate(root, monkeypatch, tmp_path):
    """Options in the environment and a conftest beside the notebooks are not heard."""
    rule = tmp_path / "anything.cfg"
    rule.write_text("[digits]\nregex: [0-9.]+\nreplace: N\n")
    monkeypatch.setenv("PYTEST_ADDOPTS", f"--nbval-sanitize-with={rule} --deselect=notebooks")
    (root / "notebooks/conftest.py").write_text("collect_ignore_glob = ['*.ipynb']\n")
    edit(root, stale_number)
    fault, stale = gate(root, workers=1)
    assert fault.startswith("nbval") and "Cell 3" in fault and stale.startswith("figures/manifest.json")
    assert "1.51" in fault and "1.50" in fault


def test_data_that_changed_after_the_figures_were_made(root, monkeypatch):
    (root / "data/somewhere/facts.csv").write_bytes(b"x\n2\n")
    (fault,) = gate(root, workers=1)
    assert "manifest.json" in fault


def test_a_page_that_is_not_of_these_figures(root):
    page = root / "figures/index.html"
    page.write_bytes(page.read_bytes() + b"<!-- a number -->\n")
    (root / "figures/results.json").unlink()
    found = gate(root, workers=1)
    assert [line.split(":")[0] for line in found] == [
        "figures/manifest.json",
        "figures/index.html",
        "figures/results.json",
    ]
