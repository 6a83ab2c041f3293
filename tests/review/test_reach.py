"""Where a new errno gets to user space: through tables of the function's own file, and of the files beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan import api
from kscan.model.review import ReviewResult
from kscan.review import entries, through
from tests.review.series import Series

STRUCTS = """
struct file;
struct inode;
struct seq_file;
struct file_operations { int (*open)(struct inode *inode, struct file *file); long (*unlocked_ioctl)(int n); };
struct inode_operations { int (*mkdir)(int n); int (*update_time)(int n); };
struct seq_operations { int (*show)(int n); void (*stop)(int n); };
struct private_ops { int (*mkdir)(int n); };
"""
GRAB = "\nint grab(int n)\n{\n\tif (n < 0)\n\t\treturn -EINVAL;\n\treturn 0;\n}\n"
BUSY = GRAB.replace("\treturn 0;", "\tif (n > 9)\n\t\treturn -EBUSY;\n\treturn 0;")
STATIC = GRAB.replace("int grab", "static int grab")


def table(kind: str, field: str, name: str = "grab") -> str:
    """A file with one table that holds the function ``name``."""
    return f"{STRUCTS}\nint {name}(int n);\nconst struct {kind} lamp_ops = {{ .{field} = {name} }};\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))


def reviewed(series: Series, *, index: bool = True) -> ReviewResult:
    """The review of the series, by a tree with an index or without one."""
    if index:
        api.index(str(series.tree.root), jobs=1)
    return api.review(str(series.tree.root), series.patches)[0]


def told(result: ReviewResult) -> list[tuple[str, str, str]]:
    """Each errno with the kind and name of each way out."""
    return [(reach.value, entry.kind, entry.name) for reach in result.reach for entry in reach.entries]


@pytest.mark.parametrize(
    ("kind", "field", "way"),
    [
        ("file_operations", "unlocked_ioctl", "ioctl"),
        ("file_operations", "open", "file operation"),
        ("inode_operations", "mkdir", "file operation"),
        ("seq_operations", "show", "file operation"),
    ],
)
def test_a_table_in_a_file_beside_it(tmp_path: Path, kind: str, field: str, way: str) -> None:
    series = Series(tmp_path, {"grab.c": GRAB, "ops.c": table(kind, field)}).patch(grab=BUSY)
    result = reviewed(series)
    assert told(result) == [("-EBUSY", way, f"lamp_ops.{field}")]
    assert result.gaps == ()
    (entry,) = result.reach[0].entries
    assert (entry.function, [step.function for step in entry.path][-1]) == ("grab", "grab")


@pytest.mark.parametrize(("kind", "field"), [("private_ops", "mkdir"), ("inode_operations", "update_time")])
def test_a_table_that_user_space_does_not_call(tmp_path: Path, kind: str, field: str) -> None:
    series = Series(tmp_path, {"grab.c": GRAB, "ops.c": table(kind, field)}).patch(grab=BUSY)
    assert told(reviewed(series)) == []


def test_a_static_function_of_the_same_name_is_another(tmp_path: Path) -> None:
    made = Series(tmp_path, {"grab.c": STATIC, "ops.c": table("inode_operations", "mkdir")})
    series = made.patch(grab=BUSY.replace("int grab", "static int grab"))
    assert told(reviewed(series)) == []


def test_the_patch_brings_the_table(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB}).patch(grab=BUSY, ops=table("inode_operations", "mkdir"))
    assert told(reviewed(series)) == [("-EBUSY", "file operation", "lamp_ops.mkdir")]


def test_the_patch_takes_it_out_of_the_table(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB, "ops.c": table("inode_operations", "mkdir")})
    assert told(reviewed(series.patch(grab=BUSY, ops=table("inode_operations", "mkdir", "other")))) == []


def test_a_caller_of_the_changed_function_is_in_the_table(tmp_path: Path) -> None:
    use = "\nint grab(int n);\n\nint use(int n)\n{\n\treturn grab(n);\n}\n"
    files = {"grab.c": GRAB, "use.c": use, "ops.c": table("inode_operations", "mkdir", "use")}
    result = reviewed(Series(tmp_path, files).patch(grab=BUSY))
    assert told(result) == [("-EBUSY", "file operation", "lamp_ops.mkdir")]
    (entry,) = result.reach[0].entries
    assert entry.function == "use" and "grab" in {step.function for step in entry.path}


def test_a_function_that_too_many_files_hold_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_TABLES", 0)
    series = Series(tmp_path, {"grab.c": GRAB, "ops.c": table("inode_operations", "mkdir")}).patch(grab=BUSY)
    result = reviewed(series)
    assert told(result) == []
    assert [(gap.function, "is not looked up" in gap.reason) for gap in result.gaps] == [("grab", True)]


def test_a_table_in_another_folder(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB})
    series.tree.write({"fs/lamp/ops.c": table("file_operations", "open")})
    assert told(reviewed(series.patch(grab=BUSY))) == [("-EBUSY", "file operation", "lamp_ops.open")]


def test_without_an_index_the_tables_are_looked_for(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB, "ops.c": table("inode_operations", "mkdir")}).patch(grab=BUSY)
    result = reviewed(series, index=False)
    assert told(result) == [("-EBUSY", "file operation", "lamp_ops.mkdir")]
    (gap,) = result.gaps
    assert gap.reason.startswith("without an index, who calls changed functions through tables")


def test_without_an_index_nothing_is_missed_where_no_table_has_it(tmp_path: Path) -> None:
    user = "int grab(int n);\nvoid use(int n)\n{\n\tgrab(n);\n}\n"
    result = reviewed(Series(tmp_path, {"grab.c": GRAB, "use.c": user}).patch(grab=BUSY), index=False)
    assert (told(result), result.gaps) == ([], ())


VFS = """
struct inode { const struct inode_operations *i_op; };
struct dentry;

int vfs_mkdir(struct inode *dir, int n)
{
	int err = dir->i_op->mkdir(n);

	if (!err)
		note(n);
	return err;
}

SYSCALL_DEFINE1(mkdir, int, n)
{
	struct inode *dir = find_dir(n);

	return vfs_mkdir(dir, n);
}

int probe_dir(struct inode *dir, int n)
{
	if (dir->i_op->mkdir(n) < 0)
		return -EIO;
	return 0;
}
"""
TABLE = ("-EBUSY", "file operation", "lamp.mkdir")
HEADER = f"#ifndef O\n#define O\n{STRUCTS}\n#endif\n"


def of_tables(tmp_path: Path, caller: str = VFS, kind: str = "inode_operations") -> Series:
    """A tree whose function grab() is in a table of one folder, through which another one calls."""
    include = "#include <linux/ops.h>\n"
    series = Series(tmp_path, {"grab.c": GRAB})
    series.tree.write({"include/linux/ops.h": HEADER})
    series.tree.write(
        {"fs/lamp/ops.c": f"{include}int grab(int n);\nconst struct {kind} lamp = {{ .mkdir = grab }};\n"}
    )
    series.tree.write({"fs/namei.c": include + caller})
    return series


def test_through_a_table_of_another_folder_to_system_calls(tmp_path: Path) -> None:
    result = reviewed(of_tables(tmp_path).patch(grab=BUSY))
    assert told(result) == [("-EBUSY", "system call", "mkdir"), ("-EBUSY", "file operation", "lamp.mkdir")]
    entry, _ = result.reach[0].entries
    assert list(dict.fromkeys(step.function for step in entry.path)) == ["sys_mkdir", "vfs_mkdir", "grab"]
    assert result.findings == () and result.gaps == ()


def test_what_callers_through_a_table_do_with_it(tmp_path: Path) -> None:
    result = reviewed(of_tables(tmp_path).patch(grab=BUSY))
    fates = {(one.caller, one.callee, one.value): one.after for one in result.dispositions}
    assert fates["probe_dir", "grab", "-EBUSY"] == "remapped"
    assert fates["vfs_mkdir", "grab", "-EBUSY"] == "propagated"
    assert {one.function for one in result.changes} == {"grab"}


FAR = """
int vfs_mkdir(struct inode *dir, int n);

int make_home(struct inode *dir, int n)
{
	if (vfs_mkdir(dir, n) < 0)
		return -EIO;
	return 0;
}
"""


def test_what_is_done_far_behind_a_table_is_told_in_the_folder_of_the_change(tmp_path: Path) -> None:
    series = of_tables(tmp_path)
    (tmp_path / "tree/grab.c").rename(tmp_path / "tree/fs/lamp/grab.c")
    series.tree.write({"fs/home.c": FAR, "fs/lamp/home.c": FAR.replace("make_home", "make_own")})
    patch = Path(series.patch(grab=BUSY).patches[0])
    patch.write_text(patch.read_text().replace("/grab.c", "/fs/lamp/grab.c"))
    fates = {(one.caller, one.value): one.after for one in reviewed(series).dispositions}
    assert fates["make_own", "-EBUSY"] == "remapped" and fates["vfs_mkdir", "-EBUSY"] == "propagated"
    assert ("make_home", "-EBUSY") not in fates


OWN = """
int other(int n);

int start(struct inode_operations *ops, int n)
{
	ops->mkdir = other;
	return ops->mkdir(n) < 0 ? -EIO : 0;
}

int begin(struct inode_operations *ops, struct inode_operations *more, int n)
{
	more->mkdir = other;
	return ops->mkdir(n) < 0 ? -EIO : 0;
}
"""


def test_a_member_that_the_caller_has_set_itself(tmp_path: Path) -> None:
    result = reviewed(of_tables(tmp_path, OWN).patch(grab=BUSY))
    assert {one.caller for one in result.dispositions} == {"begin"}


POINTER = """
struct dentry;
struct dentry *grab(int n)
{
	if (n < 0)
		return ERR_PTR(-EINVAL);
	return NULL;
}
"""


@pytest.mark.parametrize(("before", "after"), [(GRAB, POINTER), (POINTER, GRAB)])
def test_an_errno_that_is_only_spelt_in_another_way(tmp_path: Path, before: str, after: str) -> None:
    series = of_tables(tmp_path)
    series.patch(grab=before)
    assert told(reviewed(series.patch(grab=after))) == []


def test_another_function_under_the_same_name(tmp_path: Path) -> None:
    table = "const struct file_operations lamp_fops = {{ .open = {0} }};\n"
    opens = "static int {0}(struct inode *inode, struct file *file)\n{{\n\treturn file ? {1} : -ENODEV;\n}}\n"
    series = Series(tmp_path, {"lamp.c": STRUCTS + opens.format("lamp_open", "0") + table.format("lamp_open")})
    new = STRUCTS + opens.format("lamp_fops_open", "-EBUSY") + table.format("lamp_fops_open")
    assert told(reviewed(series.patch(lamp=new))) == [("-EBUSY", "file operation", "lamp_fops.open")]


def test_the_same_member_of_another_struct(tmp_path: Path) -> None:
    assert told(reviewed(of_tables(tmp_path, kind="private_ops").patch(grab=BUSY))) == []


def test_who_calls_file_operations_is_not_asked(tmp_path: Path) -> None:
    caller = VFS.replace("inode_operations", "file_operations").replace("->mkdir", "->open")
    series = of_tables(tmp_path, caller, "file_operations")
    include = "#include <linux/ops.h>\n"
    text = "int grab(int n);\nconst struct file_operations lamp = { .open = grab };\n"
    series.tree.write({"fs/lamp/ops.c": include + text})
    assert told(reviewed(series.patch(grab=BUSY))) == [("-EBUSY", "file operation", "lamp.open")]


def test_an_errno_that_the_call_had_before(tmp_path: Path) -> None:
    caller = VFS.replace("\treturn err;", "\tif (n > 99)\n\t\treturn -EBUSY;\n\treturn err;")
    assert told(reviewed(of_tables(tmp_path, caller).patch(grab=BUSY))) == [TABLE]


def test_a_function_that_is_new_in_its_table(tmp_path: Path) -> None:
    series = of_tables(tmp_path)
    series.tree.write({"fs/lamp/ops.c": "#include <linux/ops.h>\nint grab(int n);\n"})
    lamp = "#include <linux/ops.h>\nint grab(int n);\nconst struct inode_operations lamp = { .mkdir = grab };\n"
    assert told(reviewed(series.patch(lamp=lamp))) == []


@pytest.mark.parametrize(("limit", "why"), [("MAX_TABLES", "in tables"), ("MAX_FILES", "call through a member mkdir")])
def test_too_many_tables_are_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, why: str) -> None:
    monkeypatch.setattr(through, limit, 0)
    result = reviewed(of_tables(tmp_path).patch(grab=BUSY))
    assert told(result) == [TABLE]
    (gap,) = result.gaps
    assert why in gap.reason and "not followed" in gap.reason


@given(
    st.lists(
        st.sampled_from(("ATTR", "ATTRIBUTE", "_RW", "DEVICE_", "x", "\xe9", " ", "\n", "(", ")", ",", "a_b")),
        max_size=14,
    )
)
def test_only_words_with_attr_are_tried(parts: list[str]) -> None:
    text = "".join(parts)
    assert [one[0] for one in entries._invoked(text)] == [one[0] for one in entries._ATTRIBUTE.finditer(text)]
