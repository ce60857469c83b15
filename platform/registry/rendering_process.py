"""A process that puts a conversation through a chat template: see registry.rendering.

JSON comes in, {"template": …, "tokens": {…}, "messages": […]}, and goes out, {"text": …} or
{"refusal": …}. It imports nothing of Rondo. The environment is that of transformers.
"""

import json
import resource
import sys
from datetime import datetime
from typing import Any, NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST = 2**30  # bytes of memory
LONGEST = 2**20  # characters that are shown


class Generation(Extension):
    """transformers' `{% generation %}`, which marks the assistant's text."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> nodes.Node:
        """Its content, as if the marks were not there."""
        line = next(parser.stream).lineno
        return nodes.Scope(
            parser.parse_statements(("name:endgeneration",), drop_needle=True), lineno=line
        )


def refuse(message: str) -> NoReturn:
    """A template's own error."""
    raise TemplateError(message)


def to_json(value: Any, *, indent: int | None = None, **_: Any) -> str:
    """JSON without HTML's escapes."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def now(form: str) -> str:
    """The time, where a template wants it."""
    return datetime.now().astimezone().strftime(form)


def render(template: str, tokens: dict[str, str], messages: list[dict[str, Any]]) -> str:
    """What the model reads, up to where it is to go on."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = to_json
    environment.globals.update(raise_exception=refuse, strftime_now=now)
    made = environment.from_string(template)
    return made.render(messages=messages, add_generation_prompt=True, **tokens)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))
    asked = json.load(sys.stdin)
    try:
        answer = {"text": render(asked["template"], asked["tokens"], asked["messages"])[:LONGEST]}
    except TemplateError as error:
        answer = {"refusal": str(error)[:500]}
    json.dump(answer, sys.stdout)
