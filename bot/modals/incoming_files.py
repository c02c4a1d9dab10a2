"""Which order, which order line: the questions about a dropped file, one choice each."""

from typing import Any

from bot.blocks import (
    MAX_OPTIONS,
    Block,
    cut,
    field,
    modal,
    option,
    paragraph,
    select,
)
from bot.ids import Callback
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from wopo.usecases.incoming_files import AnswerFile
from wopo.usecases.views.incoming_files import IncomingFileView

SHOWN = 40
NONE = "none"
MAX_QUESTION = 300


def build(view: IncomingFileView) -> Block:
    """A choice for each question, the likeliest first and nothing chosen beforehand: a guess that
    only has to be sent on is not an answer."""
    inputs: list[Block] = [paragraph(view.file.name)]
    for asked in view.questions[:SHOWN]:
        choices = [option(text, id) for id, text in asked.choices[: MAX_OPTIONS - 1]]
        element = select([*choices, option(asked.none, NONE)], placeholder="Choose")
        inputs.append(field(f"answer:{asked.key}", cut(asked.text, MAX_QUESTION), element))
    return modal(
        Callback.ANSWER_FILE,
        "Which one is it?",
        inputs,
        submit="Enter",
        metadata=Target(id=view.id, rev=view.version).pack(MAX_METADATA),
    )


def parse(view: dict[str, Any], locale: str) -> AnswerFile:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    answers: dict[str, str] = {}
    for block in view["blocks"]:
        name = str(block.get("block_id", ""))
        if not name.startswith("answer:"):
            continue
        chosen = form.choice(name)
        if not chosen:
            form.refuse(name, "Nothing is chosen. Choose one, or that it is none of them.")
        answers[name.removeprefix("answer:")] = "" if chosen == NONE else chosen
    form.check()
    return AnswerFile(file_id=Target.parse(view.get("private_metadata")).id, answers=answers)
