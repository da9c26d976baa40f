"""From a register to page, briefs and ledger: other registers than the shipped one, and names that are code."""

import json
import re
import shutil

import pandas as pd
import pytest

import bangfu
from bangfu.compare import compare_models
from bangfu.figures import write
from bangfu.reproduce.manifest import manifest
from bangfu.reproduce.publish import NotMade, publish
from bangfu.simulation import simulate
from tests.shared import ROOT

EVIL = "<script>alert(1)</script> #import 'x' ${1}"


def own(source, folder, *, models=()):
    """The same households as if a survey had asked them, with names that are code; some models left out."""
    shutil.copytree(source, folder)
    shutil.rmtree(folder / "truth")
    text = (folder / "register.toml").read_text(encoding="utf-8").replace('"synthetic"', '"survey"', 1)
    text = re.sub(r"^(title_\w+) = .*$", rf'\1 = "{EVIL}"', text, flags=re.M)
    (folder / "register.toml").write_text(text, encoding="utf-8")
    for name in ("households", "incomes"):
        table = pd.read_parquet(folder / f"{name}.parquet")
        if "village_id" in table:
            table["village_id"] = table["village_id"].astype(str) + "=<script>alert(1)</script>"
            table.to_parquet(folder / f"{name}.parquet", index=False)
    if models:
        joined = pd.read_parquet(folder / "participation.parquet")
        joined[joined["model"].isin(models)].to_parquet(folder / "participation.parquet", index=False)
    return folder


def built(register, out):
    """What ``bangfu reproduce --register`` does after its notebooks: one figure, then page, briefs and ledger."""
    (out / "notebooks").mkdir(parents=True)
    write(compare_models(bangfu.load_register(register)).figure(), out / "figures")
    (out / "figures/manifest.json").write_bytes(manifest(out, ROOT))
    publish(out, ROOT, register)
    return {p.name: p.read_bytes() for p in (out / "figures").glob("*.*")}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Six villages."""
    return simulate(tmp_path_factory.mktemp("small") / "register", 300)


@pytest.fixture(scope="module")
def survey(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey")
    return built(own(small, folder / "register"), folder / "out")


def test_a_survey_gets_page_briefs_and_ledger_of_its_own(survey):
    assert {"index.html", "brief.en.pdf", "brief.zh.pdf", "results.json", "manifest.json"} == set(survey)
    page = survey["index.html"].decode()
    assert re.findall(r'<section id="(\w+)"', page) == ["own"]
    for word in ("invented", "SYNTHETIC", "非真实", "Baicheng", "白城", "359 problems"):
        assert word not in page
    lines = json.loads(survey["results.json"])["numbers"]
    assert {line["register"] for name, line in lines.items() if name != "brief:rule.smallest"} == {EVIL}
    assert all(re.fullmatch("[0-9a-f]{64}", line["data"]) for line in lines.values() if line["register"])


def test_names_that_are_code_show_as_text(survey):
    page = survey["index.html"].decode()
    assert page.count("<script") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt; #import &#39;x&#39;" in page
    pypdf = pytest.importorskip("pypdf", reason="the package pypdf is not installed")
    import io

    text = pypdf.PdfReader(io.BytesIO(survey["brief.en.pdf"])).pages[0].extract_text()
    assert EVIL in re.sub(r"\s+", " ", text)


def test_six_villages_are_told_as_too_few(survey):
    pypdf = pytest.importorskip("pypdf", reason="the package pypdf is not installed")
    import io

    text = re.sub(r"\s+", " ", pypdf.PdfReader(io.BytesIO(survey["brief.en.pdf"])).pages[0].extract_text())
    assert "These data cannot answer the question." in text
    assert "Models are not compared" in text and "No conclusion is drawn" in text
    assert not re.search(r"\d%", text.replace("95% range", ""))
    assert not any(
        ":gain." in name for name in json.loads(survey["results.json"])["numbers"] if "brief" in name
    )


def test_an_invented_register_stays_invented(small, tmp_path):
    files = built(small, tmp_path)
    page = files["index.html"].decode()
    assert re.findall(r'<section id="(\w+)"', page) == ["synthetic"]
    assert "Everything on this page is computed from invented households" in page
    assert "not graded: synthetic data" in page
    publish(tmp_path, ROOT, small)
    assert {name: (tmp_path / "figures" / name).read_bytes() for name in files} == files


def test_one_arm_is_told_as_one_arm(small, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="the package pypdf is not installed")
    import io

    register = own(simulate(tmp_path / "more", 1000), tmp_path / "register", models=["courtyard"])
    files = built(register, tmp_path / "out")
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(files["brief.en.pdf"])).pages)
    text = re.sub(r"\s+", " ", text)
    assert "courtyard economy alone" in text
    assert "only households with courtyard economy alone can be compared" in text
    assert "possible ranks" not in text.split("Method")[0]


PARTS = {
    "compared": {"brief.en.pdf", "brief.zh.pdf"},  # nothing to tell in a brief
    "own_brief": {"brief.en.pdf", "brief.zh.pdf"},
    "page": {"index.html"},
    "ledger": {"results.json"},
}
"""What fails -> what is not there then."""


@pytest.mark.parametrize("fails", PARTS)
def test_a_part_that_fails_leaves_the_others(survey, small, tmp_path, monkeypatch, fails):
    """The rest is built, what is not is named, and an error that may quote a household is named by its kind."""

    def fail(*_, **__):
        raise RuntimeError("household H77 earns 98765")

    monkeypatch.setattr(f"bangfu.reproduce.publish.{fails}", fail)
    out, refused = tmp_path / "out", []
    (out / "notebooks").mkdir(parents=True)
    register = own(small, tmp_path / "register")
    write(compare_models(bangfu.load_register(register)).figure(), out / "figures")
    (out / "figures/manifest.json").write_bytes(manifest(out, ROOT))
    publish(out, ROOT, register, refused)
    assert {p.name for p in (out / "figures").glob("*.*")} == set(survey) - PARTS[fails]
    (why,) = refused
    assert isinstance(why, NotMade) and "RuntimeError" in why.en and "98765" not in why.en + why.zh
    with pytest.raises(RuntimeError):
        publish(out, ROOT, register)
