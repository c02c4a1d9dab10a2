"""Files dropped in the invoice channel or in the bot's DM: handed to the slow work, answered in
their thread."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import show
from bot.blocks import message, modal, paragraph
from bot.clicks import quietly
from bot.handlers.case_notes import keep_words
from bot.handlers.invoice import check_right, load
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import incoming_files as forms
from bot.modals import invoice
from bot.reading import READ_FILE, read_file
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.incoming_files import ALREADY_SETTLED, FileState
from wopo.usecases.incoming_files import READERS
from wopo.usecases.outbox import QueueTask
from wopo.usecases.settings import INVOICES, channels
from wopo.usecases.views.incoming_files import IncomingFileView, incoming_file_view

_KEPT = (
    "id",
    "name",
    "title",
    "mimetype",
    "size",
    "mode",
    "is_external",
    "url_private",
    "url_private_download",
)
"""What of a file object goes along with the work."""
NOT_FOR_YOU = (
    "Files here are read as vendors' papers, which finance and buyers hand in. Nothing was done "
    "with this one; a photo of a job belongs into the job's thread."
)


def register(app: App, services: Services) -> None:
    """Listen to messages with files where vendors' papers are read, and to the answer's buttons."""
    services.tasks[READ_FILE] = read_file
    app.event("message", matchers=[_matcher(services)])(dropped)
    app.action(Action.FILE_ENTER)(enter)
    app.action(Action.FILE_ANSWER)(ask)
    app.view(Callback.ANSWER_FILE)(answer)


def _matcher(services: Services) -> Any:
    def has_papers(event: dict[str, Any]) -> bool:
        """Files in a DM with us, or in the channel that the settings name for invoices."""
        if not event.get("files"):
            return False
        if event.get("channel_type") == "im":
            return True
        with services.read() as uow:
            return channels(uow).get(INVOICES) == event.get("channel")

    return has_papers


def dropped(ack: Ack, visit: Visit, event: dict[str, Any]) -> None:
    """Each file is one piece of slow work, once however often Slack tells of it."""
    channel, ts = str(event["channel"]), str(event["ts"])
    keep_words(visit, event)
    if not visit.me.has(*READERS):
        with quietly(visit.services):
            visit.services.slack.chat_postMessage(
                channel=channel, thread_ts=ts, **message(NOT_FOR_YOU)
            )
        ack()
        return
    for file in event["files"]:
        given = {
            "file": {name: file[name] for name in _KEPT if name in file},
            "channel": channel,
            "ts": str(event.get("thread_ts") or ts),
            "text": str(event.get("text") or "")[:500],
        }
        key = f"{visit.workspace_id}:file:{file['id']}:{channel}:{ts}"
        command = QueueTask(task=READ_FILE, given=given)
        visit.services.execute(command, actor=visit.actor, key=key)
    ack()


def _load(visit: Visit, file_id: str) -> IncomingFileView:
    with visit.read() as uow:
        return incoming_file_view(uow, file_id)


def _open_one(visit: Visit, action: dict[str, Any], *states: FileState) -> IncomingFileView:
    """The file a button is about, refused where it is settled meanwhile."""
    view = _load(visit, Target.parse(action.get("value")).id)
    if view.state not in states:
        raise ALREADY_SETTLED(file=view.file.name, sentence=view.sentence)
    return view


def enter(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form beside the picture: of the order that it names, else first whose it is."""
    check_right(visit)
    view = _open_one(visit, action, FileState.KEPT, FileState.REFUSED, FileState.ASKING)
    paper = invoice.Paper(id=view.id, file=view.file)
    if view.order_id:
        form = invoice.build(load(visit, view.order_id), visit.reader, paper=paper)
    else:
        form = invoice.build_choice(paper)
    show(visit.services, body, form)
    ack()


def ask(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The questions about it, one choice each."""
    check_right(visit)
    show(visit.services, body, forms.build(_open_one(visit, action, FileState.ASKING)))
    ack()


def answer(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Enter what waited; a refusal stands at the first choice, and what was chosen stays."""
    command = forms.parse(view, visit.reader.locale)
    try:
        done = visit.do(command)
    except DomainError as error:
        error.field = f"answer:{next(iter(command.answers), '')}"
        raise
    left = _load(visit, command.file_id)
    if left.state is FileState.ASKING:
        ack(response_action="update", view=forms.build(left))
        return
    shown = modal(Callback.NOTICE, "Entered", [paragraph(done.message)])
    ack(response_action="update", view=shown)
