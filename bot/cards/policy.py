"""The purchasing policy in plain words, and which rule decides about a line. No card is sent."""

from bot.blocks import Block, actions, button, context, message, safe, section
from bot.cards import Card
from bot.ids import Action
from bot.reader import Reader
from wopo.usecases.views.policy_explained import ExplainedLine
from wopo.usecases.views.purchasing_policy import PolicyView

ROUTES = "routes"
TITLES = {
    ROUTES: "When an order is needed",
    "matching": "What an invoice may differ in",
    "approval": "Who approves",
    "pocket": "What may be paid out of pocket",
    "disputes": "Invoices in dispute",
    "splits": "Orders that count together",
}
"""What people call a section; one without a title here is called as in the document."""
DETAIL = 2
"""A sentence indented by more than this is about the point above it."""
LONGEST = 2800
"""Characters of one section, inside Slack's 3,000."""


def title_of(name: str) -> str:
    """A section's name for people."""
    return TITLES.get(name, name.replace("_", " ").capitalize())


def build_policy(view: PolicyView, name: str, reader: Reader) -> Block:
    """One section of the policy, with the way to the others and to a question."""
    since = f" since {reader.day(view.effective_from)}" if view.effective_from else ""
    title = f"{title_of(name)}: {view.title}"
    blocks = [section(f"*{safe(title_of(name))}*"), *_paragraphs(view.sections[name])]
    of = f"Policy {view.version} “{safe(view.title)}”" if view.version else safe(view.title)
    blocks.append(context(f"{of}, in force{since}."))
    blocks += actions([button("Ask about a line", Action.POLICY_ASK, "policy", style="primary")])
    for other in view.sections:
        if other != name:
            blocks += actions([button(title_of(other), Action.POLICY_SECTION, other)])
    return message(title, blocks)


def _paragraphs(lines: tuple[str, ...]) -> list[Block]:
    """The sentences in as few sections as hold them; what is indented is a point of a list."""
    texts: list[str] = []
    for line in lines:
        inside = line.strip()
        depth = len(line) - len(line.lstrip())
        point = "" if inside[:1].isdigit() else "• "
        mark = "\u2003" if depth > DETAIL else point if depth else ""
        text = f"{mark}{safe(inside)}"
        if texts and len(texts[-1]) + len(text) < LONGEST:
            texts[-1] += f"\n{text}"
        else:
            texts.append(text)
    return [section(text) for text in texts]


def line_blocks(view: ExplainedLine, reader: Reader) -> list[Block]:
    """The answer about one line, then what was looked at, and the rules that were asked."""
    allowed = "" if view.allowed is None else f" up to {view.allowed.format(reader.locale)}"
    lead = f"*{safe(view.title)}*\n→ *{safe(view.route.value)}*{safe(allowed)}\n"
    told = view.amount is not None and reader.costs
    amount = f", {reader.money(view.amount)}" if told else ""
    asked = [
        f"{'✗' if rule.why_not else '✓'} {safe(rule.name)}"
        + (f": asks for {safe(rule.why_not)}" if rule.why_not else "")
        for rule in view.asked
    ]
    blocks = [
        section(f"{lead}{safe(view.sentence)}"),
        context(f"Looked at: {safe(', '.join(view.facts))}{safe(amount)}"),
        section("\n".join(asked)[:LONGEST]),
    ]
    if view.decided:
        blocks.append(context(f"Decided when it was asked for: {safe(view.decided)}"))
    return blocks


def build_request(
    views: tuple[ExplainedLine, ...], number: str, reader: Reader, left: int = 0
) -> Block:
    """What decided about each line of a request; ``left``: lines that found no room."""
    title = f"Why the lines of {number} went their way"
    blocks = [block for view in views for block in line_blocks(view, reader)]
    if left:
        blocks.append(context(f"{left} more line{'' if left == 1 else 's'} of {safe(number)}."))
    return message(title, blocks or [section("Nothing was asked for on it.")])


CARDS: dict[str, Card] = {}
