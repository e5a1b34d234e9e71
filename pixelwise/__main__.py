"""``python -m pixelwise``: the command line, where a program such as torchrun wants a module."""

from pixelwise.cli import app

app(prog_name="pixelwise")
