"""A job's parts as a message only one person sees: each with where it stands. No card is sent."""

from bot.blocks import Block, actions, button, context, message, paragraph, safe, section
from bot.cards import Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.usecases.views.part_requests import JobPartsView, PartLineView

VERBS: dict[str, tuple[str, Action]] = {
    "issue": ("Hand out", Action.PART_ISSUE),
    "counter": ("Buy at a counter", Action.PART_COUNTER),
    "pocket": ("I paid it myself", Action.PART_POCKET),
    "source": ("Choose vendor", Action.PART_SOURCE),
    "return": ("Give back", Action.PART_RETURN),
    "change": ("Change quantity", Action.PART_CHANGE),
    "cancel": ("Not needed", Action.PART_CANCEL),
}


def build_list(view: JobPartsView, reader: Reader) -> Block:
    """The list as a message."""
    title = f"Parts of {short(view.job.name)} {view.title}"
    blocks = [section(f"*{safe(title)}*"), *list_blocks(view, reader)]
    return message(title, blocks)


def list_blocks(view: JobPartsView, reader: Reader) -> list[Block]:
    """Every need with its buttons; the way to ask for more at the end."""
    blocks: list[Block] = []
    for line in view.lines:
        blocks += line_blocks(line, reader)
    if not view.lines:
        blocks.append(paragraph("Nothing was asked for yet."))
    if view.more:
        blocks.append(context("There are older ones behind these."))
    if view.may_request:
        target = Target(id=view.job.id)
        blocks += actions([button("Request parts", Action.PARTS_REQUEST, target)])
    return blocks


def line_blocks(line: PartLineView, reader: Reader) -> list[Block]:
    """One need: what, where it stands, by when, and what the reader may do with it."""
    what = f"{reader.number(line.quantity)} {safe(line.unit)} *{safe(line.description)}*"
    by = f" · needed by {reader.day(line.needed_by)}" if line.needed_by else ""
    buttons = [button(*VERBS[verb], Target(id=line.id)) for verb in line.verbs][:5]
    return [section(f"{what}\n{safe(line.text)}{by}"), *actions(buttons)]


CARDS: dict[str, Card] = {}
