"""The command line for training: ``pixelwise train``."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pixelwise.command_line import Framework, Lang, speaking
from pixelwise.networks import NETWORKS

INTERRUPTED = 130
"""The exit status of a program that Ctrl-C has ended, as shells have it."""


class Precision(StrEnum):
    """Numbers that a network computes in."""

    float32 = "float32"
    bfloat16 = "bfloat16"
    float16 = "float16"


def train(
    network: Annotated[str, typer.Argument(help=f"The network: {', '.join(NETWORKS)}.")],
    framework: Annotated[Framework, typer.Option(help="What to train in.")],
    data: Annotated[
        str, typer.Option(help="The data set; pixelwise data list shows the names.")
    ] = "kitti_road",
    width: Annotated[
        int | None,
        typer.Option(min=1, help="Channels of the first stage; 64 is the published network."),
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="Resize images to it, height x width: 160x576.")
    ] = None,
    crop: Annotated[
        str | None, typer.Option(help="Cut windows of it out of the images instead: 320x320.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="How often each image is seen.")] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Stop after the last epoch that is over by then.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Images a step, of all processes together.")
    ] = None,
    learning_rate: Annotated[float | None, typer.Option(min=0, help="Adam's, at its peak.")] = None,
    precision: Annotated[
        Precision | None, typer.Option(help="Default: what the machine computes fastest in.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of weights, order, augmentation and dropout.")
    ] = None,
    pretrained: Annotated[
        bool | None,
        typer.Option(
            "--pretrained/--scratch",
            help="Start with weights published for ImageNet; default: if they are here and fit.",
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(help="Your notebook or .py file, to train your own network."),
    ] = None,
    small: Annotated[
        bool, typer.Option("--small", help="The course's own set, even if the real one is there.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that read images at the same time; torch only.")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(help="The folder of the run; default: a new one in runs/.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the run in --out, or with the newest in runs/."),
    ] = False,
    lang: Lang = None,
) -> None:
    """Train a network, watch it learn, and keep the best of it."""
    # NumPy and matplotlib take longer to load than other commands take to run.
    from pixelwise.training import Ending
    from pixelwise.training import train as training
    from pixelwise.training.recipe import parse_size

    try:
        with speaking(lang):
            settings: dict[str, Any] = {
                "width": width,
                "size": size and parse_size(size),
                "crop": crop and parse_size(crop),
                "epochs": epochs,
                "batch_size": batch_size,
                "learning_rate": learning_rate,
                "precision": precision and precision.value,
                "seed": seed,
                "pretrained": pretrained,
                "answers": answers and str(answers),
                "small": small or None,
            }
            outcome = training(
                network,
                framework.value,
                data,
                {name: value for name, value in settings.items() if value is not None},
                out=out,
                resume=resume,
                minutes=minutes,
                workers=workers,
                console=Console(),
            )
    except KeyboardInterrupt:
        # Stopped for the second time: at once, without a farewell.
        sys.exit(INTERRUPTED)
    if outcome.ending is Ending.INTERRUPTED:
        raise typer.Exit(INTERRUPTED)


def evaluate(
    folder: Annotated[Path, typer.Argument(help="The folder of a run.")],
    split: Annotated[str, typer.Option(help="The part of the data set.")] = "test",
    lang: Lang = None,
) -> None:
    """Measure the best weights of a run on images that it was not chosen by."""
    from pixelwise.training import evaluate as measure

    with speaking(lang):
        measure(folder, split, console=Console())
