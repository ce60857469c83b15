"""TRL's types: prompt-completion, preference, unpaired preference and stepwise supervision.

Plain or as messages; prompts alone, and conversations alone, are of other formats here. Text alone,
which is TRL's language modeling too, is refused: nothing in it says where the answer begins.

https://huggingface.co/docs/trl/dataset_formats. A preference may have its prompt within both of its
sides, as HuggingFaceH4/ultrafeedback_binarized has; whatever it says of scores is kept.
"""

from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row, Text, preferred
from labeling.formats.reading import answer, around, asked, conversation, ended, parsed
from labeling.kinds import reads

SIDES = {"chosen", "rejected"}
LABELED = {"prompt", "completions", "labels"}
STEPS = "steps"  # the dataset that has this type
OTHERS = {"prompt", "messages", "label", "labels", "instruction", "conversations", "data"}
SCORES = ("score_chosen", "score_rejected", "margin", "chosen_score", "rejected_score")
MODELS = ("chosen_model", "rejected_model")
KNOWN = {"prompt", "completion", "label", "messages", *SIDES, *SCORES, *MODELS}


class Trl(Format):
    """Datasets of TRL's trainers."""

    name = "trl"
    label = "TRL"
    needed: ClassVar[tuple[str, ...]] = ("prompt", "chosen", "text")

    def fits(self, row: Row) -> float:
        """By its columns: two sides, or a prompt and a completion."""
        if row.keys() >= SIDES:
            return 0.7
        if row.keys() >= LABELED:
            return 0.8
        if isinstance(row.get("text"), str) and not row.keys() & OTHERS:
            return 0.5
        return 0.7 if row.keys() >= {"prompt", "completion"} else 0.0

    def read(self, row: Row) -> list[Entry]:
        """One entry with one label."""
        if row.keys() >= LABELED:
            return [_of_steps(row)]
        more = around(row, but=KNOWN)
        if row.keys() >= SIDES:
            prompt, chosen, rejected = sides(row)
            about = {name: row[name] for name in SCORES if row.get(name) is not None}
            models = [name if isinstance(name := row.get(key), str) else "" for key in MODELS]
            label = preferred(chosen, rejected, models, about=about)
        else:
            if "text" in row and "prompt" not in row:
                raise BadInputError(
                    _(
                        "“text” alone does not say where the answer begins: name “prompt”, and"
                        " “completion” where there is one"
                    )
                )
            if "prompt" not in row or "completion" not in row:
                raise BadInputError(
                    _(
                        "it needs “prompt” and “completion”, or “chosen” and “rejected”; an empty"
                        " cell is none"
                    )
                )
            prompt, text = asked(row["prompt"]), answer(row["completion"])
            match row.get("label"):
                case None:
                    label = Label(written=text)
                case bool(good):
                    label = Label(texts=(Text(text=text, acceptable=good),))
                case _other:
                    raise BadInputError(_("“label” must be true or false"))
        return [Entry(prompt={**more, **prompt}, labels=(label,))]


def _of_steps(row: Row) -> Entry:
    """A text whose steps are labeled, as the kind of annotation reads it that exports this type."""
    parts, labels = (parsed(row[name]) for name in ("completions", "labels"))
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise BadInputError(_("“%(name)s” must be a list of texts") % {"name": "completions"})
    if not isinstance(labels, list) or not all(isinstance(label, bool) for label in labels):
        raise BadInputError(_("“%(name)s” must be a list of true and false") % {"name": "labels"})
    found = {"completions": parts, "labels": labels, "is_rewritten": False, "model": ""}
    texts = reads()[STEPS][1].texts(found)
    label = Label(texts=tuple(texts), dataset=STEPS, rows=(found,))
    prompt = {**around(row, but=KNOWN | LABELED), **asked(row["prompt"])}
    return Entry(prompt=prompt, labels=(label,))


def sides(row: Row) -> tuple[Row, str, str]:
    """The prompt of a preference, and its two texts."""
    if isinstance(row["chosen"], list):
        before, chosen = ended(conversation(row["chosen"]))
        other, rejected = ended(conversation(row["rejected"]))
        if before != other:
            raise BadInputError(_("the two sides are not of the same prompt"))
        if before:  # the prompt is within them
            return {"messages": before}, chosen, rejected
    else:
        chosen, rejected = answer(row["chosen"]), answer(row["rejected"])
    if "prompt" not in row:
        raise BadInputError(_("there is no “prompt”, and none within “chosen”"))
    return asked(row["prompt"]), chosen, rejected
