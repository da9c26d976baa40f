"""The shipped description validates with Frictionless itself, and so do the tables."""

import json

import pytest

from tests.shared import ROOT


@pytest.mark.parametrize("folder", sorted(p.parent.name for p in (ROOT / "data").glob("*/datapackage.json")))
def test_shipped_packages_validate(folder):
    from frictionless import validate

    report = validate(str(ROOT / "data" / folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "rowNumber", "fieldName", "message"])


def test_every_field_is_described():
    package = json.loads((ROOT / "data/campaign/datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"]
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            assert len(field["description"]) > 2, (resource["name"], field["name"])
            if field["name"].startswith("amount"):
                assert field["unit"] == "yuan"
