"""Compar:IA's votes and reactions: two conversations with the same opening, and what was said.

https://huggingface.co/datasets/ministere-culture/comparia-votes, comparia-reactions and
comparia-conversations; columns as https://github.com/betagouv/ComparIA has them (utils/schemas). A
vote is about the whole of both conversations: where they have more than one turn their replies
answer different things, so only the opening comes in, as a prompt. A reaction is about one reply:
"msg_index" says which, counted from 0 with the system message. Conversations bring their openings.
"""

from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row, Text
from labeling.formats.reading import around, conversation, ended, text_of

SIDES = ("a", "b")
TALKS = ("conversation_a", "conversation_b")
PEOPLE = ("visitor_id", "session_hash", "ip", "country", "city")  # nothing about the prompt
KNOWN = {
    *TALKS,
    *PEOPLE,
    "chosen_model_name",
    "both_equal",
    "opening_msg",
    "model_a_name",
    "model_b_name",
    "model_pair_name",
    "conv_comments_a",
    "conv_comments_b",
}

OF_REACTION = {
    "msg_index",
    "msg_rank",
    "model_pos",
    "refers_to_model",
    "refers_to_conv_id",
    "response_content",
    "question_content",
    "system_prompt",
    "liked",
    "disliked",
    "comment",
}
ASPECTS = (
    "useful",
    "complete",
    "creative",
    "clear_formatting",
    "incorrect",
    "superficial",
    "instructions_not_followed",
)


class ComparIA(Format):
    """Votes of visitors."""

    name = "comparia"
    label = "compar:IA"
    needed: ClassVar[tuple[str, ...]] = ("conversation_a",)

    def fits(self, row: Row) -> float:
        """By its columns."""
        return float(row.keys() >= {*TALKS, "model_a_name", "model_b_name"})

    def read(self, row: Row) -> list[Entry]:
        """A preference or a tie where both talked for one turn, else the opening alone."""
        if any(name not in row for name in TALKS):
            raise BadInputError(_("it needs “conversation_a” and “conversation_b”"))
        if "msg_index" in row:
            return [_reaction(row)]
        talks = [conversation(row[name]) for name in TALKS]
        more = around(row, but={*KNOWN, *(name for name in row if _is_opinion(name))})
        ends = [ended(talk) for talk in talks]
        if ends[0][0] != ends[1][0]:
            opening = talks[0][: 1 + (talks[0][0]["role"] == "system")]
            return [Entry(prompt={**more, "messages": opening})]
        return [Entry(prompt={**more, "messages": ends[0][0]}, labels=_vote(row, ends))]


def _reaction(row: Row) -> Entry:
    """What was said before a reply, and whether it was liked."""
    side = row.get("model_pos")
    if side not in SIDES:
        raise BadInputError(_("“model_pos” must be a or b"))
    talk, place = conversation(row[f"conversation_{side}"]), row["msg_index"]
    replies = [at for at, each in enumerate(talk) if each["role"] == "assistant"]
    if place not in replies:
        raise BadInputError(_("the message that was judged is not in its chat"))
    before, text = ended(talk[: place + 1])
    more = around(row, but={*KNOWN, *OF_REACTION, *ASPECTS})
    labels: tuple[Label, ...] = ()
    if bool(row.get("liked")) != bool(row.get("disliked")):
        model = text_of(row, f"model_{side}_name")
        judged = Text(text=text, acceptable=bool(row.get("liked")), model=model)
        label = Label(
            texts=(judged,),
            who=text_of(row, "visitor_id"),
            about={name: row[name] for name in ASPECTS if row.get(name) is not None},
            comment=text_of(row, "comment"),
        )
        labels = (label,)
    return Entry(prompt={**more, "messages": before}, labels=labels)


def _vote(row: Row, ends: list[tuple[list[Row], str]]) -> tuple[Label, ...]:
    names = [text_of(row, f"model_{side}_name") for side in SIDES]
    chosen = row.get("chosen_model_name")
    if row.get("both_equal"):
        tiers = [1, 1]
    elif chosen in names:
        tiers = [1 if name == chosen else 2 for name in names]
    else:
        return ()
    texts = [
        Text(text=text, tier=tier, model=name)
        for (_before, text), tier, name in zip(ends, tiers, names, strict=True)
    ]
    about = {name: row[name] for name in row if _is_opinion(name) and row[name] is not None}
    remarks = [remark for side in SIDES if (remark := text_of(row, f"conv_comments_{side}"))]
    label = Label(
        texts=tuple(texts),
        who=text_of(row, "visitor_id"),
        about=about,
        comment="\n".join(remarks),
    )
    return (label,)


def _is_opinion(name: str) -> bool:
    """Whether a column says something of one side, as in conv_useful_a."""
    return name.startswith("conv_") and name[-2:] in {"_a", "_b"} and "comments" not in name
