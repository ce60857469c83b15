"""The rankings of a job, for the stages that learn from pairs of completions."""

from typing import Any

from training.chat import Chat
from training.contract.said import say
from training.contract.spec import Spec
from training.errors import BadInputError
from training.folder import JobFolder
from training.prompts import counts_of, named, together
from training.rankings import Ranking, encode_rankings


def usable_rankings(
    folder: JobFolder, spec: Spec, chat: Chat, *, max_tokens: int, ties: str = "none"
) -> tuple[list[Ranking], list[Ranking], dict[str, Any]]:
    """To train on, held out, and what cannot be used: `skipped` and `dropped`, told in the log too.

    ties: of those to train on, see `encode_rankings`. BadInputError when nothing is left of them.
    """
    train, held = (folder.read_table(spec, name) for name in ("train", "heldout"))
    rankings, dropped = encode_rankings(train, chat, max_tokens=max_tokens, ties=ties)
    heldout, others = encode_rankings(held, chat, max_tokens=max_tokens)
    skipped = counts_of(dropped)
    folder.log(
        say(
            "{n} rankings to train on, {heldout} held out, skipped {skipped}",
            n=len(rankings),
            heldout=len(heldout),
            skipped=skipped,
        )
    )
    dropped = together(dropped, others)
    for reason, ids in dropped.items():
        folder.warn(
            say("{n} left out, {reason}; prompts {ids}", n=len(ids), reason=reason, ids=named(ids))
        )
    if not rankings:
        raise BadInputError(
            say(
                "no ranking is left that says that one completion is better than "
                "another; left out: {skipped}",
                skipped=skipped,
            )
        )
    return rankings, heldout, {"skipped": skipped, "dropped": dropped}
