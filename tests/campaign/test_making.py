"""A record of one's own: started, filled in, checked, verified; and notebook 1 on records of other campaigns."""

import ast
import csv
import os
import subprocess
import sys

import pytest

import bangfu
from bangfu.campaign.make import new_record
from bangfu.campaign.spans import Span, digest, places_of
from bangfu.errors import DataFault, WrongUse
from bangfu.notebooks.normal import load, text
from bangfu.notebooks.run import execute
from bangfu.packages import description
from tests.campaign import codebook, others
from tests.shared import ROOT, shared


def run(*words, code=0):
    found = subprocess.run(
        [sys.executable, "-m", "bangfu.cli", "campaign", *map(str, words)],
        capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert found.returncode == code, found.stdout + found.stderr
    assert "Traceback" not in found.stderr
    return found.stdout + found.stderr


def test_the_codebook_lists_what_the_description_says():
    assert (
        codebook.CODEBOOK.read_text(encoding="utf-8").partition(codebook.HEAD)[2] == f"\n{codebook.tables()}"
    )


def test_every_field_has_a_chinese_description():
    for resource in description(ROOT / "data/campaign"):
        assert all(field["bangfu:zh"] for field in resource["schema"]["fields"])


def test_a_new_record(tmp_path):
    folder = new_record(tmp_path / "mine")
    for resource in description(ROOT / "data/campaign"):
        content = (folder / resource["path"]).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf"), "spreadsheet programs read the mark"
        (header,) = csv.reader(content.decode("utf-8-sig").splitlines())
        assert header == [f["name"] for f in resource["schema"]["fields"]]
    with pytest.raises(DataFault) as caught:
        bangfu.load_campaign(folder)
    assert [f.rule for f in caught.value.faults] == ["has_rows"]
    example = bangfu.load_campaign(folder / "example")
    assert example.synthetic and len(example.actions) == 3
    assert example.total("donation").exact == 30_000
    assert "8 match, 0 do not" in run(folder / "example", "--verify", folder / "example" / "text.txt")
    with pytest.raises(WrongUse, match="exists already"):
        new_record(folder)


def test_a_filled_in_template_is_a_record(tmp_path):
    """The example's rows under the headers of the empty tables: a record that passes."""
    folder = new_record(tmp_path / "mine")
    for path in (folder / "example").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with (folder / path.name).open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file))
        with (folder / path.name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows(rows)
    assert len(bangfu.load_campaign(folder).actions) == 3


def test_commands(tmp_path):
    assert "empty tables" in run("--new", tmp_path / "a") and "exists already" in run(
        "--new", tmp_path / "a", code=2
    )
    assert "已建立" in run("--new", tmp_path / "b", "--lang", "zh")
    assert "one of" in run("--new", tmp_path / "c", "--table", "funds", code=2)
    own = others.write(tmp_path / "r", "work report")
    texts = {}
    for source, content in others.TEXTS["work report"].items():
        texts[source] = tmp_path / f"{source}.txt"
        texts[source].write_text(content, encoding="utf-16" if source == "S2" else "gb18030")
    both = [w for s, p in texts.items() for w in ("--verify", f"{s}={p}")]
    assert "11 spans: 11 match, 0 do not" in run(own, *both)
    assert "S2: not checked" in run(own, "--verify", f"S1={texts['S1']}")
    assert "SOURCE_ID=TEXT" in run(own, "--verify", texts["S1"], "--verify", texts["S2"], code=2)
    assert "the text as a whole is NOT" in run(own, "--verify", f"S1={texts['S2']}", code=1)
    shown = run(own, "--lang", "zh")
    assert "举措（4项）" in shown and "未记载" in shown and "银行" in shown
    assert "村委会" in shown and "claims" not in shown


def test_span_gives_what_verify_holds(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("甲乙丙。\n甲乙,丁", encoding="utf-8")
    lines = run("--span", path, "甲乙").splitlines()
    assert lines[:3] == ["span,span_sha256", f"text.1.0-2,{digest('甲乙')}", f"text.1.4-6,{digest('甲乙')}"]
    assert "characters 8" in lines[3]
    assert "do not stand" in run("--span", path, "戊", code=1)
    assert "no file" in run("--span", tmp_path / "none", "戊", code=2)


def test_span_in_the_sections_of_a_known_text():
    article = shared("source/*.txt")
    funds = bangfu.load_campaign().funds.set_index("fund_id")
    assert f"{funds.at['F3', 'span']},{funds.at['F3', 'span_sha256']}" in run(
        "--span", article, "争取省里项目资金447万元"
    )


def test_places_of_every_occurrence():
    assert list(places_of("aa", "aaa")) == [Span("text", 1, 0, 2), Span("text", 1, 1, 3)]
    assert list(places_of(" ", "aaa")) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", others.RECORDS)
def test_notebook_1_runs_on_it(tmp_path, name):
    own = others.write(tmp_path / "r", name)
    notebook = load(ROOT / "notebooks/01_campaign.ipynb")
    config = next(c for c in notebook.cells if c.cell_type == "code")
    tree = ast.parse(config.source)
    assert "FOLDER: Path | None = None" in ast.unparse(tree)
    config.source = config.source.replace(
        "FOLDER: Path | None = None", f"FOLDER: Path | None = Path({str(own)!r})"
    )
    path = tmp_path / "01_campaign.ipynb"
    path.write_text(text(notebook), encoding="utf-8")
    said = text(execute(path))
    assert "SYNTHETIC" in said and '"output_type": "error"' not in said
    assert "counties of Baicheng" not in said
