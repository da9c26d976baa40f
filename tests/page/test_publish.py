"""From a register to page, briefs and ledger: other registers than the shipped one, and names that are code."""

import json
import re
import shutil

import pandas as pd
import pytest

import bangfu
from bangfu.brief import Findings, own_brief
from bangfu.compare import compare_models
from bangfu.figures import write
from bangfu.glyphs import spelt
from bangfu.reproduce.manifest import folder_hash, manifest, named
from bangfu.reproduce.publish import NotMade, publish
from bangfu.simulation import simulate
from bangfu.words import Word
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
    write(compare_models(bangfu.load_register(register), inside=True).figure(), out / "figures")
    (out / "figures/manifest.json").write_bytes(manifest(out, ROOT, register))
    publish(out, ROOT, register, inside=True)
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
    named = {line["register"] for name, line in lines.items() if name != "brief:rule.smallest"}
    assert len(named) == 1 and named.pop().startswith(f"{EVIL} (")
    assert all(re.fullmatch("[0-9a-f]{64}", line["data"]) for line in lines.values() if line["register"])


def test_names_that_are_code_show_as_text(survey):
    page = survey["index.html"].decode()
    assert page.count("<script") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt; #import &#39;x&#39;" in page
    pypdf = pytest.importorskip("pypdf", reason="the package pypdf is not installed")
    import io

    text = pypdf.PdfReader(io.BytesIO(survey["brief.en.pdf"])).pages[0].extract_text()
    assert EVIL in re.sub(r"\s+", " ", text)


def test_every_part_names_this_register_and_its_hash(small, survey, tmp_path):
    """Also where no comparison can be made: never the shipped, invented one."""
    shipped = folder_hash(ROOT / "data/register")
    same = own(small, tmp_path / "register")
    name, digest = named(same), folder_hash(same)
    assert name.startswith(f"{EVIL} (") and digest != shipped
    for text in survey["manifest.json"], survey["results.json"], survey["index.html"]:
        assert shipped.encode() not in text and b"data/register" not in text
        assert digest[:16].encode() in text
    assert name in json.loads(survey["manifest.json"])["data"]
    joined = pd.read_parquet(same / "participation.parquet").iloc[:0]
    joined.to_parquet(same / "participation.parquet", index=False)
    out, refused = tmp_path / "none", []
    (out / "notebooks").mkdir(parents=True)
    (out / "figures").mkdir()
    (out / "figures/manifest.json").write_bytes(manifest(out, ROOT, same))
    publish(out, ROOT, same, refused)
    for path in (out / "figures").glob("*.*"):
        assert shipped.encode() not in path.read_bytes() and b"data/register" not in path.read_bytes(), path
    lines = json.loads((out / "figures/results.json").read_text(encoding="utf-8"))["numbers"]
    assert {line["register"] for line in lines.values()} <= {name, "", "data/campaign", "data/reference"}


SCRIPTS = {"emoji": "😀", "uyghur": "ئۇيغۇر", "tibetan": "བོད", "mongolian": "ᠮᠣᠩᠭᠣᠯ", "yi": "ꆈꌠ"}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_title_that_the_fonts_lack_is_named_and_spelt(small, tmp_path, script):
    """``check`` names key and characters; brief and figure print their codes, and both are there."""
    pypdf = pytest.importorskip("pypdf", reason="the package pypdf is not installed")
    import io

    word = SCRIPTS[script]
    register = own(small, tmp_path / "register")
    text = (register / "register.toml").read_text(encoding="utf-8")
    text = re.sub(r"^(title_\w+) = .*$", rf'\1 = "County {word}"', text, flags=re.M)
    (register / "register.toml").write_text(text, encoding="utf-8")
    code = f"U+{ord(word[0]):04X}"
    said = [f for f in bangfu.check(register) if f.rule == "characters_printed"]
    assert {f.column for f in said} == {"title_en", "title_zh"} and {f.severity for f in said} == {"warning"}
    assert all(code in f.en and code in f.zh and "register" in f.table for f in said)
    found = Findings(
        bangfu.load_register(register).info.title, False, problem=Word("nobody joined", "无人参加")
    )
    for lang in ("en", "zh"):
        page = pypdf.PdfReader(io.BytesIO(own_brief(lang, found, Word("low", "较低")).pdf())).pages[0]
        assert code in re.sub(r"\s+", "", page.extract_text())
    assert spelt(word).startswith(f"[{code}") and spelt("庭院经济 garden") == "庭院经济 garden"


def test_six_villages_are_told_as_too_few(small, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="the package pypdf is not installed")
    import io

    register, out = own(small, tmp_path / "register"), tmp_path / "out"
    (out / "notebooks").mkdir(parents=True)
    (out / "figures").mkdir()
    (out / "figures/manifest.json").write_bytes(manifest(out, ROOT, register))
    publish(out, ROOT, register)
    brief = pypdf.PdfReader(io.BytesIO((out / "figures/brief.en.pdf").read_bytes()))
    text = re.sub(r"\s+", " ", brief.pages[0].extract_text())
    assert "These data cannot answer the question." in text
    assert "withheld: too few households" in text and "not for release" not in text
    assert not re.search(r"\d%", text.replace("95% range", ""))
    numbers = json.loads((out / "figures/results.json").read_text(encoding="utf-8"))["numbers"]
    assert not any(":gain." in name for name in numbers)


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
    write(compare_models(bangfu.load_register(register), inside=True).figure(), out / "figures")
    (out / "figures/manifest.json").write_bytes(manifest(out, ROOT))
    publish(out, ROOT, register, refused, inside=True)
    assert {p.name for p in (out / "figures").glob("*.*")} == set(survey) - PARTS[fails]
    (why,) = refused
    assert isinstance(why, NotMade) and "RuntimeError" in why.en and "98765" not in why.en + why.zh
    with pytest.raises(RuntimeError):
        publish(out, ROOT, register, inside=True)
