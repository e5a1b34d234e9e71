"""The published files of pretrained weights, as ``registry.toml`` lists them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pixelwise.data.fetching.archives import Archive
from pixelwise.messages import _
from pixelwise.pretrained.errors import WeightsError

REGISTRY = Path(__file__).with_name("registry.toml")


@dataclass(frozen=True)
class Published:
    """Pretrained weights of one network for one framework.

    Attributes:
        name: the network, such as ``vgg16``.
        framework: ``torch`` or ``tensorflow``.
        title: what people call the weights.
        file: the name of the file.
        url: its address.
        size: in bytes.
        checksum: ``sha256:`` or ``md5:`` and the digest in hexadecimal; empty where none is known.
        page: the publisher's page.
    """

    name: str
    framework: str
    title: str
    file: str
    url: str
    size: int
    checksum: str
    page: str

    @property
    def archive(self) -> Archive:
        """The file as something to download and to check."""
        return Archive(self.file, (self.url,), self.size, self.size, self.checksum)

    @property
    def command(self) -> str:
        """The command that gets the file."""
        return f"pixelwise weights fetch {self.name} --framework {self.framework}"


@cache
def registry() -> dict[tuple[str, str], Published]:
    """All published weights, by the names of network and framework."""
    return {(entry.name, entry.framework): entry for entry in _entries()}


def _entries() -> Iterator[Published]:
    for name, frameworks in tomllib.loads(REGISTRY.read_text(encoding="utf-8")).items():
        for framework, facts in frameworks.items():
            yield Published(name, framework, **facts)


def published(name: str, framework: str) -> Published:
    """The weights of a network for a framework.

    Raises:
        WeightsError: there are none; names those that there are.
    """
    if (name, framework) not in registry():
        raise WeightsError(
            _(
                "There are no weights {name} for {framework}. There are: {known}.",
                name=name,
                framework=framework,
                known=", ".join(f"{name} ({framework})" for name, framework in registry()),
            )
        )
    return registry()[name, framework]
