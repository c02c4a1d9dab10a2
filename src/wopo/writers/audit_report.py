"""The auditor's report: every hit as a row of a CSV file, and a page to read with each hit's chain
of documents. Both are written as hits come, so that memory stays flat."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from wopo.domain.audit_tests import AuditTest, Period
from wopo.usecases.audit_tests.scope import Found
from wopo.writers.table_csv import harmless

COLUMNS = (
    "test", "group", "name", "subject", "date", "currency", "amount", "found", "jobs", "requests",
    "orders", "approvals", "receipts", "invoices",
)  # fmt: skip
STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "h2{border-bottom:1px solid #999;margin-top:2em}h3{margin-bottom:.2em}"
    ".hit{margin:.8em 0;padding:.5em .8em;border-left:3px solid #b33;background:#f7f7f7;"
    "page-break-inside:avoid}.chain{margin:.4em 0 0 1em;font-size:90%;color:#333}"
    ".none{color:#263}dt{float:left;clear:left;width:6em;color:#666}dd{margin-left:6.5em}"
)


def write_report(
    folder: Path,
    period: Period,
    tests: Sequence[AuditTest],
    found: Iterable[Found],
    *,
    company: str,
    at: datetime,
    head: str,
) -> tuple[dict[int, int], list[Path]]:
    """Write ``audit-<first>-<last>.csv`` and ``.html`` into the folder; hits by test, and the
    files. ``head`` is the audit chain's newest entry: what the report was made of."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"audit-{period.first}-{period.last}"
    paths = [folder / f"{name}.csv", folder / f"{name}.html"]
    counts = {test.number: 0 for test in tests}
    with (
        paths[0].open("w", newline="", encoding="utf-8") as table_file,
        paths[1].open("w", encoding="utf-8") as page,
    ):
        table = csv.writer(table_file, lineterminator="\r\n")
        table.writerow(COLUMNS)
        page.write(_opening(period, company=company, at=at, head=head))
        left = list(tests)
        for one in found:
            while left and left[0].number <= one.test.number:
                page.write(_heading(left.pop(0)))
            counts[one.test.number] += 1
            table.writerow([harmless(cell) for cell in _row(one)])
            page.write(_hit(one))
        page.write("".join(_heading(test) for test in left))
        page.write(_summary(tests, counts))
    return counts, paths


def _row(one: Found) -> list[str]:
    hit, amount = one.hit, one.hit.amount
    chain = dict(one.chain.told())
    return [
        str(hit.test), one.test.group.value, one.test.name, hit.subject, hit.day.isoformat(),
        *(("", "") if amount is None else (amount.currency, str(amount.amount))), hit.text,
        *("; ".join(chain.get(kind, ())) for kind in COLUMNS[8:]),
    ]  # fmt: skip


def _opening(period: Period, *, company: str, at: datetime, head: str) -> str:
    title = f"Audit tests {period.first} to {period.last}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style><h1>{title}</h1><p>{escape(company)} · made {at:%Y-%m-%d %H:%M} UTC"
        f" · audit chain at {escape(head)}</p><p>A hit is a place to look at, not an accusation: "
        'its documents stand below it. <a href="#summary">Summary</a></p>\n'
    )


def _heading(test: AuditTest) -> str:
    return (
        f'<h2 id="t{test.number}">{test.number}. {escape(test.name)}</h2>'
        f"<p>{escape(test.group.value)}. {escape(test.hit)}</p>\n"
    )


def _hit(one: Found) -> str:
    hit = one.hit
    amount = "" if hit.amount is None else f" · {hit.amount}"
    chain = "".join(
        f"<dt>{kind}</dt><dd>{'<br>'.join(map(escape, told))}</dd>"
        for kind, told in one.chain.told()
    )
    return (
        f'<div class="hit"><b>{escape(hit.subject)}</b> · {hit.day}{escape(amount)}<br>'
        f'{escape(hit.text)}<dl class="chain">{chain}</dl></div>\n'
    )


def _summary(tests: Sequence[AuditTest], counts: dict[int, int]) -> str:
    rows = "".join(
        f'<li value="{test.number}"><a href="#t{test.number}">{escape(test.name)}</a>: '
        f"{counts[test.number] or 'nothing found'}</li>"
        for test in tests
    )
    return f'<h2 id="summary">Summary</h2><ol>{rows}</ol></html>\n'
