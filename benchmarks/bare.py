"""The floor of screens: the rows that each shows, fetched by one plain query, by the driver alone.

Written from the tables and not from wopo's queries. Each query gives one row per order line (or
job, or exception) with the columns that the screen shows; the first column is the id of the thing
whose button is on the screen. Every walk follows an index and ends with its limit.
"""

from typing import Any

OPEN_ORDERS = """
WITH shown AS (
  SELECT id FROM (SELECT id FROM purchase_order WHERE state = 'approved'
                  ORDER BY created_at DESC LIMIT :limit)
  UNION ALL
  SELECT id FROM (SELECT id FROM purchase_order WHERE state = 'draft'
                  ORDER BY created_at DESC LIMIT :limit)
  UNION ALL
  SELECT id FROM (SELECT id FROM purchase_order WHERE state = 'pending_approval'
                  ORDER BY created_at DESC LIMIT :limit)
  UNION ALL
  SELECT id FROM (SELECT id FROM purchase_order WHERE state = 'issued'
                  ORDER BY created_at DESC LIMIT :limit)
  LIMIT :limit
)
SELECT o.id, o.number, o.version, o.state, v.name, o.total_minor, o.currency, o.receipt_progress,
       l.promised_on, l.quantity, l.accepted, l.closed_short, w.number, w.title, a.name
FROM shown
JOIN purchase_order o ON o.id = shown.id
JOIN vendor v ON v.id = o.vendor_id
JOIN purchase_order_line l ON l.purchase_order_id = o.id AND NOT l.cancelled
LEFT JOIN work_order w ON w.id = l.work_order_id
LEFT JOIN asset a ON a.id = w.asset_id
"""

MY_JOBS = """
SELECT w.id, w.number, w.version, w.state, w.title, s.name, p.name, a.name, w.priority,
       w.required_by, w.hold_reason, w.contract_flag, r.state
FROM (
  SELECT * FROM work_order
  WHERE assignee_id = :person AND state IN ('assigned', 'in_progress', 'on_hold')
  ORDER BY CASE priority WHEN 'emergency' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END,
           created_at
  LIMIT 10
) w
JOIN location s ON s.id = w.site_id
JOIN location p ON p.id = w.location_id
LEFT JOIN asset a ON a.id = w.asset_id
LEFT JOIN part_request_line r ON r.work_order_id = w.id
"""

FREE_JOBS = """
SELECT w.id, w.number, w.version, w.state, w.title, s.name, p.name, a.name, w.priority,
       w.required_by, w.hold_reason, w.contract_flag, r.state
FROM (
  SELECT * FROM work_order
  WHERE state = 'approved' AND priority = 'normal' AND assignee_id IS NULL
  ORDER BY created_at LIMIT 5
) w
JOIN location s ON s.id = w.site_id
JOIN location p ON p.id = w.location_id
LEFT JOIN asset a ON a.id = w.asset_id
LEFT JOIN part_request_line r ON r.work_order_id = w.id
"""

DECISIONS = """
SELECT q.id, q.revision, q.content_hash, q.amount_minor, q.currency, o.id, o.number, v.name,
       w.number, w.title, a.name
FROM (
  SELECT approval_id FROM approval_ask WHERE person_id = :person AND waiting = 1
  ORDER BY asked_at LIMIT 6
) k
JOIN approval q ON q.id = k.approval_id
JOIN purchase_order o ON o.id = q.purchase_order_id
JOIN vendor v ON v.id = o.vendor_id
JOIN purchase_order_line l ON l.purchase_order_id = o.id AND NOT l.cancelled
LEFT JOIN work_order w ON w.id = l.work_order_id
LEFT JOIN asset a ON a.id = w.asset_id
"""

NEEDS = """
SELECT n.id, n.description, n.unsourced, n.unit, n.needed_by, n.vendor_id, n.unit_price,
       w.number, w.title
FROM (
  SELECT * FROM part_request_line WHERE unsourced > 0
  ORDER BY needed_by IS NULL, needed_by, id LIMIT 5
) n
JOIN work_order w ON w.id = n.work_order_id
"""

TO_SEND_ON = """
SELECT o.id, o.number, o.version, o.state, v.name, o.total_minor, o.currency, o.receipt_progress,
       l.promised_on, l.quantity, l.accepted, l.closed_short, w.number, w.title, a.name
FROM (
  SELECT * FROM purchase_order WHERE state = 'approved' AND NOT imported
  ORDER BY created_at LIMIT 5
) o
JOIN vendor v ON v.id = o.vendor_id
JOIN purchase_order_line l ON l.purchase_order_id = o.id AND NOT l.cancelled
LEFT JOIN work_order w ON w.id = l.work_order_id
LEFT JOIN asset a ON a.id = w.asset_id
"""

EXCEPTIONS = """
SELECT c.id, c.number, c.code, c.facts, c.amount_minor, c.currency, v.name, p.name,
       c.raised_at, c.due_at
FROM (
  SELECT * FROM exception_case
  WHERE state = 'open' AND owner_kind IN ('receiver', 'buyer', 'payables')
  ORDER BY raised_at LIMIT 5
) c
LEFT JOIN vendor v ON v.id = c.vendor_id
LEFT JOIN person p ON p.id = c.owner_id
"""

TO_RELEASE = """
SELECT i.id, i.number, i.version, i.type, v.name, i.total_minor, i.currency, i.due_date
FROM (SELECT * FROM invoice WHERE state = 'matched' ORDER BY sequence LIMIT 5) i
JOIN vendor v ON v.id = i.vendor_id
"""

HOMES: dict[str, tuple[str, ...]] = {
    "ann": (MY_JOBS, FREE_JOBS),
    "mira": (DECISIONS,),
    "ben": (NEEDS, TO_SEND_ON),
    "fay": (EXCEPTIONS, TO_RELEASE),
}


def fetch(connection: Any, queries: tuple[str, ...], values: dict[str, Any]) -> list[list[Any]]:
    """All rows of these queries in one transaction."""
    connection.execute("BEGIN")
    found = [connection.execute(query, values).fetchall() for query in queries]
    connection.execute("COMMIT")
    return found
