"""Figures 1 to 5 on the shipped record and on others: counts by hand, not recorded said, nothing unreadable."""

import dataclasses
import re

import pytest

import bangfu
from bangfu.campaign.counting import results
from bangfu.campaign.money import KINDS
from bangfu.campaign.window import window
from bangfu.facts import record_facts
from bangfu.figures.public_facts import public_facts_figure
from bangfu.figures.record import actions_figure
from bangfu.figures.record_claims import claims_figure
from bangfu.figures.record_dates import _ticks, dates_figure
from bangfu.figures.record_funds import funds_figure
from bangfu.figures.record_gaps import gaps_figure
from bangfu.figures.render import svg
from tests.campaign import others
from tests.figures.texts import complaints, drawn

FIGURES = (actions_figure, claims_figure, funds_figure, dates_figure, gaps_figure)


@pytest.fixture(scope="module")
def campaign():
    return bangfu.load_campaign()


def of(tmp_path, name):
    return bangfu.load_campaign(others.write(tmp_path / "r", name))


def serious(figure):
    """Complaints but those on the components' official names, on 'Taonan', and on a record in English alone."""
    return [
        c for c in complaints(figure) if "+" not in c and "Taonan" not in c and "English in Chinese" not in c
    ]


@pytest.mark.parametrize("make", FIGURES)
def test_texts_of_the_shipped_figures(campaign, make):
    assert serious(make(campaign)) == []


@pytest.mark.parametrize("name", others.RECORDS)
def test_texts_of_other_records(tmp_path, name):
    record = of(tmp_path, name)
    for make in FIGURES:
        figure = make(record)
        assert serious(figure) == []
        for lang in ("en", "zh"):
            assert not [t for t in drawn(figure, lang) if "None" in t or "nan" in t.split()]


def test_figure_2_by_hand(campaign):
    """Counted: 359 problems, 100 and 16 greenhouses, and the four sums with an amount; the plan's count stands once."""
    found = results(campaign)
    assert found["step"].value_counts().to_dict() == {"words": 19, "goal": 8, "counted": 7}
    counted = found[found["step"] == "counted"]
    assert set(counted["id"]) == {"O11", "X07", "X21", "F1", "F2", "F3", "F4"}
    figure = claims_figure(campaign)
    assert figure.title.en == "Of 26 claimed results 7 have a number; none reports income"
    assert figure.title.zh == "报道列举成效26项，7项附有数字，均未涉及农户收入"
    assert "投资建设蔬菜大棚：100" in drawn(figure) and "项目资金：近300万元" in drawn(figure)
    assert not {"O01", "O04", "O05"} & set(found["id"])


def test_what_a_claim_measures_never_overrides_its_status(tmp_path):
    found = results(of(tmp_path, "Chinese only")).set_index("id")["step"]
    assert found.to_dict() == {"C1": "goal", "C2": "income", "C3": "words"}


@pytest.mark.parametrize(
    ("table", "make", "keys"),
    [
        ("gaps", gaps_figure, ("gaps.total", "gaps.needed")),
        ("claims", claims_figure, ("claims.all", "claims.income")),
        ("funds", funds_figure, ("funds.sums",)),
        ("actions", actions_figure, ("actions.total",)),
    ],
)
def test_a_table_without_rows_is_not_recorded(campaign, table, make, keys):
    empty = {table: getattr(campaign, table).head(0)}
    if table == "claims":
        empty["claim_gaps"] = campaign.claim_gaps.head(0)
    record = dataclasses.replace(campaign, **empty)
    title = make(record).title
    assert "not recorded" in title.en and ("未记载" in title.zh or "未登记" in title.zh)
    assert "0" not in title.en.replace("10", "")
    assert not set(keys) & set(record_facts(record))
    assert set(keys) <= set(record_facts(campaign))


def test_no_dates_at_all(campaign):
    record = dataclasses.replace(
        campaign,
        events=campaign.events.head(0),
        time_expressions=campaign.time_expressions.head(0),
        actions=campaign.actions.assign(date_min=None, date_max=None, date_quality=None),
    )
    assert dates_figure(record).title.en == "Dates: not recorded"


def test_the_window_counts_first_and_last_day(campaign, tmp_path):
    """Two weeks from the 11th at the earliest end on the 24th, from the 20th at the latest on 3 May: 23 days in all."""
    stay = window(campaign)
    assert [str(d) for d in (stay.start_low, stay.start_high, stay.end_low, stay.end_high)] == [
        "2017-04-11", "2017-04-20", "2017-04-24", "2017-05-03"
    ]  # fmt: skip
    assert (stay.days, stay.width, stay.exact) == (14, 23, False)
    event = campaign.events.set_index("event_id").loc["E2"]
    assert (event["date_min"], event["date_max"]) == (stay.start_low, stay.end_high)
    year = window(of(tmp_path, "work report"))
    assert (year.days, year.width, year.exact) == (345, 345, True)
    assert window(bangfu.load_campaign(others.write(tmp_path / "d", "one day"))).days == 1
    assert window(bangfu.load_campaign(others.write(tmp_path / "c", "Chinese only"))) is None


@pytest.mark.parametrize(("first", "last"), [("2017-04-01", "2017-05-08"), ("2018-01-01", "2018-12-20"), ("2010-01-01", "2020-12-31"), ("1990-01-01", "2025-01-01"), ("2018-03-01", "2018-03-02")])  # fmt: skip
def test_an_axis_is_readable(first, last):
    from datetime import date

    ticks = _ticks(date.fromisoformat(first), date.fromisoformat(last))
    assert 1 <= len(ticks) <= 14 and ticks == sorted(set(ticks))


def test_texts_follow_the_kind_of_source(campaign, tmp_path):
    shipped = actions_figure(campaign)
    assert (
        "newspaper" in shipped.source.en
        and "报道" in shipped.title.zh
        and "《吉林日报》" in shipped.source.zh
    )
    assert "reposted on 8 May 2017" in shipped.source.en
    for name in others.RECORDS:
        record = bangfu.load_campaign(others.write(tmp_path / name, name))
        for make in FIGURES:
            texts = make(record)
            for part in (texts.title, texts.subtitle, texts.reading, texts.not_shown, texts.source):
                assert "newspaper" not in part.en and "报道" not in part.zh, part


def test_a_record_in_one_language_prints_it_in_both(tmp_path):
    record = of(tmp_path, "Chinese only")
    assert "其他" in actions_figure(record).title.en
    assert record.components["name_en"].tolist() == ["庭院经济", "其他"]


def test_sums_within_sums(tmp_path):
    """Of 50 million, 30 are a grant of which 8 are the county's; the loan is nearly 12, the donation has no amount."""
    record = of(tmp_path, "work report")
    assert record.total("grant").exact == 30_000_000 and record.total("grant").sums == 1
    assert record.total("unspecified").exact == 50_000_000
    assert (record.total("loan").low, record.total("loan").high) == (0, 12_000_000)
    gift = record.total("donation")
    assert (gift.sums, gift.without_amount, gift.exact, gift.low) == (0, 1, None, None)
    assert str(record.total("investment")) == "investment: none recorded"
    unknown = record.funds.copy()
    unknown.loc[unknown["fund_id"] == "F2", ["amount_yuan", "precision"]] = [None, "missing"]
    partly = dataclasses.replace(record, funds=unknown).total("grant")
    assert (partly.sums, partly.without_amount, partly.exact, partly.low) == (1, 1, None, 8_000_000)
    assert (
        partly.high is None and str(partly) == "grant: at least 8,000,000 yuan (1 sum, 1 more without amount)"
    )


def test_public_facts_are_hollow_where_copied_and_none_is_the_reports(campaign):
    context = bangfu.load_context()
    figure = public_facts_figure(context, campaign)
    assert serious(figure) == [] and figure.badge == "published"
    assert set(figure.data["fact_id"]) <= set(context.facts["fact_id"])
    rows = figure.data.drop_duplicates("fact_id")
    assert figure.numbers["context.copies"].value == (rows["read"] == "copy").sum()
    exits = rows[rows["measure"] == "county_exit"].set_index("place_zh")["date"].astype(str).to_dict()
    assert exits == {
        "镇赉县": "2019-04-28", "洮南市": "2019-08-16", "大安市": "2020-04-11", "通榆县": "2020-04-11",
        "洮北区": "2020-04-11",
    }  # fmt: skip
    written = svg(figure, "en").decode()
    assert "10.4 (implied: 23.6 less 13.2)" in written and "5.1 (as said on 2017-03-06)" in written
    none = dataclasses.replace(context, facts=context.facts[context.facts["measure"] == "villages"])
    assert public_facts_figure(none, campaign).title.en == "Public facts: not recorded"


def test_claims_that_are_not_recorded_are_nowhere_counted(campaign):
    figure = claims_figure(dataclasses.replace(campaign, claims=campaign.claims.iloc[:0]))
    assert not {"claims.words", "claims.income", "claims.aims"} & set(figure.numbers)
    for text in (figure.title, figure.subtitle, figure.alt):
        assert not re.search(r"\b0\b|\baims|0项|目标", text.en + text.zh)
    assert "measured on incomes not recorded" in figure.alt.en and "实测收入未登记" in figure.alt.zh


def test_a_part_of_a_sum_is_no_sum_of_its_own(campaign):
    funds = campaign.funds.copy()
    funds.loc[funds["fund_id"] == "F3", "part_of"] = "F2"
    figure = funds_figure(dataclasses.replace(campaign, funds=funds))
    assert figure.numbers["funds.sums"].value == len(funds) - 1
    assert figure.numbers["funds.sums"].value == sum(
        v.value for k, v in figure.numbers.items() if k in {f"funds.{k.replace(' ', '_')}" for k in KINDS}
    )
    assert f"of {len(funds) - 1} sums" in figure.title.en and len(figure.data) == len(funds)
