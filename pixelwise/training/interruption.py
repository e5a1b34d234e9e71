"""Ctrl-C: the first one asks the loop to stop, a second one stops at once."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# `torchrun` hands on a Ctrl-C that the terminal has sent to all processes anyway.
_SAME = 1.0
"""Signals within so many seconds are one."""


class StopRequest:
    """Whether somebody has asked to stop.

    Attributes:
        asked: true from the first Ctrl-C on.
    """

    def __init__(self) -> None:
        self.asked = False
        self._when = 0.0

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.asked and now - self._when > _SAME:
            raise KeyboardInterrupt
        if not self.asked:
            self._when = now
        self.asked = True


@contextmanager
def listening() -> Iterator[StopRequest]:
    """Listen for Ctrl-C, and for the signal by which clusters end a job, until the block ends."""
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread may listen.
        yield request
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, request._on_signal) for number in numbers}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
