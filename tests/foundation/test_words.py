"""Words have one meaning each, in both languages."""

import itertools

import pytest

from bangfu.errors import DataFault, Fault
from bangfu.words import BADGES, COMPONENTS, MODELS, TERMS, Word, arm_name


def test_every_term_stands_in_both_languages():
    for word in [*TERMS.values(), *BADGES.values(), *COMPONENTS.values(), *(m.name for m in MODELS)]:
        assert word.en.strip() and word.zh.strip()
        assert any("\u4e00" <= c <= "\u9fff" for c in word.zh)
        assert word["en"] == word.en and word["zh"] == word.zh


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_arm_prints_with_a_plus_sign(lang):
    ids = [m.id for m in MODELS]
    names = [arm_name(c, lang) for n in range(len(ids) + 1) for c in itertools.combinations(ids, n)]
    assert len(set(names)) == 2 ** len(ids)
    assert not any("+" in name for name in names)


def test_arms_of_a_model_of_ones_own():
    names = {"goats": Word("goats", "养羊")}
    assert arm_name(["goats"], "zh", names=names) == "仅养羊"
    assert (
        arm_name(["courtyard", "cooperative", "goats"], "en", names=names)
        == "courtyard economy, cooperative and goats"
    )


def test_a_fault_says_what_where_which_rule():
    fault = Fault(
        "incomes",
        "members_at_least_one",
        "members must be 1 or more",
        "人数至少为1",
        column="members",
        rows=(3, 9),
        value="-2",
    )
    assert (
        fault.text()
        == "[members_at_least_one] incomes, rows 3, 9, column members, value '-2': members must be 1 or more"
    )
    assert fault.text("zh") == "[members_at_least_one] incomes，第3、9行，列 members，值 '-2'：人数至少为1"
    assert str(DataFault([fault, fault])).count("\n") == 1
