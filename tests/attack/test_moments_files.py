"""Altered files of moments: every field, with the digests as they were and made again by a forger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bangfu.errors import BangfuError
from bangfu.moments import Moments, pooled_effects
from tests.attack.altered import FORGED, OTHERS, VALUES, broken_moments, changed, fields
from tests.attack.altered import write_moments as write
from tests.moments.counties import cells, panel


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("moments")
    cells(panel(3, 40)).moments().save(home / "county.json", log=home / "log")
    return json.loads((home / "county.json").read_text(encoding="utf-8"))


def refused(path: Path) -> str:
    with pytest.raises(BangfuError) as found:
        Moments.load(path)
    for text in (found.value.en, found.value.zh):
        assert "county.json" in text and "\n" not in text and len(text) < 700
    assert found.value.zh != found.value.en
    return found.value.en


def test_every_field(content, tmp_path):
    """With the digests as they were every change is refused; forged ones are refused or make a file that works."""
    path, tried, believed = tmp_path / "county.json", 0, 0
    for place in fields(content):
        if place[0] == "correlations" and len(place) > 2 and place[1] % 7:
            continue
        for value in VALUES:
            new = changed(content, place, value)
            if json.dumps(new) == json.dumps(content):
                continue
            tried += 1
            write(path, new, forged=False)
            message = refused(path)
            named = (str(place[0]), "JSON", "format", "moments", "correlations")
            assert any(n in message for n in named), (place, message)
            write(path, new, forged=True)
            try:
                found = Moments.load(path)
            except BangfuError:
                refused(path)
            else:
                believed += 1
                assert np.isfinite(found.covariance).all() and len(found.table)
    assert tried >= 1_500 and believed < tried / 3


@pytest.mark.parametrize("what", FORGED)
def test_what_breaks_a_rule_is_refused_with_its_digest_too(what, content, tmp_path):
    place, _ = FORGED[what]
    write(tmp_path / "county.json", broken_moments(content, what), forged=True)
    assert str(place[-1]) in refused(tmp_path / "county.json") or isinstance(place[-1], int)


def test_accidents_that_keep_the_rules_are_found_by_their_digest(content, tmp_path):
    path = tmp_path / "county.json"
    for place, value in (
        (("results", 1, "error_of_difference"), content["results"][1]["error_of_difference"] / 10), (("rules", "kind"), "survey"),
        (("inside",), True), (("results", 1, "joiners"), content["results"][1]["joiners"] + 1),
    ):  # fmt: skip
        new = changed(content, place, value)
        write(path, new, forged=False)
        assert f"{place[0]}{'.' + str(place[1]) if len(place) > 1 else ''}" in refused(path)
        write(path, new, forged=True)
        Moments.load(path)  # what SECURITY.md says: digests are no signature
    twice = content | {"results": [*content["results"], content["results"][0]]}
    write(path, twice, forged=True)
    assert "results" in refused(path)


def test_flipped_and_cut_bytes(content, tmp_path):
    path, before = tmp_path / "county.json", None
    write(path, content, forged=False)
    before, whole, random = Moments.load(path), path.read_bytes(), np.random.default_rng(1)
    for place in random.integers(0, len(whole), 200):
        bent = bytearray(whole)
        bent[place] ^= int(random.integers(1, 256))
        path.write_bytes(bytes(bent))
        try:
            found = Moments.load(path)
        except BangfuError as error:
            assert "county.json" in error.en
        else:
            assert found.table.equals(before.table) and np.array_equal(found.covariance, before.covariance)
    for length in random.integers(0, len(whole), 50):
        path.write_bytes(whole[:length])
        refused(path)


@pytest.mark.parametrize("what", OTHERS)
def test_something_else(what, tmp_path):
    (tmp_path / "county.json").write_bytes(OTHERS[what])
    refused(tmp_path / "county.json")


def test_another_format(content, tmp_path):
    for found in (2, 4, "3", None):
        write(tmp_path / "county.json", content | {"bangfu_moments": found}, forged=True)
        assert f"format {found}" in refused(tmp_path / "county.json")


@pytest.mark.parametrize("inside", [True, False])
def test_what_is_written_reads_back(inside, tmp_path):
    made = cells(panel(4, 40)).moments(inside=inside)
    found = Moments.load(made.save(tmp_path / "x.parquet", log=tmp_path / "log"))
    assert found.table.equals(made.table) and found.rules == json.loads(json.dumps(made.rules))
    np.testing.assert_allclose(
        found.covariance, made.covariance, rtol=1e-9, atol=1e-9 * np.diag(made.covariance).max()
    )
    assert (found.inside, found.registers, found.withheld, found.handed) == (
        inside,
        made.registers,
        made.withheld,
        None,
    )
    if inside:
        one, two = (pooled_effects(m).table for m in (made, found))
        np.testing.assert_allclose(one["std_error"], two["std_error"], rtol=1e-9)
        assert (tmp_path / "x.parquet").stat().st_mode & 0o077 == 0 and not (tmp_path / "log").exists()
