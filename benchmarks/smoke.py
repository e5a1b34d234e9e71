"""The training runs of the grader: what right and what broken answers reach.

Usage: python -m benchmarks.smoke [--framework torch|tensorflow] [--seeds N] [exercise ...]

Each broken answer is the reference answer with one thing changed. Printed are the least, the mean
and the greatest mean IoU on held-out scenes over the seeds, and the CPU time of one run.
"""

import argparse
import time

import numpy as np

from benchmarks.smoke_variants import broken_answers
from pixelwise.course import FRAMEWORKS, load_course
from pixelwise.grading.engine import InProcessEngine
from pixelwise.grading.learner import Learner
from pixelwise.grading.runtime import Runtime, make_runtime
from pixelwise.grading.smoke import TRIALS, attempt
from pixelwise.grading.source import parse_script

RIGHT = "the reference answer"


def measure(runtime: Runtime, framework: str, exercise: str, seeds: int) -> None:
    """Print a line for the right answer and for each broken one."""
    course = load_course()
    (topic,) = (
        lesson.topic
        for lesson in course.lessons
        if exercise in (one.name for one in lesson.exercises)
    )
    path = course.solution(topic, framework)
    solution = path.read_text(encoding="utf-8")
    bar = TRIALS[exercise].bar
    print(f"\n{exercise}, {framework}: bar {bar:.2f}\n")
    print("| Answer | Least | Mean | Greatest | CPU time |")
    print("| --- | --- | --- | --- | --- |")
    for title, text in {RIGHT: solution, **broken_answers(exercise, framework, solution)}.items():
        source = parse_script(path, text)
        reached, start = [], time.process_time()
        for seed in range(seeds):
            engine = InProcessEngine(runtime, source.reachable(exercise), seconds=0)
            learner = Learner(engine, source, framework)
            reached.append(attempt(learner, exercise, seed).mean_iou)
        seconds = (time.process_time() - start) / seeds
        numbers = f"{min(reached):.2f} | {np.mean(reached):.2f} | {max(reached):.2f}"
        print(f"| {title} | {numbers} | {seconds:.0f} s |", flush=True)


def main() -> None:
    """Measure the exercises that the command line names, or all."""
    parser = argparse.ArgumentParser(description="What the grader's training runs tell apart.")
    parser.add_argument("exercises", nargs="*", metavar="exercise")
    parser.add_argument("--framework", choices=FRAMEWORKS, default="torch")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    if unknown := set(options.exercises) - set(TRIALS):
        parser.error(f"no trial of {', '.join(sorted(unknown))}; there are {', '.join(TRIALS)}")
    runtime = make_runtime(options.framework)
    for exercise in options.exercises or TRIALS:
        measure(runtime, options.framework, exercise, options.seeds)


if __name__ == "__main__":
    main()
