"""What a browser sends when somebody saves a form as it stands."""

from html.parser import HTMLParser


class Sent(HTMLParser):
    """The fields of the form whose tag carries `data-editor`, by name, each with its values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._select = self._textarea = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self._inside = "data-editor" in has
            case "input" if has.get("type") not in ("checkbox", "radio") or "checked" in has:
                self._add(has.get("name", ""), has.get("value", "on"))
            case "select":
                self._select = has["name"]
            case "option" if "selected" in has:
                self._add(self._select, has["value"])
            case "textarea":
                self._textarea = has["name"]
                self._add(self._textarea, "")

    def handle_data(self, data: str) -> None:
        if self._textarea and self._inside:
            self.fields[self._textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._textarea = ""

    def _add(self, name: str, value: str) -> None:
        if self._inside and name:
            self.fields.setdefault(name, []).append(value)
