"""Rounds: what is asked, what is trained on the answers, and which model is promoted."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)  # see rounds.stages
