"""Which of several processes this one is, as whoever started them tells by the environment."""

import json
import os


def this_process(framework: str) -> tuple[int, int]:
    """This process's number, from 0, and the number of processes.

    `torchrun` sets RANK and WORLD_SIZE. For TensorFlow, TF_CONFIG names all workers.
    """
    if framework == "torch":
        return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    config = json.loads(os.environ.get("TF_CONFIG") or "{}")
    workers = config.get("cluster", {}).get("worker", [])
    if len(workers) < 2:
        return 0, 1
    return int(config["task"]["index"]), len(workers)
