"""The grammar of function names (CodingStyle 16): which ask a question, and which give a command."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

_QUESTIONS: Final = frozenset({"is", "are", "was", "has", "have", "can", "should", "needs"})
_COMMANDS: Final = frozenset(
    {
        *("add", "alloc", "allocate", "attach", "bind", "build", "charge", "check", "close", "copy", "create"),
        *("delete", "detach", "disable", "do", "enable", "expand", "fill", "find", "free", "get", "grow"),
        *("init", "initialize", "insert", "install", "kill", "load", "lock", "lookup", "make", "map", "mount"),
        *("move", "open", "parse", "prepare", "put", "queue", "read", "register", "release", "remove"),
        *("rename", "request", "reserve", "reset", "resize", "resume", "run", "save", "scan", "send", "set"),
        *("setup", "show", "shrink", "start", "stop", "store", "submit", "suspend", "test", "try", "unlock"),
        *("unmap", "unregister", "update", "validate", "verify", "wait", "walk", "write"),
    }
)
_ENDS: Final = frozenset({"show", "store", "init", "exit", "check", "set", "get", "test", "register", "read", "write"})
_OPEN: Final = frozenset({"where", "what", "which", "who", "when", "why", "how"})
"""Words that ask for more than yes or no."""
_NEWS: Final = (["is", "up"], ["is", "down"])
"""How a function is called that is told of a link, rather than asked."""


def is_question(name: str, file: str) -> bool:
    """Whether ``name`` asks something: ``is_x``, ``x_has_y``; not where the word is the name of the folder
    (net/can), where the name starts or ends as a command does, or where yes or no would be no answer."""
    words = name.strip("_").split("_")
    if len(words) < 2 or words[0] in _COMMANDS or words[-1] in _ENDS or words[-1] in _QUESTIONS:
        return False
    if words[-2:] in _NEWS or not _OPEN.isdisjoint(words):
        return False
    folders = set(PurePosixPath(file).parts)
    return any(word in _QUESTIONS and word not in folders for word in words[:-1])


def is_command(name: str) -> bool:
    """Whether ``name`` is a command: its first word is one, and it asks nothing."""
    words = name.strip("_").split("_")
    return words[0] in _COMMANDS - {"check", "test", "try", "validate", "verify"} and not _QUESTIONS.intersection(words)
