"""What is read from a PDF by a library that did not make it, and fonts that are made for one letter."""

import ctypes
import re
from pathlib import Path

import cv2
import numpy as np
import pylopdf_fonts_zh_cn as packaged
import pypdfium2
import pypdfium2.raw as pdfium
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable


def text_of(pdf: bytes) -> str:
    """The text of all pages without white space."""
    with pypdfium2.PdfDocument(pdf) as read:
        return re.sub(r"\s+", "", "".join(page.get_textpage().get_text_range() for page in read))


def pages_of(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as read:
        return len(read)


def qr_of(pdf: bytes, page: int = 0) -> str:
    """The text of the QR code on a page."""
    with pypdfium2.PdfDocument(pdf) as read:
        picture = np.array(read[page].render(scale=2.5).to_pil().convert("RGB"))
    return cv2.QRCodeDetector().detectAndDecode(picture)[0]


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The fonts of the text on all pages by name, each of them a subset, and whether it is embedded."""
    found = {}
    with pypdfium2.PdfDocument(pdf) as read:
        for page in read:
            for text in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                font = pdfium.FPDFTextObj_GetFont(text)
                length = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
                name = ctypes.create_string_buffer(length)
                pdfium.FPDFFont_GetBaseFontName(font, name, length)
                found[name.value.decode().partition("+")[2]] = pdfium.FPDFFont_GetIsEmbedded(font) == 1
    return found


def make_font(letters: str, path: Path) -> None:
    """Write a font named "Made Up" that has these letters alone, each with the glyph of some Chinese letter."""
    glyphs = [chr(ord("一") + number) for number in range(len(letters))]
    font = TTFont(packaged.sans_path())
    options = subset.Options(name_IDs=["*"], layout_features=[])
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(glyphs))
    subsetter.subset(font)
    names = font.getBestCmap()
    table = CmapSubtable.newSubtable(12)  # the format that reaches all code points
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = {ord(letter): names[ord(glyph)] for letter, glyph in zip(letters, glyphs, strict=True)}
    font["cmap"].tables = [table]
    for record in font["name"].names:
        record.string = str(record).replace("Noto Sans SC", "Made Up").replace("NotoSansSC", "MadeUp")
    font.save(path)
    font.close()
