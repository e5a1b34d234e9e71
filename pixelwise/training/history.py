"""What was measured after each epoch, kept in history.csv."""

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True)
class Row:
    """One epoch.

    Attributes:
        epoch: counted from 1; 0 is the network before any training.
        loss: the mean over the epoch's steps; NaN for epoch 0.
        mean_iou: of the validation images.
        pixel_accuracy: of the validation images.
        seconds: that the epoch's training took, without the validation.
        images_per_second: in training.
    """

    epoch: int
    loss: float
    mean_iou: float
    pixel_accuracy: float
    seconds: float
    images_per_second: float


_NAMES = [field.name for field in fields(Row)]


def to_csv(rows: Iterable[Row]) -> str:
    """The table as text, a row an epoch."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_NAMES)
    for row in rows:
        writer.writerow(
            "" if isinstance(value, float) and math.isnan(value) else repr(value)
            for value in astuple(row)
        )
    return text.getvalue()


def from_csv(text: str) -> list[Row]:
    """The rows that `to_csv` wrote.

    Raises:
        ValueError: the text is no such table.
    """
    reader = csv.DictReader(io.StringIO(text))
    if reader.fieldnames != _NAMES:
        raise ValueError(f"the columns are {reader.fieldnames}, not {_NAMES}")
    return [
        Row(
            int(line["epoch"]),
            *(float(line[name]) if line[name] else math.nan for name in _NAMES[1:]),
        )
        for line in reader
    ]


def best_epoch(rows: Iterable[Row]) -> int:
    """The epoch with the highest mean IoU; of several, the last."""
    return max(rows, key=lambda row: (row.mean_iou, row.epoch)).epoch
