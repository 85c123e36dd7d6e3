"""The badge of a branch: a small picture that says how its last build ended. Pure."""

from __future__ import annotations

from xml.sax.saxutils import escape

MOST_LABEL = 60
NO_DATA = "no builds"

_PASS, _WARN, _FAIL, _GREY = "#1f6f9f", "#8a6d00", "#b84500", "#5c6670"
_COLOURS = {"ok": _PASS, "warnings": _WARN, "failed": _FAIL}
_WIDTH = 7.2
"""Pixels of a letter; the picture says how wide its texts are to be, whatever font there is."""

_PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" role="img" aria-label="{label}: {word}">
<title>{label}: {word}</title>
<rect width="{all}" height="20" rx="3" fill="#2b333b"/>
<path d="M{left} 0h{inner}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{inner}z" fill="{colour}"/>
<g fill="#fff" font-family="Inter,Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="8" y="14" textLength="{label_width}" lengthAdjust="spacingAndGlyphs">{label}</text>
<text x="{word_at}" y="14" textLength="{word_width}" lengthAdjust="spacingAndGlyphs">{word}</text>
</g>
</svg>
"""


def badge(label: str, word: str) -> str:
    """An SVG. Only what is well is coloured as well; what nobody knows is grey."""
    label = "".join(each if each.isprintable() else " " for each in label[:MOST_LABEL]).strip() or "branch"
    label_width, word_width = (round(len(text) * _WIDTH) for text in (label, word))
    return _PICTURE.format(
        all=label_width + word_width + 32,
        left=label_width + 16,
        inner=word_width + 13,
        colour=_COLOURS.get(word, _GREY),
        label=escape(label, {'"': "&quot;"}),
        word=escape(word, {'"': "&quot;"}),
        label_width=label_width,
        word_width=word_width,
        word_at=label_width + 24,
    )
