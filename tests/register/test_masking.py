"""Nothing of a real register's cells is ever said, unless asked; an identity number never."""

import json
import sys

import pytest

import bangfu
from bangfu.cli import main
from bangfu.errors import DataFault, Fault
from tests.register.four import HOUSEHOLDS, INCOMES, PARTICIPATION, write

CARD = "220882198001011234"
SECRETS = ("zhangsan", "secretvalue", "V2", "9173", "7 Willow Lane", "orchard", CARD)


@pytest.fixture
def real(tmp_path):
    """A real register with a fault of many kinds, each with a word that must not be said."""
    return write(
        tmp_path / "register",
        "administrative",
        households=HOUSEHOLDS.replace("a,V2,false,1", "zhangsan,V2,7 Willow Lane,1") + "zhangsan,V3,,1\n",
        incomes=INCOMES.replace("a,2018,3,9000", "zhangsan,2018,3,secretvalue")
        + f"{CARD},9173,-5,1,1,1,3\nnobody{CARD},2018,2,1,1,1,3\nzhangsan,2018,1,1,1,1,3\n",
        participation=PARTICIPATION.replace("007,courtyard", "007,orchard") + f"{CARD},{CARD},2018,\n",
    )


def everything_said(folder):
    """All that check, load and display put out, in both languages."""
    found = bangfu.check(folder)
    assert len(found) > 8
    yield from (f.text(lang) for f in found for lang in ("en", "zh"))
    yield json.dumps([f.value for f in found])
    register = bangfu.load_register(folder)
    yield from (repr(register), register._repr_html_())
    for door in (register.describe, register.to_pandas, register.cells):
        with pytest.raises(DataFault) as refused:
            door()
        yield from (refused.value.text("en"), refused.value.text("zh"))


def test_no_cell_of_a_real_register_is_said(real):
    said = "\n".join(everything_said(real))
    assert [secret for secret in SECRETS if secret in said and secret != "9173"] == []


@pytest.mark.parametrize("options", [[], ["--json"], ["--lang", "zh"]])
def test_nor_by_the_command(real, options, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bangfu", "check", str(real), *options])
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    assert left.value.code == 1
    assert err == ""
    assert [secret for secret in SECRETS if secret in out] == []


def test_values_are_shown_when_asked_for_but_never_an_identity_number(real):
    said = "\n".join(f.text() for f in bangfu.check(real, show_values=True))
    assert "secretvalue" in said and "orchard" in said
    assert CARD not in said


def test_files_that_cannot_be_read_are_refused_without_their_cells(real):
    for content in (
        f"{CARD},zhangsan\n{CARD},secretvalue\n",
        f'household_id,village_id\n{CARD},"zhangsan\n',
        f"household_id,village_id\n{CARD},zhangsan,secretvalue\n",
        f"{CARD},{CARD}\n",
    ):
        (real / "households.csv").write_text(content, encoding="utf-8")
        said = str([f for f in bangfu.check(real) if f.table == "households"])
        assert "fault" in said
        assert [secret for secret in SECRETS if secret in said] == []


def test_an_identity_number_is_blotted_out_of_every_fault():
    fault = Fault(
        "t", "r", f"no {CARD} and 110101800101123", f"无{CARD}", value=f"x{CARD}", file=f"{CARD}.csv"
    )
    assert CARD not in str(fault) + fault.text() + fault.text("zh")
    assert "110101800101123" not in fault.text()
    assert Fault("t", "r", "12345678901234", "").en == "12345678901234"


def test_few_households_of_a_real_register_have_no_means(tmp_path):
    described = bangfu.load_register(write(tmp_path, "survey")).describe()
    assert described.balance["mean"].isna().all()
    assert "SYNTHETIC" not in described.text()
    invented = bangfu.load_register(write(tmp_path)).describe()
    assert invented.balance["mean"].notna().any()
    assert "SYNTHETIC" in invented._repr_html_() and "非真实农户" in invented.html("zh")
