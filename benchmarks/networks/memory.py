"""How much memory a process has held."""

import importlib
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def process_peak() -> int | None:
    """The most memory that this process has held so far, in bytes; None where nothing tells."""
    if STATUS.exists():
        # Not `resource`: on Linux its peak is at least that of the process that started this one.
        lines = STATUS.read_text(encoding="utf-8").splitlines()
        return next(
            (int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None
        )
    try:
        resource = importlib.import_module("resource")
    except ModuleNotFoundError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
