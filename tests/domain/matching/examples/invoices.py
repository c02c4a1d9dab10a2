"""The invoice as a whole: header, charges, tax, discount, balance, duplicates, blanket, dates."""

from .builder import bill, came, codes, credit, example, invoice, line

FULL = bill("10", "10")
STOPPED = {"qty": None, "unit": None, "total": None, "lines": {}}

EXAMPLES = [
    example(
        "No such order",
        {"I1": codes("NO_PO", **STOPPED)},
        {"qty_over_pct": "0"},
        invoices=[invoice(FULL, po_found=False)],
    ),
    example(
        "NetSuite another vendor",
        {"I1": codes("VENDOR_MISMATCH", **STOPPED)},
        {"price_pct": "0"},
        invoices=[invoice(bill("99", "99"), vendor="V2")],
        po={"vendor": "V1"},
    ),
    example(
        "Vendor written otherwise is the same",
        {"I1": codes("")},
        {"price_pct": "0"},
        invoices=[invoice(FULL, vendor=" v1 ")],
        po={"vendor": "V1"},
    ),
    example(
        "Several stops at once",
        {"I1": codes("CURRENCY_MISMATCH VENDOR_MISMATCH", **STOPPED)},
        {},
        invoices=[invoice(FULL, vendor="V2", currency="EUR")],
        po={"vendor": "V1"},
    ),
    example(
        "Oracle FINAL MATCHING: a closed order refuses new invoices, keeps old decisions",
        {"I1": codes(""), "A1 I1": codes(""), "I2": codes("PO_CLOSED", **STOPPED)},
        {"qty_over_pct": "0"},
        invoices=[invoice(FULL), invoice(FULL, number="INV-2")],
        amendments=[[{"po_status": "CLOSED"}]],
        events=["I1", "A1", "I2"],
    ),
    example(
        "Oracle duplicate number, trimmed and in any case",
        {"I2": codes("DUPLICATE_INVOICE", **STOPPED), "I3": codes("", qty="0")},
        {"qty_over_pct": "0"},
        invoices=[
            invoice(bill("5", "10"), number="INV-1"),
            invoice(bill("5", "10"), number=" inv-1 "),
            invoice(bill("5", "10"), number="INV-3"),
        ],
    ),
    example(
        "A credit note may carry the invoice's number",
        {"I2": codes("")},
        {},
        invoices=[invoice(FULL), credit(FULL, number="INV-1")],
    ),
    example(
        "Oracle re-issued number: asks, never stops",
        {"I2": codes("POSSIBLE_DUPLICATE", qty="0"), "I2 I1": codes("")},
        {"qty_over_pct": "0"},
        invoices=[
            invoice(bill("5", "10"), date="2026-03-01"),
            invoice(bill("5", "10"), number="INV-2", date="2026-03-01"),
        ],
    ),
    example(
        "A recurring fee on another day is no duplicate",
        {"I2": codes("")},
        {},
        invoices=[
            invoice(bill("5", "10"), date="2026-03-01"),
            invoice(bill("5", "10"), number="INV-2", date="2026-04-01"),
        ],
    ),
    example(
        "Without dates nothing looks alike",
        {"I2": codes("")},
        {},
        invoices=[invoice(bill("5", "10")), invoice(bill("5", "10"), number="INV-2")],
    ),
    example(
        "Ariba Unmatched Line beside a good one",
        {"I1": codes("LINE_NOT_ON_PO", qty="0", unit="0", total="0")},
        {"qty_over_pct": "0"},
        invoices=[invoice(FULL, bill("1", "25", 7))],
    ),
    example(
        "Ariba Unmatched Line alone",
        {"I1": codes("LINE_NOT_ON_PO", qty=None, unit=None, total=None)},
        {},
        invoices=[invoice(bill("1", "25", None))],
    ),
    example(
        "ServiceNow header overbilling by an unmatched line",
        {"I1": codes("LINE_NOT_ON_PO INVOICE_TOTAL_OVER", invoice_total_variance="25")},
        {"total_pct": "0"},
        invoices=[invoice(FULL, bill("1", "25", 7))],
    ),
    example(
        "D365 charges: unexpected and over, by code",
        {
            "I1": codes(
                "CHARGE_OVER UNEXPECTED_CHARGE",
                charge_variances={"DUTY": "5", "FREIGHT": "2.5", "PACK": "-3"},
            )
        },
        {"charge_pct": "10"},
        invoices=[
            invoice(
                FULL,
                charges={"FREIGHT": "22.50", "DUTY": "5"},
                expected_charges={"FREIGHT": "20", "PACK": "3"},
            )
        ],
    ),
    example(
        "D365 charges exactly on the percentage",
        {"I1": codes("")},
        {"charge_pct": "10"},
        invoices=[invoice(FULL, charges={"FREIGHT": "22"}, expected_charges={"FREIGHT": "20"})],
    ),
    example(
        "An amount may allow a small charge nobody expected",
        {"I1": codes("")},
        {"charge_abs": "5"},
        invoices=[invoice(FULL, charges={"FREIGHT": "5"})],
    ),
    example(
        "Charge limits not set: charges are not compared",
        {"I1": codes("")},
        {"price_pct": "0"},
        invoices=[invoice(FULL, charges={"FREIGHT": "500"})],
    ),
    example(
        "ServiceNow tax too high",
        {"I1": codes("TAX_MISMATCH", tax_variance="0.02")},
        {"tax_abs": "0.01"},
        invoices=[invoice(FULL, tax="19.02", expected_tax="19")],
    ),
    example(
        "ServiceNow tax too low",
        {"I1": codes("TAX_MISMATCH", tax_variance="-0.02")},
        {"tax_abs": "0.01"},
        invoices=[invoice(FULL, tax="18.98", expected_tax="19")],
    ),
    example(
        "Tax a cent off is allowed",
        {"I1": codes("", tax_variance="-0.01")},
        {"tax_abs": "0.01"},
        invoices=[invoice(FULL, tax="18.99", expected_tax="19")],
    ),
    example(
        "Discount not granted",
        {"I1": codes("DISCOUNT_MISMATCH", discount_variance="-5")},
        {"discount_pct": "0"},
        invoices=[invoice(FULL, expected_discount="5")],
    ),
    example(
        "Oracle LINE VARIANCE: stated total beside the lines",
        {"I1": codes("INVOICE_NOT_BALANCED")},
        {"balance_abs": "0.01"},
        invoices=[
            invoice(FULL, tax="19", charges={"FREIGHT": "5"}, discount="2", stated_total="122.02")
        ],
    ),
    example(
        "SAP BD writes small differences off, exactly to the limit",
        {"I1": codes("")},
        {"balance_abs": "0.01"},
        invoices=[
            invoice(FULL, tax="19", charges={"FREIGHT": "5"}, discount="2", stated_total="121.99")
        ],
    ),
    example(
        "D365 invoice total over",
        {"I1": codes("INVOICE_TOTAL_OVER", invoice_total_variance="3.01")},
        {"total_abs": "3"},
        invoices=[
            invoice(
                bill("10", "10.1"),
                tax="19",
                expected_tax="19",
                charges={"F": "7.01"},
                expected_charges={"F": "5"},
            )
        ],
    ),
    example(
        "Ariba PO Amount Variance under, when asked for",
        {"I1": codes("INVOICE_TOTAL_UNDER", invoice_total_variance="-10")},
        {"total_pct": "0", "total_under_pct": "5"},
        invoices=[invoice(bill("10", "9"))],
    ),
    example(
        "Partial bill is expected at order prices",
        {"I1": codes("", qty="-7", invoice_total_variance="0")},
        {"total_pct": "0", "total_under_pct": "0"},
        invoices=[invoice(bill("3", "10"))],
    ),
    example(
        "SAP LA: blanket limit, cumulative",
        {
            "I1": codes("", blanket_variance="-40"),
            "I2": codes("OVER_BLANKET_LIMIT", blanket_variance="20"),
            "I3": codes(""),
            "I3 I2": codes(""),
        },
        {"blanket_pct": "0"},
        [line(1, "1000", "10")],
        [
            invoice(bill("6", "10")),
            invoice(bill("6", "10"), number="INV-2"),
            credit(bill("2", "10")),
        ],
        po={"limit": "100"},
    ),
    example(
        "Deltek margin over the limit",
        {"I1": codes("", blanket_variance="5")},
        {"blanket_pct": "5"},
        [line(1, "1000", "10")],
        [invoice(bill("10.5", "10"))],
        po={"limit": "100"},
    ),
    example(
        "SAP LD: a day after the last day, and one more",
        {"I1": codes(""), "I2": codes("BLANKET_EXPIRED")},
        {"blanket_days": "1"},
        invoices=[
            invoice(bill("1", "10"), date="2026-04-01"),
            invoice(bill("1", "10"), number="INV-2", date="2026-04-02"),
        ],
        po={"limit": "100", "valid_to": "2026-03-31"},
    ),
    example(
        "SAP ST: value times days early, on the limit",
        {"I1": codes("", date_value_days="500")},
        {"date_value_days": "500"},
        [line(1, "10", "10", promised_date="2026-03-10")],
        [invoice(FULL, date="2026-03-05")],
    ),
    example(
        "SAP ST: value times days early, beyond",
        {"I1": codes("EARLY_INVOICE", date_value_days="600")},
        {"date_value_days": "599.99"},
        [line(1, "10", "10", promised_date="2026-03-10")],
        [invoice(FULL, date="2026-03-04")],
    ),
    example(
        "An invoice after the promised date is not early",
        {"I1": codes("", date_value_days="0")},
        {"date_value_days": "0"},
        [line(1, "10", "10", promised_date="2026-03-10")],
        [invoice(FULL, date="2026-03-11")],
    ),
    example(
        "An order written after its invoice",
        {"I1": codes("AFTER_THE_FACT_PO")},
        {},
        invoices=[invoice(FULL, date="2026-03-01")],
        po={"date": "2026-03-02"},
    ),
    example(
        "Order and invoice of one day",
        {"I1": codes("")},
        {},
        invoices=[invoice(FULL, date="2026-03-02")],
        po={"date": "2026-03-02"},
    ),
    example(
        "Every independent exception is told",
        {
            "I1": codes(
                "CHARGE_OVER INVOICE_TOTAL_OVER LINE_TOTAL_OVER PRICE_OVER "
                "QTY_OVER_ORDERED QTY_OVER_RECEIVED TAX_MISMATCH",
                qty="4",
                unit="1",
                total="12",
                line_total_variance="32",
                invoice_total_variance="15",
            )
        },
        {
            "price_pct": "0",
            "qty_over_pct": "0",
            "line_total_pct": "0",
            "total_pct": "0",
            "charge_pct": "0",
            "tax_pct": "0",
        },
        invoices=[
            invoice(
                bill("12", "11"),
                charges={"F": "3"},
                expected_charges={"F": "1"},
                tax="2",
                expected_tax="1",
            )
        ],
        receipts=[[came("8")]],
        policy="3-way",
    ),
    example(
        "No tolerance set, nothing compared",
        {"I1": codes("")},
        {},
        invoices=[invoice(bill("99", "99"), tax="5", charges={"F": "3"})],
    ),
]
