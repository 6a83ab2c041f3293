"""The series of the seed, built in a git repository from parts of 7.3: taken out again, and put back in steps."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kscan import api
from kscan.model.review import ReviewResult
from kscan.report.mail.reply import render
from tests.cli.conftest import ROOT
from tests.cli.real import kscan
from tests.fix.test_seed import FILE, HEAD, reviewed
from tests.linux.parts import copied

pytestmark = pytest.mark.linux

PARTS = ("Makefile", "mm", "include", "arch/x86/include", "drivers/base/memory.c")
PAGES = b"\t/*\n\t * Page types we know are kernel-owned"
TOLD = b" *         -ENOTRECOVERABLE for kernel-owned"
SWITCH = b"\tswitch (res) {\n\tcase 0:\n\t\tif (is_free_buddy_page(p)) {"
FOLD = b"""\t} else if (res < 0) {
\t\tres = action_result(pfn, MF_MSG_GET_HWPOISON, MF_IGNORED);
\t\tgoto unlock_mutex;
\t}
"""


def without_predicate(data: bytes) -> bytes:
    """The file without the test for pages of the kernel."""
    at = data.index(HEAD)
    return data[: data.rfind(b"/*", 0, at)] + data[data.index(b"\n}\n\n", at) + 4 :]


def without_return(data: bytes) -> bytes:
    """The file in which nothing returns the errno or documents it."""
    at = data.index(PAGES)
    data = data[:at] + data[data.index(b"try_again:", at) :]
    data = data.replace(b"if (ret == -EIO || ret == -ENOTRECOVERABLE)", b"if (ret == -EIO)")
    at = data.index(TOLD)
    return data[:at] + data[data.index(b" */", at) :]


def folded(data: bytes) -> bytes:
    """The file in which memory_failure() has one branch for all errnos."""
    at = data.index(SWITCH)
    end = data.index(b"\t}\n\n\tfolio = page_folio(p);", at) + 3
    zero = data[data.index(b"case 0:\n", at) + 8 : data.index(b"\tcase 1:", at)]
    return data[:at] + b"\tif (!res) {\n" + zero + FOLD + data[end:]


class Repository:
    """A scratch git repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._git("init", "-q")

    def commit(self, subject: str, data: bytes) -> str:
        """The file of the seed with ``data``, committed; gives the commit."""
        (self.root / FILE).write_bytes(data)
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", f"{subject}\n\nSigned-off-by: A U Thor <a@example.org>")
        return self._git("rev-parse", "HEAD").strip()

    def _git(self, *args: str) -> str:
        who = {f"GIT_{role}_{what}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        env = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(["git", *args], cwd=self.root, env=env, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def repository(linux_73: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    root = copied(linux_73, tmp_path_factory.mktemp("seed") / "linux", PARTS)
    yield Repository(root)
    shutil.rmtree(root)


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache of the seed"))


@pytest.fixture
def final(linux_73: Path) -> bytes:
    """The file as 7.3 has it."""
    return (linux_73 / FILE).read_bytes()


def review(repository: Repository, commits: str, contracts: Sequence[str] = ()) -> tuple[ReviewResult, str]:
    """The review of some commits, and the mails that it comes to."""
    result, trees = api.review(str(repository.root), [commits], contracts=contracts)

    def read(number: int, path: str) -> bytes:
        found = trees[number].read(path)
        data: bytes = found.data  # type: ignore[union-attr]
        return data

    return result, render(result, read)


def assert_shown(repository: Repository, commits: str) -> None:
    """The README shows what is printed of ``commits``, in this order."""
    text = kscan("review", "--tree", repository.root, commits).out
    printed = iter([" ".join(line.split()) for line in text.splitlines()])
    (shown,) = re.findall(
        r"^```\n\$ kscan review [^\n]*\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.M | re.S
    )
    for line in shown.splitlines():
        if line.strip() not in {"...", ""}:
            wanted = re.compile(re.escape(" ".join(line.split())).replace(r"\.\.\.", ".*") + "(?: |$)")
            assert any(wanted.match(one) for one in printed), line


def test_the_series_in_steps(repository: Repository, final: bytes) -> None:
    base = repository.commit("base", without_predicate(without_return(folded(final))))
    first = repository.commit("mm/memory-failure: tell pages of the kernel apart", folded(final))

    alone, mails = review(repository, f"{base}..{first}")
    (found,) = alone.findings
    assert (found.rule, found.function) == ("folded-errno", "memory_failure")
    assert "-ENOTRECOVERABLE" in found.message
    data = folded(final)
    assert data[found.span.start : found.span.end] == b"res < 0"
    (reach,) = alone.patches[0].reach
    assert (reach.value, reach.function) == ("-ENOTRECOVERABLE", "get_any_page")
    assert {(one.kind, one.name, one.when.rpartition(" ")[2]) for one in reach.entries} >= {
        ("system call", "madvise", "MADV_SOFT_OFFLINE"),
        ("sysfs attribute", "soft_offline_page", ""),
    }
    assert mails.count("[folded-errno]") == 1
    assert mails.count("gets to user") == 1

    assert_shown(repository, f"{base}..{first}")

    second = repository.commit("mm/memory-failure: say which pages are lost for good", final)
    both, _ = review(repository, f"{base}..{second}")
    assert both.findings == ()
    assert [(one.broken, one.repaired, one.finding.rule) for one in both.bisect] == [(1, 2, "folded-errno")]
    assert [(one.name, one.before, one.now.verdict) for one in both.contracts] == [("hwpoison", "unmet", "met")]

    shaped = repository.commit("mm/memory-failure: another shape", reviewed(final))
    third, mails = review(repository, f"{base}..{shaped}")
    line = {one.rule: mails.index(f"[{one.rule}]") for one in third.findings}
    assert set(line) == {"comment-about-callers", "camelcase-name", "disjoint-guard"}
    assert all(mails.count(f"[{rule}]") == 1 for rule in line)
    quoted = {
        "comment-about-callers": "> + * get_any_page() asks first of all",
        "camelcase-name": "> +static inline bool HWPoisonKernelOwned(",
        "disjoint-guard": "page_has_movable_ops(page))",
    }
    for rule, text in quoted.items():
        assert mails.rindex(text, 0, line[rule]) > max([0, *(at for at in line.values() if at < line[rule])])

    last = repository.commit("mm/memory-failure: the shape that was taken", final)
    assert review(repository, f"{base}..{last}")[0].findings == ()
    assert review(repository, f"{shaped}..{last}")[0].findings == ()


CONTRACT = """
[[contract]]
name = "stale"
reason = "A stale page is worth another try."
callee = "soft_offline_page"
file = "mm/memory-failure.c"
errnos = ["-ESTALE"]

[[contract.caller]]
function = "madvise_inject_error"
must = "distinguish"
reason = "Only it knows where the page was mapped."
"""


def test_what_breaks_in_a_file_that_the_patch_does_not_touch(
    repository: Repository, final: bytes, tmp_path: Path
) -> None:
    contract = tmp_path / "stale.toml"
    contract.write_text(CONTRACT)
    base = repository.commit("base", final)
    stale = final.replace(
        b"\t\treturn -ENXIO;\n\t}\n\n\t/* Only online", b"\t\treturn -ESTALE;\n\t}\n\n\t/* Only online"
    )
    assert stale != final
    tip = repository.commit("mm/memory-failure: another errno", stale)
    result, mails = review(repository, f"{base}..{tip}", contracts=[str(contract)])
    (found,) = result.findings
    assert (found.rule, found.span.file, found.function) == ("unmet-contract", "mm/madvise.c", "madvise_inject_error")
    assert "mm/madvise.c:" in mails, "it is told below the patch, with its place"
    assert review(repository, f"{base}..{tip}")[0].findings == ()
