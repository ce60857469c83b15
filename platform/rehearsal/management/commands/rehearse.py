"""`manage.py rehearse`: the whole loop with simulated annotators, by the workers that run."""

import logging
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.errors import RondoError
from rehearsal import loop, report
from rehearsal.recipe import SMOLLM2, TINY


class Command(BaseCommand):
    """Prints a line per stage; report.json and index.html go to --out."""

    help = "Play rounds with simulated annotators and report how well the loop learns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which model, how many rounds, where the report goes."""
        parser.add_argument("--model", default="smollm2", help="smollm2, tiny, or a source")
        parser.add_argument("--rounds", type=int, default=2)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--out", type=Path, default=settings.VAR)

    def handle(self, *_: Any, **options: Any) -> None:
        """Play, report after each round, print the end."""
        began = time.monotonic()
        logging.getLogger("labeling").setLevel(logging.WARNING)  # a line per stage, not per label
        try:
            scene = loop.set_up(
                model=options["model"],
                rehearsal=TINY if options["model"] == "tiny" else SMOLLM2,
                seed=options["seed"],
                say=self.stdout.write,
            )
            played: list[loop.Played] = []
            for _number in range(options["rounds"]):
                played.append(loop.play(scene))
                content = report.build(scene, played, total_seconds=time.monotonic() - began)
                report.write(content, options["out"])
        except RondoError as error:
            raise CommandError(error.message) from error
        for line in report.lines(content):
            self.stdout.write(line)
        self.stdout.write(f"{options['out'] / 'report.json'} and index.html beside it")
