"""Which source files make a module what it is, and a digest of them that is cheap to ask for at every start."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

_SUFFIXES: Final = (".py", ".scm", ".toml")
# A file changed this shortly before its digest was kept may change again without a new time stamp.
_RACY_NS: Final = 2_000_000_000

_PACKAGE: Final = Path(__file__).parent
_Stat = tuple[str, int, int, int]


def cache_folder() -> Path:
    """Where all that is kept between runs lies: KSCAN_CACHE_DIR, or kscan's folder in the user's cache
    (XDG_CACHE_HOME is respected)."""
    named = os.environ.get("KSCAN_CACHE_DIR")
    if named:
        return Path(named)
    import platformdirs  # noqa: PLC0415 - not needed where the variable is set

    return Path(platformdirs.user_cache_dir("kscan"))


def closure(package: Path, roots: Iterable[str]) -> list[Path]:
    """The source files of the modules ``roots`` and of all in ``package`` that they import, directly or not, sorted.

    Read from the import statements, those in functions and for type checkers included; names of modules that are put
    together at run time are not seen."""
    files = _modules(package)
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in files and name not in found:
            found.add(name)
            waiting += imported(files[name].read_text("utf-8"), package.name)
            waiting.append(name.rpartition(".")[0])
    return sorted(files[name] for name in found)


def imported(text: str, package: str) -> Iterator[str]:
    """What of ``package`` the module with this text may import: modules, and names in them that may be modules."""
    statement = rf"\n[ \t]*(?:from ({package}[\w.]*) import (?:\(([^)]*)\)|([^\n#]*))|import ({package}[\w.]*))"
    for module, bracketed, plain, whole in re.findall(statement, f"\n{text}"):
        yield module or whole
        for name in re.findall(r"(\w+)(?: as \w+)?", bracketed or plain):
            yield f"{module}.{name}"


def digest_of(package: Path, files: Iterable[Path]) -> str:
    """A digest of these files: of their paths, seen from ``package``, and of their content."""
    digest = hashlib.blake2b(digest_size=16)
    for path in files:
        data = path.read_bytes()
        digest.update(f"{os.path.relpath(path, package)} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def queries_of(package: Path) -> Path | None:
    """The folder of the queries: inside the package when it is installed, beside it in a checkout."""
    return next((folder for folder in (package / "queries", package.parent / "queries") if folder.is_dir()), None)


def kept(package: Path, name: str, make: Callable[[], str], beside: Iterable[Path] = ()) -> str:
    """What ``make`` gives, one line that depends on nothing but the files of ``package``, of its queries, and on those
    ``beside``; kept under ``name`` in the cache folder, if there is one, for as long as the file system says that no
    file was touched."""
    now = time.time_ns()
    stats = _stats(package, list(beside))
    signature = _hashed(stats)
    place = cache_folder() / f"{name}-{_hashed([str(package), *map(str, beside)])}.code"
    try:
        known, _, value = place.read_text("ascii").partition("\n")
    except (OSError, UnicodeDecodeError):
        known, value = "", ""
    if known == signature and value.endswith("\n"):
        return value[:-1]
    made = make()
    if all(max(changed) < now - _RACY_NS for _, _, *changed in stats):
        _keep(place, f"{signature}\n{made}\n")
    return made


def _modules(package: Path) -> dict[str, Path]:
    """The files of all modules, by name."""
    found: dict[str, Path] = {}
    for path, *_ in _below(str(package)):
        if path.endswith(".py"):
            dotted = path[len(str(package.parent)) + 1 : -3].replace(os.sep, ".")
            found[dotted.removesuffix(".__init__")] = Path(path)
    return found


def _stats(package: Path, beside: Iterable[Path]) -> list[_Stat]:
    """What shows a change. The change of the inode is what no tool can set back, as an installer may a time stamp."""
    found = list(_of_this_one() if package == _PACKAGE else _of_package(package))
    for path in beside:
        about = path.stat()
        found.append((str(path), about.st_size, about.st_mtime_ns, about.st_ctime_ns))
    return sorted(found)


@cache
def _of_this_one() -> list[_Stat]:
    """The stats of the package that runs, which is loaded already: who asks again is told the same."""
    return _of_package(_PACKAGE)


def _of_package(package: Path) -> list[_Stat]:
    queries = queries_of(package)
    return [*_below(str(package)), *(() if queries is None else _below(str(queries)))]


def _below(folder: str) -> Iterator[_Stat]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_SUFFIXES):
                about = entry.stat()
                yield entry.path, about.st_size, about.st_mtime_ns, about.st_ctime_ns
            elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                yield from _below(entry.path)


def _hashed(value: object) -> str:
    return hashlib.blake2b(repr(value).encode(), digest_size=16).hexdigest()


def _keep(place: Path, text: str) -> None:
    """Write the file whole or not at all: two runs may do so at once."""
    draft = place.with_suffix(f".{os.getpid()}")
    try:
        draft.write_text(text, "ascii")
        draft.replace(place)
    except OSError:
        with suppress(OSError):
            draft.unlink()
