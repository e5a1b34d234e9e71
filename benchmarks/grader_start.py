"""How long grading one lesson takes, as a multiple of importing its framework alone.

Usage: python benchmarks/grader_start.py [rounds]
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from pixelwise.course import load_course
from pixelwise.grading.runtime import is_installed

ROOT = Path(__file__).parent.parent


def seconds(command: list[str]) -> float:
    """Wall-clock seconds of one run of `command`, which must succeed."""
    # A learner has no pytest plugins; those of authors take seconds to load.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def main(rounds: int) -> None:
    """Measure in turns, so that noise hits both sides alike, and print the medians."""
    course = load_course(ROOT)
    for framework in filter(is_installed, course.frameworks):
        importing = [sys.executable, "-c", f"import {framework}"]
        for lesson in course.lessons:
            options = ["--submission", "solutions", "--lesson", lesson.topic]
            grading = [sys.executable, "-m", "pytest", "-q", "autograder/", *options]
            pairs = [
                (seconds(importing), seconds([*grading, "--framework", framework]))
                for _round in range(rounds)
            ]
            alone, graded = (statistics.median(times) for times in zip(*pairs, strict=True))
            print(
                f"{framework:>10} {lesson.topic:<12} import {alone:5.2f} s   "
                f"grade {graded:5.2f} s   ratio {graded / alone:.2f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
