"""The README speaks of what stands: its exhibits, its commands, its links."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from bangfu.cli import app
from tests.shared import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
README_ZH = (ROOT / "README.zh.md").read_text(encoding="utf-8")


def test_the_exhibits_are_the_figures_and_come_from_the_notebooks_named():
    manifest = json.loads((ROOT / "figures" / "manifest.json").read_text(encoding="utf-8"))
    listed = re.findall(r"^\| Figure (\w+): [^|]+ \| notebooks/(\S+) \|", README, flags=re.M)
    assert sorted(listed) == sorted({(f["figure"], f["notebook"]) for f in manifest["figures"]})


@pytest.mark.parametrize("text", [README, README_ZH], ids=["en", "zh"])
def test_every_command_named_exists(text):
    commands = set(get_command(app).commands)
    named = set(re.findall(r"(?:^|`)bangfu ([a-z]+)\b", text, flags=re.M))
    assert named and named <= commands


@pytest.mark.parametrize("text", [README, README_ZH], ids=["en", "zh"])
def test_every_link_and_folder_named_exists(text):
    links = [x for x in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in x]
    folders = re.findall(r"`(data/\w+)`", text)
    missing = [x for x in [*links, *folders] if not Path(ROOT, x).exists()]
    assert not missing
