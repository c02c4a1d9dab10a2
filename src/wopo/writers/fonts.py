"""Fonts for what people and vendors are called, in whatever script.

The fonts come with a package (Noto, OFL); a script's own font is loaded only where a text needs it.
Chinese, Japanese and Korean need a font of the operator's (``WOPO_FONTS_DIR``).
"""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from fpdf import FPDF
from fpdf.fonts import TTFFont

FAMILY = "text"
_SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"),
    (0x0600, 0x077F, "Arabic"),
    (0x0900, 0x097F, "Devanagari"),
    (0x0980, 0x09FF, "Bengali"),
    (0x0A00, 0x0A7F, "Gurmukhi"),
    (0x0A80, 0x0AFF, "Gujarati"),
    (0x0B00, 0x0B7F, "Oriya"),
    (0x0B80, 0x0BFF, "Tamil"),
    (0x0C00, 0x0C7F, "Telugu"),
    (0x0C80, 0x0CFF, "Kannada"),
    (0x0D00, 0x0D7F, "Malayalam"),
    (0x0D80, 0x0DFF, "Sinhala"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Lao"),
    (0x1000, 0x109F, "Myanmar"),
    (0x10A0, 0x10FF, "Georgian"),
    (0x1200, 0x139F, "Ethiopic"),
    (0x1780, 0x17FF, "Khmer"),
    (0x2190, 0x2BFF, "Symbols"),
)
"""Unicode blocks and the font that has them; what is in none is in the main font or nowhere."""


def load_fonts(page: FPDF, text: str, extra: Path | None) -> str:
    """Give the page every font that ``text`` needs; the characters that no font has, each once.

    ``extra`` is a folder with further TrueType fonts, used after ours.
    """
    folder = Path(str(resources.files("manimgx_fonts")))
    page.add_font(FAMILY, "", folder / "NotoSans[wght].ttf")
    more = [folder / f"NotoSans{script}[wght].ttf" for script in _scripts(text)]
    more += sorted(extra.glob("*.ttf")) if extra is not None and extra.is_dir() else []
    for number, path in enumerate(more):
        page.add_font(f"{FAMILY}{number}", "", path)
    page.set_fallback_fonts([f"{FAMILY}{number}" for number in range(len(more))])
    if more:
        page.set_text_shaping(True)
    page.set_font(FAMILY, size=9)
    known: set[int] = set()
    for font in page.fonts.values():
        if isinstance(font, TTFFont):
            known |= font.cmap.keys()
    lacking = {char for char in text if not char.isspace() and ord(char) not in known}
    return "".join(sorted(lacking))


def _scripts(text: str) -> Iterator[str]:
    points = {ord(char) for char in text}
    for first, last, script in _SCRIPTS:
        if any(first <= point <= last for point in points):
            yield script
