"""The command `rondo`: the nouns and verbs of the API, in the shell."""

import sys


def main() -> None:
    """Run the command line. Without its packages: which command installs them."""
    try:
        import typer  # noqa: F401, PLC0415
    except ImportError:
        sys.exit("The command `rondo` needs two more packages: pip install 'rondo-client[cli]'")
    from rondo_client.cli.app import run  # noqa: PLC0415

    sys.exit(run())
