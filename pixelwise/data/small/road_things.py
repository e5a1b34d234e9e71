"""What stands in a scene, in the order in which it is painted."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pixelwise.data.small.road_plans import Plan
from pixelwise.data.small.road_stage import Stage
from pixelwise.data.small.road_street import Street


@dataclass
class Things:
    """What stands in a scene.

    Attributes:
        plan: what the scene is to show.
        street: the ground that the things stand on.
        stage: what they are painted with.
        painters: how far away each is, and what paints it.
    """

    plan: Plan
    street: Street
    stage: Stage
    painters: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def add(self, order: float, painter: Callable[[], None]) -> None:
        """Have a thing painted after all that have a larger `order`, its distance in metres."""
        self.painters.append((order, painter))

    def paint(self, low: float, high: float) -> None:
        """Paint the things between two distances, far ones first."""
        chosen = [entry for entry in self.painters if low < entry[0] <= high]
        for _order, painter in sorted(chosen, key=lambda entry: -entry[0]):
            painter()
