"""b4 itself, on a series in a scratch repository: it shows what kscan finds, and says so when there is nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hooks.series import DOCUMENTED, SECOND, THIRD, Scratch

B4 = Path(sys.executable).with_name("b4")
ITEM = "mm/z.c:5: WARNING: fetch() can return -EBUSY, which its Return section does not name [undocumented-errno]"

pytestmark = pytest.mark.skipif(not B4.exists(), reason="b4 is not here: pip install b4")


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    made = Scratch(tmp_path / "linux")
    made.git("checkout", "-q", "-b", "work")
    return made


def _prepared(scratch: Scratch, *texts: str) -> None:
    """A branch of ``b4 prep`` with a commit for each of ``texts``, and kscan asked."""
    scratch.run(str(B4), "--offline-mode", "prep", "-n", "errnos", "-f", "master")
    scratch.series(*texts)
    scratch.run(sys.executable, "-P", "-m", "kscan", "hook", "install", "b4")


def _checked(scratch: Scratch) -> list[str]:
    """What ``b4 prep --check`` says, line by line."""
    done = scratch.run(str(B4), "--offline-mode", "prep", "--check")
    return [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in (done.stdout + done.stderr).splitlines()]


def test_prep_shows_a_finding_at_its_patch_and_nothing_else(scratch: Scratch) -> None:
    _prepared(scratch, DOCUMENTED, SECOND, SECOND.replace("int fetch", "int  fetch"))
    said = _checked(scratch)
    items = [line.partition("kscan: ")[2] for line in said if "kscan: " in line]
    assert items == [ITEM], said
    assert said[-1] == "Success: 2, Warning: 1, Error: 0"
    assert _checked(scratch) == said


def test_prep_of_a_clean_series_passes_all(scratch: Scratch) -> None:
    _prepared(scratch, DOCUMENTED, SECOND, THIRD)  # what the second breaks, the third repairs
    assert _checked(scratch)[-1] == "Success: 3, Warning: 0, Error: 0"


def _ask(scratch: Scratch, moment: str, mail: str, **env: str) -> subprocess.CompletedProcess[str]:
    words = (sys.executable, "-P", "-m", "kscan", "hook", "run", moment)
    done = scratch.run(*words, given=mail, **env)
    assert done.stderr == ""  # b4 takes every line there for a failure
    return done


def _mail(scratch: Scratch, commit: str) -> str:
    return scratch.git("format-patch", "-1", "--stdout", commit).stdout


def test_a_mail_that_does_not_apply_is_an_item(scratch: Scratch) -> None:
    scratch.series(DOCUMENTED, SECOND)
    mail = _mail(scratch, "HEAD")
    scratch.git("reset", "-q", "--hard", "master")
    said = _ask(scratch, "b4-am", mail).stdout
    assert said.startswith("WARNING: kscan did not review this: ") and said.count("\n") == 1
    (entry,) = json.loads(_ask(scratch, "b4-review", mail).stdout)
    assert (entry["tool"], entry["status"]) == ("kscan", "warn")


def test_am_reviews_on_the_tree_as_it_is(scratch: Scratch) -> None:
    scratch.series(SECOND)
    mail = _mail(scratch, "HEAD")
    scratch.git("reset", "-q", "--hard", "master")
    assert _ask(scratch, "b4-am", mail).stdout == ITEM + "\n"


def test_review_reads_what_kscan_prints(scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """b4's own code runs our commands, as its review interface does, with the branch that it has the series in."""
    scratch.git("checkout", "-q", "-b", "b4/review/errnos")
    scratch.series(DOCUMENTED, SECOND)
    mails = [_mail(scratch, "HEAD~1"), _mail(scratch, "HEAD")]
    first = scratch.git("rev-parse", "HEAD~1").stdout.strip()
    scratch.git("commit", "-q", "--allow-empty", "-m", "tracking")
    scratch.git("checkout", "-q", "master")
    tracking = tmp_path / "tracking.json"
    tracking.write_text(json.dumps({"series": {"change-id": "errnos", "first-patch-commit": first}}))
    scratch.run(sys.executable, "-P", "-m", "kscan", "hook", "install", "b4")
    script = tmp_path / "ask.py"
    script.write_text(
        "import email, email.policy, json, sys\n"
        "import b4\n"
        "from b4.review import checks\n"
        "b4._setup_main_config()\n"
        "patch, series = checks.load_check_cmds()\n"
        "policy = email.policy.default\n"
        "mails = [email.message_from_string(one, policy=policy) for one in json.load(sys.stdin)]\n"
        "env = {'B4_TRACKING_FILE': sys.argv[1]}\n"
        "numbered = [(str(n), one) for n, one in enumerate(mails)]\n"
        "found = checks.run_perpatch_checks(numbered, patch, '.', extra_env=env)\n"
        "whole = checks.run_series_checks(('cover', mails[0]), series, '.', extra_env=env)\n"
        "print(json.dumps([found, whole]))\n"
    )
    done = scratch.run(sys.executable, str(script), str(tracking), given=json.dumps(mails))
    found, (whole,) = json.loads(done.stdout)
    (clean,), (wrong,) = found["0"], found["1"]
    assert (clean["tool"], clean["status"], clean["summary"]) == ("kscan", "pass", "passed all checks")
    assert (wrong["status"], wrong["summary"]) == (whole["status"], whole["summary"]) == ("warn", "1 warning")
    assert [one["description"] for one in json.loads(wrong["details"])] == [ITEM]


def test_checkpatch_stays_beside_kscan(scratch: Scratch) -> None:
    """The line that b4 uses by itself, where the tree has checkpatch."""
    if shutil.which("perl") is None:
        pytest.skip("perl is not here")
    checkpatch = scratch.root / "scripts/checkpatch.pl"
    checkpatch.parent.mkdir()
    checkpatch.write_text('#!/usr/bin/perl\nwhile (<STDIN>) {}\nprint "-:1: WARNING: from checkpatch\\n";\n')
    checkpatch.chmod(0o755)
    scratch.commit("scripts: checkpatch")
    scratch.git("branch", "-q", "-f", "master")
    _prepared(scratch, SECOND)
    said = "\n".join(_checked(scratch))
    assert "checkpatch.pl: 1: WARNING: from checkpatch" in said and ITEM in said
