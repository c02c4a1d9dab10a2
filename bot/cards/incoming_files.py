"""The answer in the thread of a dropped file: what was entered and what the match says, what is
not sure, or why nothing was entered."""

from bot.blocks import Block, actions, button, context, message, safe, section
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.incoming_files import FileState
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.incoming_files import IncomingFileView, incoming_file_view

NAME = "incoming_file"
SHOWN = 10
_SIGNS = {
    FileState.ASKING: "❔",
    FileState.ENTERED: "✅",
    FileState.KEPT: "📎",
    FileState.REFUSED: "✖️",
    FileState.REPEATED: "↩️",
}


def load(uow: UnitOfWork, asked: Asked) -> IncomingFileView:
    """The file as it stands."""
    return incoming_file_view(uow, asked.subject_id)


def build(view: IncomingFileView, _reader: Reader) -> Block:
    """What became of it first; then what a person can do about it."""
    sign = "🟠" if view.held_by and view.state is FileState.ENTERED else _SIGNS[view.state]
    blocks = [section(f"{sign} {safe(view.sentence)}")]
    if view.held_by and view.state is FileState.ENTERED:
        titles = "\n".join(f"• {safe(title)}" for title in view.held_by[:SHOWN])
        blocks.append(section(f"*What does not fit:*\n{titles}"))
    blocks += [section(f"• {safe(asked.text)}") for asked in view.questions[:SHOWN]]
    if len(view.questions) > SHOWN:
        blocks.append(context(f"… and {len(view.questions) - SHOWN} more in the form."))
    if view.state is FileState.REFUSED:
        blocks.append(context(f"The file is kept: {safe(view.file.name)}"))
    return message(view.sentence, [*blocks, *actions(_buttons(view))])


def _buttons(view: IncomingFileView) -> list[Block]:
    target = Target(id=view.id, rev=view.version, card=NAME)
    match view.state:
        case FileState.ASKING:
            return [
                button("Answer", Action.FILE_ANSWER, target, style="primary"),
                button("Enter by hand", Action.FILE_ENTER, target),
            ]
        case FileState.KEPT:
            return [button("Enter invoice", Action.FILE_ENTER, target, style="primary")]
        case FileState.REFUSED:
            return [button("Enter by hand", Action.FILE_ENTER, target)]
    return []


CARDS = {NAME: Card(load, build)}
