"""What kscan asks of git: revisions, blobs and what is not committed; nothing is written, locked or run on the way."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kscan.model.error import InputError

if TYPE_CHECKING:
    import subprocess

# Nothing that the repository's configuration names is run or asked over the network (for what a partial clone lacks),
# and no lock is taken for the sake of a fresher index.
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_SETTINGS = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_NAMED_AT_ONCE = 200
# Not what the configuration or attributes make of a diff, but what ``git format-patch`` does without any.
_AS_PATCH = (
    *("-p", "-M", "--full-index", "--relative", "--no-ext-diff", "--no-textconv", "--no-color"),
    *("-U3", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short"),
)
_DIFF = ("diff-tree", "--stdin", "-r", "--root", *_AS_PATCH)


class Entry(NamedTuple):
    """What a revision has at a path: the mode ("100644", "120000" for a link) and the id of the blob."""

    mode: str
    blob: str


class Repository:
    """The git repository that ``root`` is in; all paths are relative to ``root``. Any question raises InputError, with
    git's own complaint, where there is no git or no repository."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def tree_of(self, name: str) -> str | None:
        """The id of the tree of revision ``name``; None if there is no such revision."""
        done = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{tree}}")
        return None if done.returncode else done.stdout.decode().strip()

    def entries(self, tree: str, paths: frozenset[str]) -> dict[str, Entry]:
        """What ``tree`` (an id) has at ``paths``; links and files only."""
        few = sorted(paths) if len(paths) <= _NAMED_AT_ONCE else []
        found = {}
        for line in self._ask("ls-tree", "-r", "-z", tree, "--", *few).split(b"\0")[:-1]:
            about, _, path = line.partition(b"\t")
            mode, kind, blob = about.decode().split()
            if kind == "blob" and os.fsdecode(path) in paths:
                found[os.fsdecode(path)] = Entry(mode, blob)
        return found

    def staged(self, tree: str) -> frozenset[str]:
        """The paths at which git's index differs from ``tree``."""
        words = ("diff-index", "--cached", "--name-only", "--no-renames", "--relative", "-z", tree, "--")
        return frozenset(_paths(self._ask(*words)))

    def unstaged(self) -> frozenset[str]:
        """The paths at which the working tree differs from the index or the last commit, or has what git does not;
        ignored files are none."""
        inside = len(self._ask("rev-parse", "--show-prefix").rstrip(b"\n"))
        words = (
            "status",
            "--porcelain",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--ignore-submodules",
            "--",
            ".",
        )
        # A file whose time stamp is new would be cleaned by the filters that the repository names.
        lines = self._ask(*words, settings=self._no_filters()).split(b"\0")[:-1]
        return frozenset(os.fsdecode(line[3 + inside :]) for line in lines)

    def author(self) -> str:
        """Who would be the author of a commit: "Name <address>"."""
        return self._ask("var", "GIT_AUTHOR_IDENT").decode(errors="replace").rpartition(">")[0] + ">"

    def subjects(self, paths: Sequence[str], most: int) -> list[str]:
        """The first lines of the last commits to ``paths``, latest first; none where there are no commits."""
        done = self._run("log", f"-{most}", "--no-merges", "--no-show-signature", "--format=%s", "--", *paths)
        return done.stdout.decode(errors="replace").splitlines()

    def named(self, name: str) -> tuple[list[str], list[str]]:
        """The objects that ``name`` ("HEAD~3", "A..B") takes in, and those that it leaves out; maybe none."""
        ids = self._run("rev-parse", "--revs-only", name).stdout.decode(errors="replace").split()
        return [one for one in ids if one[0] != "^"], [one[1:] for one in ids if one[0] == "^"]

    def branch(self, name: str) -> bool:
        """Whether ``name`` is that of a local branch."""
        done = self._run("rev-parse", "--verify", "--quiet", "--symbolic-full-name", "--end-of-options", name)
        return name not in {"HEAD", "@"} and b"refs/heads/" in done.stdout

    def latest(self, most: int, tip: str = "HEAD") -> list[str]:
        """The ids of the last ``most`` commits below ``tip``, merges left out, the latest first; none without a
        repository, or such a revision."""
        words = ("rev-list", f"--max-count={most}", "--no-merges", "--end-of-options", tip, "--")
        return self._run(*words).stdout.decode().split()

    def commits(self, taken: Sequence[str], left_out: Sequence[str], most: int) -> tuple[list[str], int]:
        """The commits that can be reached from ``taken`` and not from ``left_out`` (ids), the oldest first and without
        merges, ``most`` at most; and how many merges there are among them."""
        there = [*taken, *(f"^{one}" for one in left_out)]
        ids = self._ask("rev-list", "--topo-order", "--reverse", "--no-merges", f"--max-count={most}", *there, "--")
        return ids.decode().split(), int(self._ask("rev-list", "--count", "--merges", *there, "--"))

    def diffs(self, commits: Sequence[str], most: int) -> bytes | None:
        """
        What each of ``commits`` (ids, 1,000 at most) changes, each diff behind a line with the id; a commit that
        changes nothing may be left out. None if that is more than ``most`` bytes. Raises InputError if git lacks some.
        """
        command = [*_GIT, "-C", str(self.root), *_DIFF]
        with _talking(command) as process:
            assert process.stdin is not None and process.stdout is not None
            # A pipe holds so many ids before anybody reads. Where git has ended already its exit code tells.
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write("".join(f"{one}\n" for one in commits).encode())
            data = process.stdout.read(most + 1)
            if len(data) > most:
                process.kill()
                return None
        if process.returncode:
            raise InputError(f"{self.root}: git cannot read what the commits change; is it a partial clone?")
        return data

    def index_diff(self, base: str, index: str = "") -> bytes:
        """What the index (the file ``index``, where it is not the usual one) changes in the tree ``base``."""
        words = ("diff-index", "--cached", *_AS_PATCH, base, "--")
        return self._ask(*words, settings={"GIT_INDEX_FILE": index} if index else None)

    def first_new(self, remote: str, tip: str, most: int) -> str | None:
        """The commit on which the commits below ``tip`` begin that no branch of ``remote`` has; "" where there are
        none, None where there are more than ``most`` or where they begin with no parent."""
        known = f"--remotes={remote}" if remote.isidentifier() else "--remotes"
        words = ("rev-list", "--first-parent", f"--max-count={most + 1}", tip, "--not", known)
        ids = self._run(*words).stdout.decode().split()
        if not ids:
            return ""
        if len(ids) > most:
            return None
        below, _ = self.named(f"{ids[-1]}^")
        return below[0] if below else None

    def no_tree(self) -> str:
        """The id of a tree without files."""
        return self._ask("hash-object", "-t", "tree", "--stdin").decode().strip()

    def blobs(self) -> Blobs:
        """A reader of blobs."""
        return Blobs([*_GIT, "-C", str(self.root), "cat-file", "--batch"])

    def _no_filters(self) -> dict[str, str]:
        """Settings under which the filters that the configuration names do nothing."""
        told = self._run("config", "--null", "--name-only", "--get-regexp", r"^filter\.").stdout.split(b"\0")[:-1]
        filters = sorted({os.fsdecode(key).rpartition(".")[0] for key in told})
        keys = [f"{one}.{what}" for one in filters for what in ("clean", "smudge", "process", "required")]
        before = int(os.environ.get("GIT_CONFIG_COUNT") or 0) if keys else 0
        named = {f"GIT_CONFIG_KEY_{number}": key for number, key in enumerate(keys, before)}
        values = {f"GIT_CONFIG_VALUE_{number}": "" for number, _ in enumerate(keys, before)}
        return {**named, **values, "GIT_CONFIG_COUNT": str(before + len(keys))} if keys else {}

    def _ask(self, *words: str, settings: Mapping[str, str] | None = None) -> bytes:
        done = self._run(*words, settings=settings)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise InputError(f"{self.root}: {said[0].removeprefix('fatal: ') if said else f'git {words[0]} failed'}")
        return done.stdout

    def _run(self, *words: str, settings: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
        import subprocess  # noqa: PLC0415 - slow to load, and most reviews ask nothing of git

        command = [*_GIT, "-C", str(self.root), *words]
        environment = {**_environment(), **(settings or {})}
        try:
            return subprocess.run(command, capture_output=True, check=False, env=environment, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            raise InputError("git is not installed, and a revision is read with it") from None


class Blobs:
    """Blobs by their ids, from one git process that ends with this object."""

    def __init__(self, command: list[str]) -> None:
        self._process = _talking(command)
        weakref.finalize(self, _stop, self._process, os.getpid())

    def read(self, blob: str) -> bytes | None:
        """The content of ``blob``, or of another object; None if it is not there (a partial clone). Raises InputError
        where git has ended."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None and answers is not None
        with suppress(BrokenPipeError):  # then there is no answer either
            asked.write(f"{blob}\n".encode())
            asked.flush()
        line = answers.readline()
        words = line.split()
        if line.endswith(b"\n") and len(words) != 3:
            return None
        if line.endswith(b"\n"):
            data = answers.read(int(words[2]))
            if answers.read(1):
                return data
        raise InputError("git has ended while it was read from; run again")


def _talking(command: list[str]) -> subprocess.Popen[bytes]:
    """A git process that is written to and read from; what it complains about is left out."""
    import subprocess  # noqa: PLC0415 - slow to load, and most reviews ask nothing of git

    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
    )


def _stop(process: subprocess.Popen[bytes], parent: int) -> None:
    for end in (process.stdin, process.stdout):
        if end is not None:
            with suppress(BrokenPipeError):  # git has ended before it read all
                end.close()
    if os.getpid() == parent:
        # That its input ended it would not see: what this process forked meanwhile holds the other end as well, and
        # may itself wait for this process.
        process.kill()
        process.wait()


def _environment() -> dict[str, str]:
    # GIT_DIR and its kind, set inside a hook, would speak of another repository than the tree's.
    kept = {name: value for name, value in os.environ.items() if name not in _OTHER_REPOSITORY}
    return {**kept, **_SETTINGS}


_OTHER_REPOSITORY = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


def _paths(out: bytes) -> list[str]:
    return [os.fsdecode(path) for path in out.split(b"\0")[:-1]]
