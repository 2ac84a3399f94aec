"""Calls in processes of their own: papermill changes the working directory, and a kernel may take all down with it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.context import BaseContext
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

_PRELOADED = ["papermill", "vaultcheck.integrations.papermill_engine.engine"]


class ProcessEach(ThreadPoolExecutor):
    """Runs each call in a new process, so many at a time; one that dies fails its own call and no other."""

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        self._context = _choose_context()

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Schedule a call; its future raises `BrokenProcessPool` where the process died."""
        return super().submit(_call, self._context, fn, *args, **kwargs)


def _call(context: BaseContext, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *args, **kwargs).result()


def _choose_context() -> BaseContext:
    """Return how processes are started: forked from one that has papermill loaded, where the system can."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context
