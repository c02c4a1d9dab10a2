"""A purchase order as PDF: letterhead, both addresses, lines over as many pages as they need,
taxes by rate, totals, terms, and on every page which page of which order it is."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, TextMode, VAlign
from fpdf.fonts import FontFace

from wopo.domain.money import Money, format_number, plain
from wopo.usecases.views.order_papers import OrderPaper, PaperLine, PaperParty
from wopo.writers.fonts import FAMILY, load_fonts

INK, FAINT, SHADE = (20, 24, 32), (105, 112, 125), (237, 240, 245)
MARGIN = 18
LINE = 4.6
"""Height of a line of text in millimetres."""
COLUMNS = (10, 74, 27, 25, 13, 25)
"""Widths of the table's columns in millimetres: together a page's width without its margins."""
BOLD = 0.18
"""Millimetres of outline that make the one weight of the font a bold one."""


@dataclass(frozen=True)
class OrderPdf:
    """The file, and the characters on it that no font at hand has (empty: all are printed)."""

    raw: bytes
    unprintable: str


def write_order_pdf(paper: OrderPaper, fonts_dir: Path | None = None) -> OrderPdf:
    """The order as it goes to the vendor. The same paper gives the same bytes."""
    page = _Page(paper)
    lacking = load_fonts(page, paper.texts(), fonts_dir)
    page.add_page()
    page.parties()
    page.facts()
    page.lines()
    page.totals()
    page.terms()
    return OrderPdf(bytes(page.output()), lacking)


class _Page(FPDF):
    """The pages of one order; ``header`` and ``footer`` are drawn by the library on each."""

    def __init__(self, paper: OrderPaper) -> None:
        super().__init__(format="A4")
        self.paper = paper
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=22)
        self.set_title(f"Purchase order {paper.number}")
        self.set_author(paper.company.name)
        self.set_creation_date(datetime.combine(paper.day, time(), UTC))

    def bold(self, text: str, size: float, *, align: Align = Align.L, width: float = 0) -> None:
        """A line in bold: the font comes in one weight, so its outlines are drawn too."""
        self.set_font(FAMILY, size=size)
        with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=BOLD, draw_color=INK):
            self.cell(width, LINE * size / 9, text=text, align=align, new_x="LMARGIN", new_y="NEXT")
        self.set_font(FAMILY, size=9)

    def header(self) -> None:
        self.set_text_color(*INK)
        top = self.get_y()
        if self.page_no() == 1:
            self.bold(self.paper.company.name, 15)
            self.set_text_color(*FAINT)
            self.multi_cell(
                90, LINE, text=_address(self.paper.company), new_x="LMARGIN", new_y="NEXT"
            )
            below = self.get_y()
            self.set_y(top)
            self.set_text_color(*INK)
            self.bold("Purchase order", 15, align=Align.R)
            number = self.paper.number
            if self.paper.revision > 1:
                number += f" · revision {self.paper.revision}"
            self.bold(number, 11, align=Align.R)
            self.set_y(max(below, self.get_y()) + 3)
        else:
            self.bold(f"{self.paper.company.name} · Purchase order {self.paper.number}", 9)
        self.set_draw_color(*INK)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(5)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font(FAMILY, size=8)
        self.set_text_color(*FAINT)
        said = f"{self.paper.company.name} · {self.paper.number}"
        self.cell(0, LINE, text=said)
        self.set_x(MARGIN)
        self.cell(0, LINE, text=f"Page {self.page_no()} of {{nb}}", align=Align.R)
        self.set_text_color(*INK)

    def parties(self) -> None:
        """Vendor and place of delivery side by side."""
        top = self.get_y()
        self._party("Vendor", self.paper.vendor, MARGIN)
        left = self.get_y()
        self.set_y(top)
        if self.paper.ship_to is not None:
            self._party("Ship to", self.paper.ship_to, self.w / 2 + 4)
        self.set_y(max(left, self.get_y()) + 4)

    def _party(self, title: str, party: PaperParty, x: float) -> None:
        self.set_x(x)
        self.set_text_color(*FAINT)
        self.cell(80, LINE, text=title, new_x="LMARGIN", new_y="NEXT")
        self.set_text_color(*INK)
        self.set_x(x)
        self.multi_cell(80, LINE, text=f"{party.name}\n{_address(party)}".strip(), new_y="NEXT")

    def facts(self) -> None:
        """Day, buyer, terms of payment and what else holds for the whole order."""
        paper = self.paper
        buyer = paper.buyer
        contact = f"{buyer.name} {buyer.email}".strip() if buyer else ""
        limit = paper.blanket_limit
        pairs = [
            ("Order date", paper.day.isoformat()),
            ("Buyer", contact),
            ("Payment terms", paper.payment_terms),
            ("Your number with us", paper.vendor.code),
            ("Valid to", paper.valid_to.isoformat() if paper.valid_to else ""),
            ("At most", "" if limit is None else limit.format()),
        ]
        for label, value in pairs:
            if value:
                self.set_text_color(*FAINT)
                self.cell(38, LINE, text=label)
                self.set_text_color(*INK)
                self.multi_cell(0, LINE, text=value, new_x="LMARGIN", new_y="NEXT")
        self.ln(4)

    def lines(self) -> None:
        """The table; its heading stands on every page, and no line is torn apart."""
        heading = FontFace(color=INK, fill_color=SHADE)
        aligned = (Align.L, Align.L, Align.R, Align.R, Align.R, Align.R)
        self.set_draw_color(*FAINT)
        with self.table(
            col_widths=COLUMNS,
            width=sum(COLUMNS),
            align=Align.L,
            text_align=aligned,
            v_align=VAlign.T,
            line_height=LINE,
            padding=(1.2, 1.2),
            headings_style=heading,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        ) as table:
            titles = ("", "What", "Quantity", "Price", "Tax", f"Net {self.paper.currency}")
            table.row(titles)
            for line in self.paper.lines:
                table.row(_cells(line))
        self.ln(3)

    def totals(self) -> None:
        """What it adds up to, on the right, kept together."""
        paper = self.paper
        sums: list[tuple[str, Money]] = [("Net of the lines", paper.net)]
        sums += [(label, amount) for _, label, amount in paper.charges]
        if paper.discount:
            sums.append((paper.discount_label or "Discount", -paper.discount))
        for share in paper.taxes:
            label = f"Tax {plain(share.percent)} % on {share.taxable.format()}"
            sums.append((label, share.tax))
        if not paper.taxes and paper.tax:
            sums.append(("Tax", paper.tax))
        if self.will_page_break(LINE * (len(sums) + 3)):
            self.add_page()
        for label, amount in sums:
            self.set_text_color(*FAINT)
            self.cell(sum(COLUMNS) - 40, LINE, text=label, align=Align.R)
            self.set_text_color(*INK)
            self.cell(40, LINE, text=amount.format(), align=Align.R, new_x="LMARGIN", new_y="NEXT")
        self.bold(f"Total {paper.total.format()}", 11, align=Align.R, width=sum(COLUMNS))
        self.ln(4)

    def terms(self) -> None:
        """How to answer, and the company's terms."""
        said = "Please confirm the dates of delivery, and name this order's number on the invoice."
        self.multi_cell(0, LINE, text=said, new_x="LMARGIN", new_y="NEXT")
        if self.paper.terms:
            self.ln(2)
            self.set_font(FAMILY, size=8)
            self.set_text_color(*FAINT)
            self.multi_cell(0, 4, text=self.paper.terms, new_x="LMARGIN", new_y="NEXT")
            self.set_text_color(*INK)


def _address(party: PaperParty) -> str:
    rest = [party.phone, party.email, f"Tax number {party.tax_id}" if party.tax_id else ""]
    return "\n".join(part for part in (party.address.strip(), *rest) if part)


def _cells(line: PaperLine) -> tuple[str, ...]:
    about = [line.description]
    numbers = [f"Your item {line.item}" if line.item else "", f"Our part {line.part}"]
    about += [" · ".join(number for number in numbers if number and not number.endswith(" "))]
    about += [f"{format_number(much)} {line.unit} due {day}" for day, much in line.schedule]
    if line.discount:
        label = line.discount_label or "Discount"
        about.append(f"{label}: {(-line.discount).format()}")
    per = f" / {plain(line.price_per)}" if line.price_per != 1 else ""
    tax = f"{plain(line.tax_percent)} %" if line.tax_percent else ""
    return (
        str(line.position),
        "\n".join(part for part in about if part),
        f"{format_number(line.quantity)} {line.unit}",
        f"{_price(line.unit_price)}{per}",
        tax,
        line.net.format().rpartition(" ")[0],
    )


def _price(price: Decimal) -> str:
    """At least two decimals, and all that it has."""
    cents = price.quantize(Decimal("0.01"))
    return format_number(price) if price != cents else f"{cents:,}"
