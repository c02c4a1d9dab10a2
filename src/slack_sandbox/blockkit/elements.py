"""Limits of elements and composition objects: the table of slack.dev's reference as data."""

from dataclasses import replace

from slack_sandbox.blockkit.fields import (
    ElementSpec,
    Field,
    Flag,
    Free,
    Int,
    ListOf,
    NumberText,
    Shape,
    Str,
    Text,
    Typed,
    Zone,
)

ACTION_ID = Str(255)
URL = Str(3000)
DATE = Str(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = Str(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")

CONFIRM = Shape(
    {
        "title": Text(100, plain=True),
        "text": Text(300),
        "confirm": Text(30, plain=True),
        "deny": Text(30, plain=True),
        "style": Str(7, choices=("primary", "danger")),
    },
    required=("title", "text", "confirm", "deny"),
)
OPTION = Shape(
    {
        "text": Text(75, plain=True),
        "value": Str(75),
        "description": Text(75, plain=True),
    },
    required=("text", "value"),
)
MRKDWN_OPTION = Shape(
    {"text": Text(75), "value": Str(75), "description": Text(75)}, required=("text", "value")
)
OVERFLOW_OPTION = Shape({**OPTION.fields, "url": URL}, required=OPTION.required)
OPTION_GROUP = Shape(
    {"label": Text(75, plain=True), "options": ListOf(OPTION, 100)}, required=("label", "options")
)
FILTER = Shape(
    {
        "include": ListOf(Str(10, choices=("im", "mpim", "private", "public")), 4),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    },
    any_of=("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
DISPATCH = Shape(
    {
        "trigger_actions_on": ListOf(
            Str(30, choices=("on_enter_pressed", "on_character_entered")), 2
        )
    },
    required=("trigger_actions_on",),
)
SLACK_FILE = Shape({"id": Str(255), "url": URL}, one_of=(("id", "url"),))
IMAGE = Shape(
    {"image_url": URL, "slack_file": SLACK_FILE, "alt_text": Str(2000)},
    required=("alt_text",),
    one_of=(("image_url", "slack_file"),),
)

_SECTION_ACTIONS_INPUT = frozenset({"section", "actions", "input"})
_INPUT = frozenset({"input"})


def _shape(required: tuple[str, ...] = (), /, **fields: Field) -> Shape:
    return Shape({"action_id": ACTION_ID, **fields}, required=required)


def _select(**fields: Field) -> Shape:
    return _shape(
        confirm=CONFIRM, placeholder=Text(150, plain=True), focus_on_load=Flag(), **fields
    )


def _field(**fields: Field) -> Shape:
    return _shape(
        placeholder=Text(150, plain=True),
        focus_on_load=Flag(),
        dispatch_action_config=DISPATCH,
        **fields,
    )


def _static(initial: dict[str, Field]) -> Shape:
    lists: dict[str, Field] = {
        "options": ListOf(OPTION, 100),
        "option_groups": ListOf(OPTION_GROUP, 100),
    }
    return replace(_select(**lists, **initial), one_of=(("options", "option_groups"),))


_MANY = Int(1, 100)
_STATIC = _static({"initial_option": OPTION})
_MULTI_STATIC = _static({"initial_options": ListOf(OPTION, 100), "max_selected_items": _MANY})
_EXTERNAL = _select(initial_option=OPTION, min_query_length=Int(0, 150))
_MULTI_EXTERNAL = _select(
    initial_options=ListOf(OPTION, 100), min_query_length=Int(0, 150), max_selected_items=_MANY
)
_IDS = ListOf(Str(255), 100)
_CONVERSATIONS: dict[str, Field] = {"default_to_current_conversation": Flag(), "filter": FILTER}

BUTTON = _shape(
    ("text",),
    confirm=CONFIRM,
    text=Text(75, plain=True),
    value=Str(2000, least=0),
    url=URL,
    style=Str(7, choices=("primary", "danger")),
    accessibility_label=Str(75),
)
_CHOICES: dict[str, Field] = {"options": ListOf(MRKDWN_OPTION, 10), "focus_on_load": Flag()}
_NUMBER = replace(
    _field(
        is_decimal_allowed=Flag(),
        initial_value=NumberText(),
        min_value=NumberText(),
        max_value=NumberText(),
    ),
    required=("is_decimal_allowed",),
)
_FEEDBACK = Shape(
    {"text": Text(75, plain=True), "value": Str(2000), "accessibility_label": Str(75)},
    required=("text", "value"),
)
_WORKFLOW = Shape(
    {"trigger": Shape({"url": URL, "customizable_input_parameters": Free()}, required=("url",))},
    required=("trigger",),
)


def _spec(shape: Shape, blocks: frozenset[str], surfaces: str = "MOH") -> ElementSpec:
    return ElementSpec(shape, surfaces, blocks)


ELEMENTS: dict[str, ElementSpec] = {
    "button": _spec(BUTTON, frozenset({"section", "actions", "card"})),
    "static_select": _spec(_STATIC, _SECTION_ACTIONS_INPUT),
    "multi_static_select": _spec(_MULTI_STATIC, _SECTION_ACTIONS_INPUT),
    "external_select": _spec(_EXTERNAL, _SECTION_ACTIONS_INPUT),
    "multi_external_select": _spec(_MULTI_EXTERNAL, _SECTION_ACTIONS_INPUT),
    "users_select": _spec(_select(initial_user=Str(255)), _SECTION_ACTIONS_INPUT),
    "multi_users_select": _spec(
        _select(initial_users=_IDS, max_selected_items=_MANY), _SECTION_ACTIONS_INPUT
    ),
    "conversations_select": _spec(
        _select(initial_conversation=Str(255), response_url_enabled=Flag(), **_CONVERSATIONS),
        _SECTION_ACTIONS_INPUT,
    ),
    "multi_conversations_select": _spec(
        _select(initial_conversations=_IDS, max_selected_items=_MANY, **_CONVERSATIONS),
        _SECTION_ACTIONS_INPUT,
    ),
    "channels_select": _spec(
        _select(initial_channel=Str(255), response_url_enabled=Flag()), _SECTION_ACTIONS_INPUT
    ),
    "multi_channels_select": _spec(
        _select(initial_channels=_IDS, max_selected_items=_MANY), _SECTION_ACTIONS_INPUT
    ),
    "overflow": _spec(
        _shape(("options",), confirm=CONFIRM, options=ListOf(OVERFLOW_OPTION, 5)),
        frozenset({"section", "actions"}),
    ),
    "checkboxes": _spec(
        _shape(
            ("options",),
            confirm=CONFIRM,
            initial_options=ListOf(MRKDWN_OPTION, 10),
            **_CHOICES,
        ),
        _SECTION_ACTIONS_INPUT,
    ),
    "radio_buttons": _spec(
        _shape(("options",), confirm=CONFIRM, initial_option=MRKDWN_OPTION, **_CHOICES),
        _SECTION_ACTIONS_INPUT,
    ),
    "datepicker": _spec(_select(initial_date=DATE), _SECTION_ACTIONS_INPUT),
    "timepicker": _spec(_select(initial_time=TIME, timezone=Zone()), _SECTION_ACTIONS_INPUT),
    "datetimepicker": _spec(
        _shape(
            confirm=CONFIRM,
            initial_date_time=Int(1_000_000_000, 9_999_999_999),
            focus_on_load=Flag(),
        ),
        frozenset({"actions", "input"}),
        "MO",
    ),
    "plain_text_input": _spec(
        _field(
            initial_value=Str(3000, least=0),
            min_length=Int(0, 3000),
            max_length=Int(1, 3000),
            multiline=Flag(),
        ),
        _INPUT,
    ),
    "number_input": _spec(_NUMBER, _INPUT, "O"),
    "email_text_input": _spec(_field(initial_value=Str(3000, least=0)), _INPUT, "O"),
    "url_text_input": _spec(_field(initial_value=Str(3000, least=0)), _INPUT, "O"),
    "rich_text_input": _spec(
        _field(initial_value=Free(), min_lines=_MANY, max_lines=_MANY),
        frozenset({"actions", "input"}),
        "OH",
    ),
    "file_input": _spec(_shape(filetypes=ListOf(Str(20), 100), max_files=Int(1, 10)), _INPUT, "O"),
    "workflow_button": _spec(
        _shape(
            ("text", "workflow"),
            text=Text(75, plain=True),
            workflow=_WORKFLOW,
            style=Str(7, choices=("primary", "danger")),
            accessibility_label=Str(75),
        ),
        frozenset({"section", "actions"}),
        "M",
    ),
    "icon_button": _spec(
        _shape(
            ("icon", "text"),
            confirm=CONFIRM,
            icon=Str(10, choices=("trash",)),
            text=Text(75, plain=True),
            value=Str(2000),
            accessibility_label=Str(75),
            visible_to_user_ids=ListOf(Str(255), 10),
        ),
        frozenset({"context_actions"}),
        "M",
    ),
    "feedback_buttons": _spec(
        _shape(
            ("positive_button", "negative_button"),
            positive_button=_FEEDBACK,
            negative_button=_FEEDBACK,
        ),
        frozenset({"context_actions"}),
        "M",
    ),
    "image": _spec(IMAGE, frozenset({"section", "context"})),
}
URL_SOURCE = Typed({"url": Shape({"url": URL, "text": Str(255)}, required=("url", "text"))})


def allowed_in(block: str) -> frozenset[str]:
    """Types of the elements that may stand in this block."""
    return frozenset(name for name, spec in ELEMENTS.items() if block in spec.blocks)
