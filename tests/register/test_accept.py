"""What an owner accepts is left out and counted: the answer is that of a register from which it was removed by hand."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.brief import findings
from bangfu.cells import Cells, merge
from bangfu.compare.schema import SCHEMA, document
from bangfu.errors import DataFault
from tests.register.damages import TEXT, cell, tables, write
from tests.register.planted import CASES, by_hand, planted


def same_cells(one, two):
    pd.testing.assert_frame_equal(one.villages, two.villages)
    assert one.paths == two.paths and one.years == two.years
    for name in ("village", "path", "seen", "households"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    np.testing.assert_allclose(one.weight, two.weight, rtol=1e-12)
    for name in one.outcomes:
        np.testing.assert_allclose(one.sums[name], two.sums[name], rtol=1e-12)


@pytest.mark.parametrize("what", CASES)
def test_what_is_accepted_is_left_out(tmp_path, what):
    rule, _, out, years, rows, identifiers = CASES[what]
    damaged, removed = (bangfu.load_register(f) for f in planted(tmp_path, what))
    found = [f for f in bangfu.check(damaged) if f.severity != "warning"]
    assert {(f.rule, f.severity, f.reason) for f in found} == {(rule, "accepted", "known")}
    same_cells(damaged.cells(), removed.cells())
    expected = removed.to_pandas()
    pd.testing.assert_frame_equal(damaged.to_pandas()[expected.columns.tolist()], expected)
    (accepted,) = damaged.accepted
    strangers = {"incomes of one who is not there": 3, "a subtotal": 5}.get(what, 0)
    assert (accepted.rule, accepted.rows, accepted.households) == (rule, rows, identifiers)
    assert accepted.household_years == 5 * len(out) + len(years) + strangers


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """Three kinds accepted at once, and the same removed by hand."""
    folder = tmp_path_factory.mktemp("several")
    parts = tables()
    cell("participation", "household_id", "013.0", 4)(parts)
    cell("participation", "from_year", 2201, 5)(parts)
    cell("incomes", "income_wage", "12,345", 20)(parts)
    accept = '[accept]\nunknown_household = "left the county"\nyear_range = "a slip"\ntype_number = "being corrected"\n'
    removed = by_hand(["013", "016"], [("005", 2014)])
    return write(folder / "damaged", parts, more=accept), write(folder / "removed", removed)


def test_estimates_are_those_of_the_register_without_them(several):
    damaged, removed = (bangfu.compare_models(bangfu.load_register(f)) for f in several)
    for name in ("table", "event_study", "contrasts"):
        one, two = getattr(damaged, name), getattr(removed, name)
        numbers = [c for c in two if two[c].dtype.kind == "f"]
        np.testing.assert_allclose(one[numbers], two[numbers], rtol=1e-12, atol=1e-12)
    assert removed.accepted.empty
    assert damaged.accepted.to_dict("list") == {
        "rule": ["type_number", "unknown_household", "year_range"],
        "reason": ["being corrected", "left the county", "a slip"],
        "rows": [1, 1, 1], "households": [0, 1, 1], "household_years": [1, 5, 5],
    }  # fmt: skip


def test_it_is_said_wherever_the_result_is(several):
    import jsonschema

    result = bangfu.compare_models(bangfu.load_register(several[0]), inside=True)
    for text in (result.text(), result._repr_html_(), result.figure().source.en, findings(result).dated.en):
        assert "unknown_household (left the county): rows 1, households 1, household-years 5" in text
    assert "已接受的错误" in result.text("zh") and "已接受的错误" in result.figure().source.zh
    written = document(result)
    jsonschema.validate(written, SCHEMA)
    assert [row["rule"] for row in written["accepted"]] == ["type_number", "unknown_household", "year_range"]


def test_cells_keep_it_and_merge_adds_it_up(several, tmp_path):
    cells = bangfu.load_register(several[0]).cells()
    kept = Cells.load(cells.save(tmp_path / "a.parquet"))
    assert kept.info.accepted == cells.info.accepted
    both = merge(kept, bangfu.load_register(several[1]).cells(), cells, disjoint=True)
    assert [(a.rule, a.rows, a.households, a.household_years) for a in both.info.accepted] == [
        ("type_number", 2, 0, 2), ("unknown_household", 2, 2, 10), ("year_range", 2, 2, 10),
    ]  # fmt: skip
    assert both.info.accepted[1].reason == "left the county"


def command(*words):
    done = subprocess.run(
        [sys.executable, "-m", "bangfu.cli", *map(str, words)], capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


def test_the_commands_say_it(several, tmp_path):
    code, out, _ = command("check", several[0])
    assert code == 0
    assert out.count("accepted [") == 3 and "0 faults, " in out and out.endswith(", 3 accepted\n")
    code, out, _ = command("check", several[0], "--json")
    assert {f["reason"] for f in json.loads(out) if f["severity"] == "accepted"} == {
        "left the county",
        "a slip",
        "being corrected",
    }
    code, out, _ = command("cells", several[0], "--out", tmp_path / "c.parquet", "--lang", "zh")
    assert code == 0 and "已接受的错误" in out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_command_prints_the_lines_of_check(tmp_path, lang):
    parts = tables()
    TEXT["absurd"][1](parts)
    TEXT["an unknown household joins"][1](parts)
    folder = write(tmp_path / "bad", parts)
    code, said, _ = command("check", folder, "--lang", lang)
    lines = [line for line in said.splitlines() if line.startswith(("FAULT", "错误"))]
    assert code == 1 and len(lines) == 3
    for words in (["compare", folder], ["cells", folder, "--out", tmp_path / "c.parquet"]):
        code, out, err = command(*words, "--lang", lang)
        assert (code, out, err.splitlines()[:-1]) == (1, "", lines)
    assert not (tmp_path / "c.parquet").exists()


def test_a_joiner_without_a_name_cannot_be_accepted(tmp_path):
    parts = tables()
    TEXT["an empty joiner"][1](parts)
    folder = write(tmp_path, parts, more='[accept]\nrequired = "lost"\n')
    with pytest.raises(DataFault, match="nobody knows who"):
        bangfu.load_register(folder).cells()


def test_the_rules_that_may_be_accepted_are_named_with_near_matches(tmp_path):
    folder = write(tmp_path, tables(), more='[accept]\nhousehold_exists = "x"\nunknown_houshold = "y"\n')
    faults = [f for f in bangfu.check(folder) if f.severity == "fault"]
    assert [f.rule for f in faults] == ["rule_known"] * 2
    assert "did you mean unknown_household?" in faults[1].en
    assert "files, columns" in faults[0].en
