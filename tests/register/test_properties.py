"""What must hold for every register: it reads back as written, and row order, files and form change nothing."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bangfu
from tests.register.four import TOML

AMOUNTS = st.none() | st.floats(-1e7, 1e7, allow_nan=False).map(lambda x: round(x, 2))
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)
NAMES = NAMES.filter(lambda s: s.strip() == s)
TEXTS = st.one_of(NAMES, st.from_regex(r"\A0*[0-9]{1,18}\Z"))
FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def registers(draw):
    """Households in villages, with incomes in some years and perhaps a model."""
    ids = draw(st.lists(TEXTS, min_size=1, max_size=6, unique=True))
    homes = pd.DataFrame({"household_id": ids, "village_id": [draw(NAMES) for _ in ids]})
    homes["head_female"] = pd.array([draw(st.none() | st.booleans()) for _ in ids], "boolean")
    keys = [(h, y) for h in ids for y in range(2014, 2018) if draw(st.booleans())] or [(ids[0], 2014)]
    rows = pd.DataFrame(keys, columns=["household_id", "year"])
    rows["members"] = [draw(st.integers(1, 9)) for _ in keys]
    rows["income_wage"] = pd.array([draw(AMOUNTS) for _ in keys], "Float64")
    rows["income_business"] = pd.array([draw(AMOUNTS) for _ in keys], "Float64")
    joined = [
        (h, draw(st.sampled_from(["courtyard", "enterprise"])), draw(st.integers(2013, 2018)))
        for h in ids[::2]
    ]
    joining = pd.DataFrame(joined, columns=["household_id", "model", "from_year"])
    return {"households": homes, "incomes": rows, "participation": joining}


def write(folder, tables, form, pieces=1):
    """Each table in so many files."""
    (folder / "register.toml").write_text(TOML.format(kind="synthetic"), encoding="utf-8")
    for name, frame in tables.items():
        (folder / name).mkdir()
        for i in range(pieces):
            path = folder / name / f"{i}.{form}"
            part = frame.iloc[i::pieces]
            part.to_parquet(path, index=False) if form == "parquet" else part.to_csv(path, index=False)
    return folder


def cells(frame, keys):
    """All cells by column, missing ones as None."""
    ordered = frame.sort_values(keys).astype(object)
    return {c: [None if pd.isna(v) else v for v in ordered[c]] for c in ordered.columns}


@pytest.mark.parametrize("form", ["csv", "parquet"])
@FEW
@given(tables=registers())
def test_a_register_reads_back_as_written(form, tables, tmp_path_factory):
    register = bangfu.load_register(write(tmp_path_factory.mktemp("back"), tables, form))
    for name, keys in (("households", ["household_id"]), ("incomes", ["household_id", "year"])):
        assert cells(getattr(register, name).to_pandas(), keys) == cells(tables[name], keys)


@FEW
@given(tables=registers(), seed=st.integers(0, 99), pieces=st.integers(1, 3))
def test_order_and_files_change_nothing(tables, seed, pieces, tmp_path_factory):
    mixed = {name: frame.sample(frac=1, random_state=seed) for name, frame in tables.items()}
    one = bangfu.load_register(write(tmp_path_factory.mktemp("one"), tables, "parquet"))
    other = bangfu.load_register(write(tmp_path_factory.mktemp("other"), mixed, "csv", pieces))
    pd.testing.assert_frame_equal(one.to_pandas(), other.to_pandas(), check_dtype=False, rtol=0, atol=0)
    pd.testing.assert_frame_equal(one.units, other.units)
