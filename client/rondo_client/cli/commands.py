"""One command for each method of a noun, made from the method itself."""

import inspect
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Any, get_origin, get_type_hints

import typer

from rondo_client.base import Resource
from rondo_client.cli.arguments import as_parameter, is_given, read
from rondo_client.cli.bar import bar
from rondo_client.cli.context import connect, note_json
from rondo_client.cli.output import show
from rondo_client.cli.pointing import pointing_to_lists

AS_JSON = Annotated[bool, typer.Option("--json", help="JSON, one line for each item of a list.")]
LIMIT = Annotated[int | None, typer.Option(min=1, help="So many of them at most.")]
# What Python is told by a function, the shell shows as a bar.
BARS = ("progress", "watch")


def add_commands(app: typer.Typer, noun: str, kind: type[Resource]) -> None:
    """Give `app` a command for each operation of `kind`."""
    for verb, method in methods(kind):
        about = inspect.getdoc(method) or ""
        app.command(
            verb.strip("_").replace("_", "-"),
            help=_help(about, inspect.signature(method)),
            short_help=about.partition("\n")[0],
        )(command(kind, noun, verb, method))


def methods(kind: type[Resource]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The operations of a noun, in alphabetical order, that a shell has a use for."""
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_") and name not in kind.NOT_IN_SHELL:
            yield name, method


def command(
    kind: type[Resource], noun: str, verb: str, method: Callable[..., Any]
) -> Callable[..., None]:
    """A function that typer makes a command of."""
    hints = get_type_hints(method)
    taken = dict(list(inspect.signature(method).parameters.items())[1:])  # without self
    about = _about(inspect.getdoc(method) or "")
    shown = [
        as_parameter(name, hints[name], parameter, about.get(name, ""))
        for name, parameter in taken.items()
        if name not in BARS
    ]

    def run(**given: Any) -> None:
        as_json, limit = given.pop("as_json"), given.pop("limit", None)
        note_json(as_json)
        values = {
            name: read(hints[name], value) for name, value in given.items() if is_given(value)
        }
        words = [
            values.pop(name)
            for name, parameter in taken.items()
            if name in values and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
        ]
        told = [name for name in BARS if name in taken]
        is_shown = bool(told) and not as_json
        title = f"{noun} {verb}"
        with (
            pointing_to_lists(kind, noun, words),
            connect() as client,
            bar(title, of_bytes="progress" in told, quiet=not is_shown) as shown,
        ):
            values |= {name: getattr(shown, name) for name in told}
            found = getattr(getattr(client, noun), verb)(*words, **values)
            show(islice(found, limit) if limit else found, as_json=as_json)

    last: dict[str, tuple[Any, Any]] = {"as_json": (AS_JSON, False)}
    if get_origin(hints["return"]) is Iterator:
        last = {"limit": (LIMIT, None), **last}
    shown += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint, default=default)
        for name, (hint, default) in last.items()
    ]
    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in shown]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _help(text: str, signature: inspect.Signature) -> str:
    """What a docstring says of the whole, a paragraph a line; the arguments are told elsewhere."""
    paragraphs = [
        " ".join(paragraph.split())
        for paragraph in text.split("\n\n")
        if paragraph.partition(":")[0] not in signature.parameters
    ]
    return "\n\n".join(paragraphs)


def _about(text: str) -> dict[str, str]:
    """What a docstring says of each argument: paragraphs that begin with its name."""
    found = {}
    for paragraph in text.split("\n\n"):
        if match := re.match(r"(\w+): (.+)", paragraph, re.DOTALL):
            found[match[1]] = " ".join(match[2].split())
    return found
