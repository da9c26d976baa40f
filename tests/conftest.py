"""What every run leaves for ``make test-full``: most cases of the tests that try one thing on many inputs at length."""

from __future__ import annotations

from collections import defaultdict

import pytest

CASES = 7
"""So many cases of each test below run by default, spread evenly over all of them; ``--whole`` runs every one."""

LONG = {
    "attack/test_names.py": ("test_a_register_with_such_identifiers",),
    "attack/test_registers.py": ("test_refused_everywhere_or_harmless",),
    "attack/test_strange_files.py": (
        "test_cells_are_refused_or_the_same", "test_moments_are_refused_or_the_same", "test_how_outcomes_were_made",
    ),
    "campaign/test_faults.py": ("test_a_rule_names_table_row_and_column",),
    "cli/test_messages.py": ("test_refusals_name_flags",),
    "convert/test_labels.py": ("test_labels_of_missing_codes", "test_answers_through_every_door", "test_labels_decide_yes_and_no"),
    "convert/test_mappings_run.py": ("test_a_register_or_a_refusal",),
    "convert/test_sound.py": ("test_written_means_that_check_passes", "test_rows_are_named_as_the_file_shows_them"),
    "convert/test_totals.py": ("test_totals_are_dropped_and_counted_through_every_door", "test_footnotes_are_dropped_and_counted"),
    "convert/test_units.py": ("test_years_in_english_headers", "test_units_stand_per_column", "test_years_in_sheet_headers"),
    "convert/test_unread_joining.py": (
        "test_unread_joiners_refuse_and_leave_when_told", "test_dates_through_every_door", "test_kinds_that_no_rule_matches",
        "test_codes_in_a_question",
    ),
    "convert/test_workbook.py": ("test_one_flipped_byte_never_changes_a_number",),
    "design/test_design.py": ("test_a_flag_does_what_its_keyword_does",),
    "engines/test_door.py": ("test_the_same_refusals",),
    "figures/test_comparison_figures.py": ("test_texts_are_whole_and_backed_in_every_world",),
    "register/test_beside.py": ("test_it_is_said_in_every_print", "test_columns_that_are_not_of_a_register_are_named"),
    "register/test_accept.py": ("test_what_is_accepted_is_left_out",),
    "register/test_bad_input.py": ("test_text_that_only_some_engines_take_for_a_number",),
    "register/test_door.py": ("test_damaged_text", "test_damaged_columns_of_parquet_files"),
    "register/test_formats.py": ("test_the_same_panel",),
    "register/test_register.py": ("test_a_fault_is_named",),
    "register/test_workbook.py": ("test_what_is_wrong_with_a_workbook_is_named",),
    "statements/test_contradictions.py": ("test_no_rendering_contradicts_a_statement", "test_every_number_of_a_figure_has_a_key"),
    "reproduce/test_reproduce.py": ("test_a_store_that_was_killed_is_named_and_completed",),
}  # fmt: skip
"""File -> tests of which most cases are left for the whole run."""

FEWER = {"test_a_store_that_was_killed_is_named_and_completed": 1}
"""Tests of which fewer cases run still."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="every case of every test")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep some cases of each long test, the last among them; what is asked for by its name stays."""
    if config.getoption("whole") or any("[" in word for word in config.args):
        return
    cases = defaultdict[str, list[pytest.Item]](list)
    for item in items:
        file, name = (
            item.nodeid.partition("::")[0].removeprefix("tests/"),
            item.nodeid.partition("::")[2].partition("[")[0],
        )
        if name in LONG.get(file, ()):
            cases[name].append(item)
    left = set[pytest.Item]()
    for name, found in cases.items():
        n = min(FEWER.get(name, CASES), len(found))
        kept = {len(found) - 1 - i * len(found) // n for i in range(n)}
        left |= {item for i, item in enumerate(found) if i not in kept}
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]
