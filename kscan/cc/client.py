"""The side of ``kscan cc`` that make starts for each file. It loads next to nothing: it is to cost less than what it
asks for."""

from __future__ import annotations

import os
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# Longer than a file takes, and than a tree without an index takes to be read.
_WAIT_S = 300.0
_START_S = 20.0


def main(words: list[str], alone: Callable[[bytes], bytes]) -> int:
    """Answers one call on standard error; ``alone`` does in this process what otherwise another one does. 0 always: a
    checker must not break a build."""
    if not words[-1].endswith(".c"):
        # Before it calls a checker, make tries it on a file without a name of its own, and takes offence at any word.
        return 0
    call = b"".join(os.fsencode(word) + b"\0" for word in (os.getcwd(), *words))
    said = None if os.environ.get("KSCAN_CC_ALONE") else _asked(call)
    sys.stderr.buffer.write(alone(call) if said is None else said)
    return 0


def sent(connection: socket.socket, message: bytes) -> None:
    """Sends one message, its length before it."""
    connection.sendall(len(message).to_bytes(8, "big") + message)


def received(connection: socket.socket) -> bytes:
    """The message that the other side sends. Raises ConnectionError if it goes away meanwhile."""
    return _exactly(connection, int.from_bytes(_exactly(connection, 8), "big"))


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            raise ConnectionError
        found += part
    return found


def _asked(call: bytes) -> bytes | None:
    """What the process that answers says; None when there is none to be had."""
    try:
        place = _place()
        with _connected(place) or _started(place) as connection:
            connection.settimeout(_WAIT_S)
            sent(connection, call)
            return received(connection)
    except OSError:
        return None


def _connected(place: str) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(place)
    except OSError:
        connection.close()
        return None
    return connection


def _started(place: str) -> socket.socket:
    """A connection to a process that this call, or one beside it, starts. Raises OSError if none comes to be."""
    import fcntl
    import subprocess
    import time

    with open(place + ".lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = _connected(place)
        if connection is not None:
            return connection
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kscan.cc.server", place],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + _START_S
        while time.monotonic() < until and process.poll() is None:
            connection = _connected(place)
            if connection is not None:
                process.returncode = 0  # it goes on without this one
                return connection
            time.sleep(0.01)
    raise ConnectionError


def _place() -> str:
    """Where such a process listens: in a folder of the user's alone; another for another kscan or another cache.
    Raises OSError where there is no such folder."""
    folder = os.path.join(os.environ.get("XDG_RUNTIME_DIR") or "/tmp", f"kscan-{os.getuid()}")
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        about = os.lstat(folder)
        if about.st_uid != os.getuid() or about.st_mode & 0o170077 != 0o040000:
            raise PermissionError(folder) from None
    import zlib

    names = ("KSCAN_CACHE_DIR", "KSCAN_PURE", "XDG_CACHE_HOME", "HOME")
    own = [sys.executable, __file__, *(os.environ.get(name, "") for name in names)]
    package = os.path.dirname(os.path.dirname(__file__))
    stamps = [os.stat(one.path).st_mtime_ns for one in os.scandir(package)]
    told = repr((own, sorted(stamps))).encode(errors="surrogateescape")
    return os.path.join(folder, f"{zlib.crc32(told):08x}{zlib.adler32(told):08x}")
