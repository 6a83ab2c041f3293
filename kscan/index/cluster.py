"""The worker run by a dask cluster: the same function of bytes, on other machines (extra ``kscan[dask]``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from kscan.facts.fingerprint import READING, fingerprint
from kscan.index.engine import Batch, Done, Work
from kscan.index.work import Ground
from kscan.model.error import InputError

if TYPE_CHECKING:
    from distributed import Client

_WAIT_S: Final = 10
_AHEAD: Final = 3
"""Batches for each thread of the cluster that are under way."""


class Cluster:
    """The workers of the dask scheduler at ``address``, such as ``tcp://host:8786``."""

    def __init__(self, address: str) -> None:
        """Raises InputError without the extra, and when no scheduler with workers of this very kscan answers."""
        try:
            from distributed import Client  # noqa: PLC0415 - optional, and slow to load
        except ImportError:
            raise InputError("--engine dask: dask.distributed is not installed; pip install 'kscan[dask]'") from None
        try:
            self._client: Client = Client(address, timeout=_WAIT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as why:
            reason = str(why).partition("\n")[0]
            raise InputError(
                f"--engine dask={address}: no scheduler answers ({reason}); start one, or check it"
            ) from None
        _same_everywhere(self._client, address)

    def map(self, work: Work, ground: Ground, batches: Iterable[Batch]) -> Iterator[Done]:
        """Each batch, in the order they are done. dask tries a batch again when a worker dies; the files of one that
        takes several down are tried one by one."""
        from distributed import as_completed  # noqa: PLC0415

        run = _Run(self._client, work, ground)
        with self._client.as_current():
            pending = as_completed()
        left = iter(batches)
        room = _AHEAD * max(1, sum(self._client.nthreads().values()))
        for batch in islice(left, room):
            pending.add(run.submit(batch))
        for future in pending:
            batch = run.taken(future)
            outcome = run.outcome(future)
            if outcome is None and len(batch) > 1:
                for task in batch:
                    pending.add(run.submit((task,)))
            elif outcome is _LOST:
                pending.add(run.submit(batch))
            else:
                yield batch, outcome
            for fresh in islice(left, 1):
                pending.add(run.submit(fresh))


_LOST: Final[Any] = object()
"""The cluster lost the ground with a worker that died; it has been sent again."""


class _Run:
    """The batches under way on one ground."""

    def __init__(self, client: Client, work: Work, ground: Ground) -> None:
        self._client = client
        self._work = work
        self._ground = ground
        self._batches: dict[str, Batch] = {}
        self._sent = self._send()

    def submit(self, batch: Batch) -> Any:
        future = self._client.submit(self._work, self._sent, batch, pure=False)
        self._batches[future.key] = batch
        return future

    def taken(self, future: Any) -> Batch:
        return self._batches.pop(future.key)

    def outcome(self, future: Any) -> Any:
        """The result; None when the batch kills workers, _LOST when it has to be tried again."""
        from distributed import CancelledError, KilledWorker  # noqa: PLC0415

        if not future.cancelled() and future.status != "lost":
            error = future.exception()
            if isinstance(error, KilledWorker):
                return None
            if error is not None:
                raise error
            with suppress(CancelledError):  # a worker may die with the result before that is fetched
                return future.result()
        self._sent = self._send()
        return _LOST

    def _send(self) -> Any:
        return self._client.scatter(self._ground, broadcast=True, hash=False)


def _same_everywhere(client: Client, address: str) -> None:
    """Raises InputError unless there are workers, and all make of a file what this process makes of it."""
    try:
        theirs = client.run(fingerprint, READING)
    except (ImportError, AttributeError):
        theirs = {"": None}
    if not theirs:
        raise InputError(f"--engine dask={address}: the scheduler has no workers; start some")
    for worker, made_by in theirs.items():
        if made_by != fingerprint(READING):
            raise InputError(f"--engine dask={address}: worker {worker} runs another kscan; install the same one there")
