"""Write beside, then rename: what a failure leaves behind."""

import pytest

from bangfu.atomic import new_folder, output, write_text
from bangfu.errors import WrongUse


def test_a_failure_keeps_the_old_file_and_no_rest(tmp_path):
    target = tmp_path / "a.txt"
    write_text(target, "old\n")
    with pytest.raises(RuntimeError), output(target, overwrite=True) as beside:
        beside.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_lines_end_the_same_everywhere(tmp_path):
    write_text(tmp_path / "a.txt", "一\n二\n")
    assert (tmp_path / "a.txt").read_bytes() == "一\n二\n".encode()


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    with pytest.raises(RuntimeError), new_folder(tmp_path / "out") as beside:
        (beside / "part").write_text("x")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with new_folder(tmp_path / "out") as beside:
        (beside / "part").write_text("x")
    assert (tmp_path / "out" / "part").read_text() == "x"


def test_nothing_of_the_users_is_overwritten(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(WrongUse, match="exists already"), new_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out" / "mine").read_text() == "mine"
