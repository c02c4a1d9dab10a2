"""Submitting and closing modals."""

from typing import Any

from slack_sandbox import payloads
from slack_sandbox.actions import RawState, no_answer
from slack_sandbox.checks import file_errors, form_errors
from slack_sandbox.delivery import NoAnswerError
from slack_sandbox.errors import SlackError
from slack_sandbox.files import file_object
from slack_sandbox.inputs import NotOfferedError, state_values
from slack_sandbox.places import DeskError, Place, find_place, remembered
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace

Upload = tuple[str, str, bytes]


async def submit(
    ws: Workspace, user_id: str, view_id: str, values: RawState, files: dict[str, list[Upload]]
) -> Json:
    """Press submit. Returns what `Desk.submit_view` says. Raises DeskError."""
    place = _top(ws, user_id, view_id)
    view = place.view or {}
    if not view["submit"] or view.get("submit_disabled"):
        raise DeskError("this modal has no submit button")
    raw: RawState = {key: dict(value) for key, value in values.items()}
    errors = _take_files(ws, user_id, view, raw, files)
    try:
        state = state_values(
            view["blocks"], raw, view["state"]["values"], remembered(ws, user_id, place)
        )
    except NotOfferedError as error:
        raise DeskError(str(error)) from error
    errors = {**form_errors(view["blocks"], state), **errors}
    if errors:
        return {"errors": errors}
    view["state"] = {"values": state}
    ws.views.save(view)
    payload = payloads.view_submission(ws, place.app, user_id, view)
    try:
        answer = await ws.broker.interact(place.app, payload)
    except NoAnswerError as failure:
        return no_answer(ws, user_id, place, failure)
    if not ws.views.is_open(view_id):
        return {"closed": True}  # The person closed it while the app was at work.
    try:
        return _apply(ws, user_id, place, answer.body or {})
    except SlackError as error:
        return _refused(ws, user_id, place, error)


def _top(ws: Workspace, user_id: str, view_id: str) -> Place:
    place = find_place(ws, user_id, {"type": "view", "view_id": view_id})
    stack = ws.views.stack(user_id)
    if not stack or stack[-1]["id"] != view_id:
        raise DeskError("this modal is not the one on top")
    return place


def _take_files(
    ws: Workspace, user_id: str, view: Json, raw: RawState, files: dict[str, list[Upload]]
) -> dict[str, str]:
    errors: dict[str, str] = {}
    for block in view["blocks"]:
        uploads = files.get(block["block_id"])
        if block["type"] != "input" or block["element"]["type"] != "file_input" or not uploads:
            continue
        problem = file_errors(block, uploads)
        if problem:
            errors[block["block_id"]] = problem
            continue
        kept = [keep_upload(ws, user_id, upload) for upload in uploads]
        raw.setdefault(block["block_id"], {})[block["element"]["action_id"]] = kept
    return errors


def keep_upload(ws: Workspace, user_id: str, upload: Upload) -> Json:
    """A person's file, kept. Returns its object."""
    name, mimetype, content = upload
    doc = file_object(
        ws.team_id, ws.settings.base_url, user_id, name, mimetype=mimetype, size=len(content)
    )
    ws.files.add(doc, content, complete=True)
    return doc


def _apply(ws: Workspace, user_id: str, place: Place, reply: Json) -> Json:
    view = place.view or {}
    verb = reply.get("response_action")
    if verb is None:
        _close(ws, user_id, view["id"])
        return {"closed": True}
    if verb == "clear":
        ws.views.close_all(user_id)
        _changed(ws, user_id, view["id"])
        return {"cleared": True}
    if verb == "errors":
        return {"errors": _field_errors(view, reply.get("errors"))}
    spec = reply.get("view")
    if verb not in {"update", "push"} or not isinstance(spec, dict):
        raise SlackError("invalid_response_action")
    if verb == "push":
        new = ws.views.push(place.app, user_id, spec)
        _changed(ws, user_id, new["id"])
        return {"pushed": new}
    new = ws.views.update(place.app, spec, view_id=view["id"], external_id="", hash_="")
    _changed(ws, user_id, new["id"])
    return {"updated": new}


def _field_errors(view: Json, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        unknown = sorted(set(errors) - inputs) if isinstance(errors, dict) else []
        raise SlackError("invalid_errors", unknown_blocks=unknown)
    return {str(key): str(text) for key, text in errors.items()}


def _refused(ws: Workspace, user_id: str, place: Place, error: SlackError) -> Json:
    details = error.extra.get("response_metadata", {}).get("messages", [])
    if error.extra.get("unknown_blocks"):
        details = [f"not an input block: {', '.join(error.extra['unknown_blocks'])}"]
    text = f"{place.app.name} gave an answer Slack cannot use: {error.code}"
    text = "; ".join([text, *map(str, details)])
    ws.notice(user_id, text)
    return {"failed": text}


def _close(ws: Workspace, user_id: str, view_id: str) -> None:
    if any(view["id"] == view_id for view in ws.views.stack(user_id)):
        ws.views.close(view_id)
    _changed(ws, user_id, view_id)


def _changed(ws: Workspace, user_id: str, view_id: str) -> None:
    ws.hub.tell([user_id], {"kind": "view", "view_id": view_id})


async def close(ws: Workspace, user_id: str, view_id: str, *, clear: bool) -> Json:
    """Cancel, or the cross. Raises DeskError."""
    place = _top(ws, user_id, view_id)
    whole = clear or bool((place.view or {}).get("clear_on_close"))
    stack = ws.views.stack(user_id)
    gone = stack[::-1] if whole else stack[-1:]
    if whole:
        ws.views.close_all(user_id)
    else:
        ws.views.close(view_id)
    _changed(ws, user_id, view_id)
    for view in gone:
        if view["notify_on_close"]:
            await _tell_closed(ws, user_id, view, cleared=whole)
    return {"cleared": True} if whole else {"closed": True}


async def _tell_closed(ws: Workspace, user_id: str, view: Json, *, cleared: bool) -> None:
    app = ws.apps.get(view["app_id"])
    payload = payloads.view_closed(ws, app, user_id, view, cleared)
    try:
        await ws.broker.interact(app, payload)
    except NoAnswerError as failure:
        no_answer(ws, user_id, Place(app=app, blocks=[], view=view), failure)
