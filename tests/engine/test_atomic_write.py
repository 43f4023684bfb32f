"""Files appear whole or not at all, with the permissions of any new file, and nothing is left beside them."""

import errno
import os
from pathlib import Path

import pytest

from engine.atomic_write import DiskFullError, atomic_path, error_line, remove_drafts, write_bytes, write_text


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_is_replaced_when_all_is_written(tmp_path, durable):
    path = tmp_path / "a.json"
    path.write_text("old")
    with atomic_path(path, durable) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
        assert draft.parent == tmp_path
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_after_an_error_the_old_file_is_there_and_no_other(tmp_path):
    path = tmp_path / "a.json"
    write_text(path, "é")
    with pytest.raises(KeyError), atomic_path(path) as draft:
        raise KeyError(draft.write_text("half"))
    assert path.read_text(encoding="utf-8") == "é"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_has_the_permissions_that_the_umask_leaves(tmp_path):
    before = os.umask(0o027)
    try:
        write_bytes(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_bytes(tmp_path / "none" / "a", b"x")


def test_a_name_as_long_as_the_system_allows_can_be_written(tmp_path):
    path = tmp_path / ("ä" * 120 + ".x")
    write_bytes(path, b"x")
    assert Path(path).read_bytes() == b"x"


def test_a_name_that_is_too_long_is_an_error_before_anything_is_written(tmp_path):
    with pytest.raises(OSError, match="File name too long") as error, atomic_path(tmp_path / ("a" * 300)):
        pytest.fail("it was to be written")
    assert error_line(error.value).endswith("File name too long")
    assert "Errno" not in error_line(error.value)


def test_a_full_disk_is_a_line_that_names_the_file(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(DiskFullError) as error, atomic_path(tmp_path / "a"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert error_line(error.value) == f"the disk is full: no room for a in {tmp_path}"
    assert (tmp_path / "a").read_text() == "old"
    assert error_line(OSError(errno.ENOSPC, "No space left on device")).startswith("the disk is full")
    assert error_line(ValueError("words")) == "words"


def test_what_a_killed_writer_left_is_removed(tmp_path):
    path, other = tmp_path / "a.wav", tmp_path / "b.wav"
    drafts = [atomic_path(each) for each in (path, other)]
    left, kept = (draft.__enter__() for draft in drafts)
    remove_drafts(path)
    assert (left.exists(), kept.exists()) == (False, True)
