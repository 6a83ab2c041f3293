"""Compiles the hot rooms with mypyc: ``make fast`` for this checkout, KSCAN_COMPILE=1 for a wheel.

The extension modules are made of the same Python source and are optional; kscan/compiled.py says when they are used.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, or the unpacked source distribution."""


_CLOSED = ["-fvisibility=hidden", "-fno-semantic-interposition", "-fno-plt"]
"""Flags for gcc and clang: nobody calls into the modules from outside, so that their functions may call each other
directly and be inlined."""


def _compiled_room() -> Any:
    """kscan/compiled.py of this checkout; the package need not be installed."""
    sys.path.insert(0, str(ROOT))
    try:
        return importlib.import_module("kscan.compiled")
    finally:
        sys.path.remove(str(ROOT))


def missing() -> str:
    """What this machine lacks for compiling, as one line; "" when nothing is."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if shutil.which(compiler) is None:
        return f"no C compiler: {compiler} is not in PATH (install gcc, or set CC)"
    if not (Path(sysconfig.get_paths()["include"]) / "Python.h").is_file():
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"no headers of Python {version} (install the package python{version}-dev or python3-devel)"
    for module in ("mypyc", "setuptools"):
        if importlib.util.find_spec(module) is None:
            return f"no {module}: pip install 'kscan[fast]' brings it"
    return ""


def build() -> Path:
    """Compiles the modules, unless a build of this source is there already; gives the folder. The working folder is
    ROOT."""
    room = _compiled_room()
    folder: Path = room.folder_in(ROOT / "kscan")
    if room.state_of(ROOT / "kscan", False) != "in use":
        _compile(room, folder)
    return folder


def _compile(room: Any, folder: Path) -> None:
    from mypyc.build import mypycify
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    digest = room.source_digest(ROOT / "kscan")
    shutil.rmtree(folder, ignore_errors=True)
    sources = [f"{name.replace('.', '/')}.py" for name in room.MODULES]
    options = ["--config-file=", "--ignore-missing-imports", "--follow-imports=silent", *sources]
    with tempfile.TemporaryDirectory(prefix="kscan-fast-") as scratch:
        extensions = mypycify(options, opt_level="3", debug_level="0", target_dir=f"{scratch}/c")
        if os.name == "posix":
            for extension in extensions:
                extension.extra_compile_args += _CLOSED
        command = build_ext(Distribution({"name": "kscan-fast", "ext_modules": extensions}))
        command.build_lib, command.build_temp = f"{scratch}/lib", f"{scratch}/tmp"
        command.ensure_finalized()
        command.run()
        _put(Path(scratch) / "lib", folder, room.SUFFIX)
    (folder / room.DIGEST).write_text(digest, "ascii")  # last: without it the folder counts for nothing


def _put(made: Path, folder: Path, suffix: str) -> None:
    """Copies every extension module under ``made`` into ``folder``, named by its whole name."""
    folder.mkdir(parents=True)
    for file in made.rglob(f"*{suffix}"):
        name = ".".join(file.relative_to(made).parts)
        shutil.copy2(file, folder / name)


def get_build_hook() -> type:
    """What hatchling asks for when it builds a wheel: the compiled form goes in where KSCAN_COMPILE is set."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class Hook(BuildHookInterface):  # type: ignore[misc]
        def dependencies(self) -> list[str]:
            return ["mypy>=1.13", "setuptools>=65", "tree-sitter>=0.26", "msgspec>=0.19"] if _is_wanted() else []

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if not _is_wanted() or self.target_name != "wheel" or version == "editable":
                return
            lacking = missing()
            if lacking:
                raise SystemExit(f"KSCAN_COMPILE: {lacking}")
            os.chdir(ROOT)
            folder = build()
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            for file in folder.iterdir():
                build_data["force_include"][str(file)] = file.relative_to(ROOT).as_posix()

    return Hook


def _is_wanted() -> bool:
    return os.environ.get("KSCAN_COMPILE", "") not in {"", "0"}


def main() -> int:
    lacking = missing()
    if lacking:
        print(f"make fast: {lacking}", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    folder = build()
    print(f"compiled into {folder.relative_to(ROOT)}; KSCAN_PURE=1 switches it off")
    return 0


if __name__ == "__main__":
    sys.exit(main())
