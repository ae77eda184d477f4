# /// script
# dependencies = ["fonttools[woff]>=4.55"]
# ///
"""Draws Hull Stencil, the display face of the site: capitals and figures as painted on ships' hulls.

Every glyph is a few strokes of one width with cut corners. The strokes never close, as a stencil's may
not. Small letters show the capitals. Run with `uv run font.py`; the file written is always the same.
"""

import math
import os
import sys

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM, TOP, WEIGHT, SIDE = 1000, 700, 124, 46  # units of the em square
CUT, GAP = 120, 44  # the corner cut off a bend; the bridge of the stencil
LOW, HIGH, MIDDLE = WEIGHT // 2, TOP - WEIGHT // 2, TOP // 2

Point = tuple[float, float]
Stroke = list[Point]


def mirrored(stroke: Stroke, width: int) -> Stroke:
    return [(width - x, y) for x, y in stroke]


def letters() -> dict[str, tuple[int, list[Stroke]]]:
    """Character -> (width, the centre lines of its strokes)."""
    wide, left = 480, WEIGHT // 2
    right, centre = wide - left, wide / 2
    inner, outer = centre - GAP / 2, centre + GAP / 2  # the two banks of the bridge
    bar = left + WEIGHT / 2 + GAP  # where a stroke starts that comes out of the stem
    stem: Stroke = [(left, 0), (left, TOP)]
    bowl_left: Stroke = [
        (inner, HIGH), (left + CUT, HIGH), (left, HIGH - CUT), (left, LOW + CUT),
        (left + CUT, LOW), (inner, LOW),
    ]  # fmt: skip
    bowl_right = mirrored(bowl_left, wide)
    hook_high: Stroke = [(outer, HIGH), (right - CUT, HIGH), (right, HIGH - CUT), (right, 470)]
    hook_low: Stroke = [(outer, LOW), (right - CUT, LOW), (right, LOW + CUT), (right, 230)]
    upper: Stroke = [
        (bar, HIGH), (right - CUT, HIGH), (right, HIGH - CUT), (right, MIDDLE + CUT),
        (right - CUT, MIDDLE), (bar, MIDDLE),
    ]  # fmt: skip
    lower: Stroke = [
        (bar, MIDDLE), (right - CUT, MIDDLE), (right, MIDDLE - CUT), (right, LOW + CUT),
        (right - CUT, LOW), (bar, LOW),
    ]  # fmt: skip
    arch: Stroke = [(left, 0), (left, HIGH - CUT), (left + CUT, HIGH), (inner, HIGH)]
    snake: list[Stroke] = [
        hook_high,
        [(inner, HIGH), (left + CUT, HIGH), (left, HIGH - CUT), (left, MIDDLE + CUT),
         (left + CUT, MIDDLE), (right - CUT, MIDDLE), (right, MIDDLE - CUT), (right, LOW + CUT),
         (right - CUT, LOW), (outer, LOW)],
        [(inner, LOW), (left + CUT, LOW), (left, LOW + CUT), (left, 230)],
    ]  # fmt: skip
    return {
        "A": (wide, [arch, mirrored(arch, wide), [(bar, 270), (right - WEIGHT / 2 - GAP, 270)]]),
        "B": (wide, [stem, upper, lower[1:]]),
        "C": (wide, [bowl_left, hook_high, hook_low]),
        "D": (wide, [stem, [(bar, HIGH), (right - CUT, HIGH), (right, HIGH - CUT),
                            (right, LOW + CUT), (right - CUT, LOW), (bar, LOW)]]),
        "E": (430, [stem, [(bar, HIGH), (430, HIGH)], [(bar, MIDDLE), (390, MIDDLE)],
                    [(bar, LOW), (430, LOW)]]),
        "F": (420, [stem, [(bar, HIGH), (420, HIGH)], [(bar, MIDDLE), (380, MIDDLE)]]),
        "G": (wide, [bowl_left, hook_high,
                     [(outer, LOW), (right - CUT, LOW), (right, LOW + CUT), (right, 320),
                      (outer, 320)]]),
        "H": (wide, [stem, mirrored(stem, wide), [(bar, MIDDLE), (wide - bar, MIDDLE)]]),
        "I": (WEIGHT, [stem]),
        "J": (440, [[(440 - left, TOP), (440 - left, LOW + CUT), (440 - left - CUT, LOW),
                     (242, LOW)], [(198, LOW), (left + CUT, LOW), (left, LOW + CUT), (left, 230)]]),
        "K": (500, [stem, [(bar + 20, MIDDLE + 30), (430, TOP)], [(bar + 20, MIDDLE - 30), (430, 0)]]),
        "L": (420, [stem, [(bar, LOW), (420, LOW)]]),
        "M": (740, [stem, mirrored(stem, 740), [(222, TOP), (283, 260)],
                    mirrored([(222, TOP), (283, 260)], 740)]),
        "N": (620, [stem, mirrored(stem, 620), [(216, TOP), (404, 0)]]),
        "O": (wide, [bowl_left, bowl_right]),
        "P": (wide, [stem, upper]),
        "Q": (wide, [bowl_left, bowl_right, [(300, 130), (430, -70)]]),
        "R": (500, [stem, upper, [(250, MIDDLE - LOW - GAP / 2), (420, 0)]]),
        "S": (wide, snake),
        "T": (wide, [[(centre, 0), (centre, HIGH - WEIGHT / 2 - GAP)], [(0, HIGH), (wide, HIGH)]]),
        "U": (wide, [[(left, TOP), *bowl_left[3:]], mirrored([(left, TOP), *bowl_left[3:]], wide)]),
        "V": (540, [[(66, TOP), (216, 0)], mirrored([(66, TOP), (216, 0)], 540)]),
        "W": (860, [[(66, TOP), (180, 0)], mirrored([(66, TOP), (180, 0)], 860),
                    [(310, 0), (345, 380)], mirrored([(310, 0), (345, 380)], 860)]),
        "X": (540, [[(66, TOP), (238, 380)], mirrored([(66, TOP), (238, 380)], 540),
                    [(66, 0), (238, 320)], mirrored([(66, 0), (238, 320)], 540)]),
        "Y": (520, [[(66, TOP), (222, 380)], mirrored([(66, TOP), (222, 380)], 520),
                    [(260, 0), (260, 300)]]),
        "Z": (460, [[(0, HIGH), (460, HIGH)], [(110, 168), (350, 532)], [(0, LOW), (460, LOW)]]),
        "0": (wide, [bowl_left, bowl_right]),
        "1": (260, [[(198, 0), (198, TOP)], [(0, 560), (112, 660)]]),
        "2": (wide, [[*hook_high[:3], (right, 450), (90, 170)],
                     [(inner, HIGH), (left + CUT, HIGH), (left, HIGH - CUT), (left, 470)],
                     [(0, LOW), (wide, LOW)]]),
        "3": (wide, [[(inner, HIGH), (left + CUT, HIGH), (left, HIGH - CUT), (left, 490)],
                     [(inner, LOW), (left + CUT, LOW), (left, LOW + CUT), (left, 210)],
                     [(outer, HIGH), *upper[1:5], (outer - 40, MIDDLE)],
                     [*lower[1:5], (outer, LOW)]]),
        "4": (540, [[(360, 0), (360, TOP)], [(250, TOP), (70, 250)],
                    [(0, 172), (254, 172)], [(466, 172), (540, 172)]]),
        "5": (wide, [[(left, 330), (left, TOP)], [(bar, HIGH), (460, HIGH)],
                     [*lower[:4], (right - CUT, LOW), (outer, LOW)],
                     [(inner, LOW), (left + CUT, LOW), (left, LOW + CUT), (left, 200)]]),
        "6": (wide, [bowl_left, [(outer, HIGH), (right - 40, HIGH)],
                     [(bar, MIDDLE), *lower[1:5], (outer, LOW)]]),
        "7": (440, [[(0, HIGH), (440, HIGH)], [(370, 532), (190, 0)]]),
        "8": (wide, [[(inner, HIGH), *mirrored(upper, wide)[1:5], (inner, MIDDLE)],
                     [(inner, LOW), *list(reversed(mirrored(lower, wide)[1:5])), (inner, MIDDLE)],
                     [(outer, HIGH), *upper[1:5], (outer, MIDDLE)],
                     [(outer, LOW), *list(reversed(lower[1:5])), (outer, MIDDLE)]]),
        "9": (wide, [bowl_right, [(inner, LOW), (40 + left - 62, LOW)],
                     [(wide - bar, MIDDLE), *mirrored(upper, wide)[1:5][::-1], (inner, HIGH)]]),
        ".": (WEIGHT, [[(left, 0), (left, WEIGHT)]]),
        ",": (WEIGHT, [[(left + 20, WEIGHT), (left - 20, -90)]]),
        ":": (WEIGHT, [[(left, 60), (left, 184)], [(left, 420), (left, 544)]]),
        "-": (300, [[(0, MIDDLE), (300, MIDDLE)]]),
        "'": (WEIGHT, [[(left, 460), (left, TOP)]]),
    }  # fmt: skip


def outline(stroke: Stroke, width: float) -> Stroke:
    """The polygon that a pen of ``width`` leaves along ``stroke``: mitred bends, blunt ends.

    A lone diagonal ends level, so that it stands on the line and reaches the height of the others.
    """
    (x0, y0), (x1, y1) = stroke[0], stroke[-1]
    if len(stroke) == 2 and x0 != x1 and y0 != y1:
        reach = width / 2 * math.hypot(x1 - x0, y1 - y0) / abs(y1 - y0)
        level = [(x0 - reach, y0), (x0 + reach, y0), (x1 + reach, y1), (x1 - reach, y1)]
        return level if y0 > y1 else level[::-1]

    def side(points: Stroke) -> Stroke:
        edge: Stroke = []
        for at, (x, y) in enumerate(points):
            normals: list[Point] = []
            for a, b in ((at - 1, at), (at, at + 1)):
                if a >= 0 and b < len(points):
                    dx, dy = points[b][0] - points[a][0], points[b][1] - points[a][1]
                    length = math.hypot(dx, dy)
                    normals.append((-dy / length, dx / length))
            nx = sum(n[0] for n in normals) / len(normals)
            ny = sum(n[1] for n in normals) / len(normals)
            scale = width / 2 / (nx * nx + ny * ny)
            edge.append((x + nx * scale, y + ny * scale))
        return edge

    # Clockwise, as TrueType fills: the left side forward, the right side back.
    return side(stroke) + side(stroke[::-1])


def build(path: str) -> None:
    """Write the face as WOFF2."""
    drawn = {char: (width + 2 * SIDE, strokes) for char, (width, strokes) in letters().items()}
    names = {char: f"uni{ord(char):04X}" for char in drawn}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", *names.values()])
    cmap = {ord(char): name for char, name in names.items()} | {ord(" "): "space"}
    cmap |= {ord(char.lower()): name for char, name in names.items()}
    builder.setupCharacterMap(cmap)

    glyphs = {".notdef": TTGlyphPen(None).glyph(), "space": TTGlyphPen(None).glyph()}
    metrics = {".notdef": (500, 0), "space": (330, 0)}
    for char, (advance, strokes) in drawn.items():
        pen = TTGlyphPen(None)
        for stroke in strokes:
            corners = [(round(x + SIDE), round(y)) for x, y in outline(stroke, WEIGHT)]
            pen.moveTo(corners[0])
            for corner in corners[1:]:
                pen.lineTo(corner)
            pen.closePath()
        glyphs[names[char]] = pen.glyph()
        metrics[names[char]] = (advance, 0)
    builder.setupGlyf(glyphs)
    glyf = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (advance, getattr(glyf[name], "xMin", 0)) for name, (advance, _) in metrics.items()}
    )
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2(
        sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200,
        sCapHeight=TOP, sxHeight=TOP, usWeightClass=700, fsType=0,
    )  # fmt: skip
    builder.setupNameTable(
        {
            "copyright": "Part of Lading's example site, MIT licence",
            "familyName": "Hull Stencil",
            "styleName": "Regular",
            "uniqueFontIdentifier": "Hull Stencil 1.0",
            "fullName": "Hull Stencil",
            "version": "Version 1.0",
            "psName": "HullStencil-Regular",
            "licenseDescription": "MIT",
        },
        mac=False,
    )
    builder.setupPost()
    # 1 January 2024 in seconds since 1904: the bytes must not depend on the day.
    builder.font["head"].created = builder.font["head"].modified = 3_786_912_000
    builder.font.recalcTimestamp = False
    builder.font.flavor = "woff2"
    builder.save(path)


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    build(sys.argv[1] if len(sys.argv) > 1 else f"{here}/../static/fonts/hull-stencil.woff2")
