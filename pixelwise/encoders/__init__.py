"""Encoders that lessons build on: networks whose weights others have trained on ImageNet."""
