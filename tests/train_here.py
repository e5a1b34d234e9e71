"""Trains in this process: what the tests of several processes start.

    python train_here.py FRAMEWORK FOLDER COPIES SETTINGS

FOLDER is the run's, with the number of this process behind it, so that all can be compared; COPIES
is how many devices TensorFlow is to see in the processor; SETTINGS are JSON.
"""

import json
import sys
from pathlib import Path

from pixelwise.grading.runtime import import_tensorflow
from pixelwise.training import run
from pixelwise.training.loop import Run
from pixelwise.training.processes import this_process


def main(framework: str, folder: str, copies: str, settings: str) -> None:
    given = json.loads(settings)
    given["size"] = tuple(given["size"])
    if framework == "tensorflow":
        tf = import_tensorflow()
        (cpu,) = tf.config.list_physical_devices("CPU")
        devices = [tf.config.LogicalDeviceConfiguration()] * int(copies)
        tf.config.set_logical_device_configuration(cpu, devices)
    out = Path(folder)
    rank, _processes = this_process(framework)

    class Comparable(Run):
        """A run whose every process leaves its state behind."""

        def go(self, **options: object) -> object:
            outcome = super().go(**options)  # type: ignore[arg-type]
            out.mkdir(exist_ok=True)
            state = out / f"{rank}.{self._engine.state_name}"
            self._engine.save_state(state, len(outcome.rows) - 1)
            return outcome

    run.Run = Comparable  # type: ignore[misc, assignment]
    run.train("fcn", framework, "kitti_road", given, out=out)


if __name__ == "__main__":
    main(*sys.argv[1:])
