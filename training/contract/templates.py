"""What a chat template may do, read from its parsed form.

A chat template is a program that a model folder brings along. transformers runs it in Jinja's
sandbox, which has been escaped before; so a template that reaches for what conversations do not
have is refused before a library sees it. The text itself says little: '\\x5f' is an underscore too.

The one module of the contract that needs a library: whoever checks a folder has Jinja.
"""

from collections import Counter
from collections.abc import Iterator

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.filters import FILTERS as ALL_FILTERS
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from training.contract.said import say

LARGEST = 2**20  # characters of a template
LONGEST = 100_000  # of a text that it puts together of known ones
FILTERS = ALL_FILTERS.keys() - {"attr", "xmlattr", "pprint", "random", "urlize"}
# Filters that take the name of an attribute, or of another filter.
BY_ATTRIBUTE = {"map", "selectattr", "rejectattr", "groupby", "sort", "unique", "sum", "min", "max"}
FUNCTIONS = {"range", "namespace", "dict", "raise_exception", "strftime_now", "caller", "loop"}
METHODS = {
    *("append", "capitalize", "count", "endswith", "find", "format", "fromkeys", "get", "index"),
    *("isdigit", "isalpha", "isupper", "islower", "isspace", "items", "join", "keys", "lower"),
    *("lstrip", "replace", "rfind", "rsplit", "rstrip", "split", "splitlines", "startswith"),
    *("strip", "title", "update", "upper", "values", "cycle", "changed", "removeprefix"),
    *("removesuffix", "partition", "rpartition", "strftime", "copy", "zfill"),
}
# Attributes by which Python's objects lead to frames, code and globals, beside those with a "_".
INNER = {
    *("mro", "gi_frame", "gi_code", "cr_frame", "cr_code", "ag_frame", "ag_code", "tb_frame"),
    *("f_globals", "f_builtins", "f_locals", "f_back", "f_code", "func_globals", "func_code"),
}
FORBIDDEN = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)


class UnsafeTemplateError(ValueError):
    """What the template does that it may not."""


class Generation(Extension):
    """transformers' `{% generation %}`, which marks the assistant's text."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> nodes.Node:
        """Its content, as if the marks were not there."""
        line = next(parser.stream).lineno
        return nodes.Scope(
            parser.parse_statements(("name:endgeneration",), drop_needle=True), lineno=line
        )


_environment = ImmutableSandboxedEnvironment(extensions=[Generation, loopcontrols])


def check(text: str) -> None:
    """UnsafeTemplateError unless the template does nothing but put conversations together."""
    if len(text) > LARGEST:
        raise UnsafeTemplateError(say("is longer than {largest} characters", largest=LARGEST))
    try:
        _Check(_environment.parse(text)).run()
    except UnsafeTemplateError:
        raise
    except (TemplateError, ValueError, OverflowError) as error:  # a number of 5,000 digits
        raise UnsafeTemplateError(say("is no template: {error}", error=error)) from error
    except RecursionError as error:
        raise UnsafeTemplateError(say("is nested too deeply")) from error


class _Check:
    """Looks at every node. Names that are set once to a known text count as that text."""

    def __init__(self, tree: nodes.Template) -> None:
        self.tree = tree
        self.functions = FUNCTIONS | {macro.name for macro in tree.find_all(nodes.Macro)}
        self.known: dict[str, str] = {}
        times = Counter(name.name for name in tree.find_all(nodes.Name) if name.ctx != "load")
        for assign in tree.find_all(nodes.Assign):
            target = assign.target
            if isinstance(target, nodes.Name) and times[target.name] == 1:
                text = self._text(assign.node)
                if text is not None:
                    self.known[target.name] = text

    def run(self) -> None:
        for node in _walk(self.tree):
            self._check(node)

    def _check(self, node: nodes.Node) -> None:
        if isinstance(node, FORBIDDEN):
            raise UnsafeTemplateError(
                say("loads another template (line {lineno})", lineno=node.lineno)
            )
        if isinstance(node, nodes.Expr):
            text = self._text(node)
            if text is not None and "__" in text:
                self._refuse(text, node)
        if isinstance(node, nodes.Getattr | nodes.NSRef):
            self._name(node.attr, node)
        elif isinstance(node, nodes.Getitem):
            self._subscript(node.arg)
        elif isinstance(node, nodes.Filter):
            self._filter(node)
        elif isinstance(node, nodes.Call):
            self._call(node)

    def _name(self, name: str, node: nodes.Node) -> None:
        if name.startswith("_") or name in INNER:
            self._refuse(name, node)

    def _subscript(self, arg: nodes.Node) -> None:
        text = self._text(arg)
        if text is not None:
            self._name(text, arg)
        elif any(isinstance(n, nodes.Concat | nodes.Mod) for n in _walk(arg)):
            self._refuse("[a text put together]", arg)

    def _filter(self, node: nodes.Filter) -> None:
        if node.name not in FILTERS:
            raise UnsafeTemplateError(
                say("uses the filter {name} (line {lineno})", name=node.name, lineno=node.lineno)
            )
        if node.name not in BY_ATTRIBUTE:
            return
        if node.dyn_args or node.dyn_kwargs:
            self._refuse("[names of the conversation]", node)
        named = [pair.value for pair in node.kwargs if pair.key == "attribute"]
        first = node.args[:1] if node.name.endswith(("map", "attr")) else node.args
        for arg in [*first, *named]:
            if self._text(arg) is None and not isinstance(arg, nodes.Const):
                self._refuse("[a name put together]", arg)
        for arg in [*node.args, *named]:
            text = self._text(arg) or ""
            for part in text.split("."):
                self._name(part, arg)
            if text == "attr":
                self._refuse(text, arg)

    def _call(self, node: nodes.Call) -> None:
        called = node.node
        if isinstance(called, nodes.Name):
            if called.name not in self.functions:
                raise UnsafeTemplateError(
                    say("calls {name} (line {lineno})", name=called.name, lineno=node.lineno)
                )
        elif not isinstance(called, nodes.Getattr) or called.attr not in METHODS:
            raise UnsafeTemplateError(
                say(
                    "calls {name} (line {lineno})",
                    name=getattr(called, "attr", say("what it has computed")),
                    lineno=node.lineno,
                )
            )

    def _refuse(self, name: str, node: nodes.Node) -> None:
        raise UnsafeTemplateError(
            say(
                "reaches for attributes of Python objects: {name} (line {lineno})",
                name=f"{name!r}",
                lineno=node.lineno,
            )
        )

    def _text(self, node: nodes.Node) -> str | None:
        """The text that an expression always is; None where it depends on the conversation."""
        if isinstance(node, nodes.Const):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, nodes.Name):
            return self.known.get(node.name)
        parts: list[nodes.Expr] = []
        if isinstance(node, nodes.Concat):
            parts = node.nodes
        elif isinstance(node, nodes.Add):
            parts = [node.left, node.right]
        texts = [self._text(part) for part in parts]
        known = [text for text in texts if text is not None]
        if sum(map(len, known)) > LONGEST:
            raise UnsafeTemplateError(
                say("puts a text of more than {longest} characters together", longest=LONGEST)
            )
        return "".join(known) if texts and len(known) == len(texts) else None


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    """A node and all below it."""
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        pending.extend(found.iter_child_nodes())
