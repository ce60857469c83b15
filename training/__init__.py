"""The machine learning, as processes over a folder; knows nothing of the platform."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)  # the trainer of a stage may lie elsewhere
