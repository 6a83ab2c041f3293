"""Functions of 7.3 where a check made inside a callee decides what comes back, or nearly would.

The tree is a part of the real one: all headers, and the folders that the functions are in."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest import TempPathFactory

from tests.linux.parts import indexed, returned

pytestmark = pytest.mark.linux

PARTS = ("Makefile", "Kconfig", "include", "drivers/mtd/ubi", "fs/smb/client", "mm/maccess.c")


@pytest.fixture(scope="module")
def part(linux_73: Path, tmp_path_factory: TempPathFactory) -> Path:
    return indexed(linux_73, tmp_path_factory.mktemp("part"), PARTS)


@pytest.mark.parametrize(
    ("function", "some", "never"),
    [
        # read_err is returned where !mtd_is_eccerr(read_err).
        ("drivers/mtd/ubi/io.c:ubi_io_read_ec_hdr", {"-EIO", "-EINVAL", "0"}, "-EBADMSG"),
        ("drivers/mtd/ubi/io.c:ubi_io_read_vid_hdr", {"-EIO", "-EINVAL", "0"}, "-EBADMSG"),
        ("drivers/mtd/ubi/io.c:ubi_io_read", {"-EIO", "-EBADMSG"}, "-ENODATA"),
        # Without an error there is an inode: is_inode_cache_good() says so of no NULL.
        ("fs/smb/client/cifssmb.c:cifs_create_reparse_inode", {"ERR_PTR(-EOPNOTSUPP)"}, "NULL"),
        ("fs/smb/client/smb2inode.c:smb2_create_reparse_inode", {"ERR_PTR(-EOPNOTSUPP)"}, "NULL"),
    ],
)
def test_what_is_checked_in_a_callee(part: Path, function: str, some: set[str], never: str) -> None:
    (found,) = returned(part, function)
    values = set(found.values)
    assert some <= values
    assert never not in values


@pytest.mark.parametrize("function", ["copy_from_kernel_nofault", "copy_to_kernel_nofault"])
def test_a_way_out_that_a_macro_is_handed(part: Path, function: str) -> None:
    (found,) = returned(part, function)
    assert "-EFAULT" in found.values
