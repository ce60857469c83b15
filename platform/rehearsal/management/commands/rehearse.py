"""`manage.py rehearse`: the whole loop with simulated annotators, by the workers that run."""

import logging
import time
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.errors import RondoError
from rehearsal import loop, raters, report
from rehearsal.recipe import RECIPES


class Command(BaseCommand):
    """Prints a line per stage; report.json and index.html go to --out."""

    help = "Play rounds with simulated annotators and report how well the loop learns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which model, how many rounds, who labels, where the report goes."""
        parser.add_argument("--model", default="smollm2", help="smollm2, tiny, or a source")
        parser.add_argument("--algorithm", choices=list(RECIPES), default=next(iter(RECIPES)))
        parser.add_argument("--rounds", type=int, default=2)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--out", type=Path, default=settings.VAR)
        parser.add_argument("--rankings", type=int, default=0, help="of round 1; 0: the recipe's")
        parser.add_argument("--raters", default="", help="good,random,inverted, as in 10,2,1")
        parser.add_argument("--overlap", type=int, default=3, help="answers a task, of --raters")
        parser.add_argument(
            "--use", choices=(*raters.USES, "all"), default="all", help="of the labels of --raters"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Play once, or once for each use of the labels; report after each round; print the end."""
        logging.getLogger("labeling").setLevel(logging.WARNING)  # a line per stage, not per label
        out: Path = options["out"]
        content: report.Report = {}
        done: list[report.Report] = []
        try:
            for group in _groups(options):
                name = group.use if group else ""
                content = self._play(group, options, out / name, done)
                done.append(content)
        except RondoError as error:
            raise CommandError(error.message) from error
        report.write(content, out)
        for line in report.lines(content):
            self.stdout.write(line)
        self.stdout.write(f"{out / 'report.json'} and index.html beside it")

    def _play(
        self,
        group: raters.Raters | None,
        options: dict[str, Any],
        out: Path,
        done: list[report.Report],
    ) -> report.Report:
        began = time.monotonic()
        recipes = RECIPES[options["algorithm"]]
        rehearsal = recipes.get(options["model"], recipes["smollm2"])
        if options["rankings"]:
            rehearsal = replace(rehearsal, rankings=(options["rankings"], rehearsal.rankings[1]))
        scene = loop.set_up(
            model=options["model"],
            rehearsal=rehearsal,
            seed=options["seed"],
            say=self.stdout.write,
            raters=group,
        )
        played: list[loop.Played] = []
        content: report.Report = {}
        for _number in range(options["rounds"]):
            played.append(loop.play(scene))
            seconds = time.monotonic() - began
            content = report.build(scene, played, total_seconds=seconds, before=done)
            report.write(content, out)
        return content


def _groups(options: dict[str, Any]) -> list[raters.Raters | None]:
    """The raters with each use of their labels; None for three good ones, as usual."""
    if not options["raters"]:
        return [None]
    uses = raters.USES if options["use"] == "all" else (options["use"],)
    try:
        return [raters.read(options["raters"], overlap=options["overlap"], use=use) for use in uses]
    except ValueError as error:
        raise CommandError(f"--raters {options['raters']}: {error}") from error
