"""Stays and rooms: ski trips, seminars, journeys."""

from __future__ import annotations

import math

from app.offers.scenes.drawing import (
    BLUE,
    FIR,
    HEIGHT,
    INK,
    MANDARIN,
    MINT,
    NIGHT,
    PAPER,
    ROSE,
    SAFFRON,
    SAND,
    SKY,
    SLATE,
    WHITE,
    WIDTH,
    WINE,
    Seeded,
    area,
    box,
    disc,
    fir,
    ground,
    half_disc,
    hills,
    line,
    n,
    oval,
    path,
    person,
    shape,
    tree,
    turned,
)  # fmt: skip


def ski_village(s: Seeded) -> str:
    """Peaks, a slope, a lit chalet among firs."""
    sky, sun, far, near = s.pick(
        [
            (SKY, SAFFRON, BLUE, INK),
            (ROSE, MANDARIN, SLATE, NIGHT),
            (NIGHT, PAPER, SLATE, BLUE),
            (MINT, SAFFRON, FIR, INK),
        ]
    )
    out = [ground(sky), disc(s.between(90, 550), s.between(66, 130), s.between(34, 56), sun)]
    out += [_peak(s.between(40, 240), s.between(90, 150), far), _peak(s.between(390, 600), s.between(70, 130), near)]
    out.append(_peak(s.between(250, 380), s.between(160, 200), far))
    out.append(shape(f"M-10 {s.between(300, 330)}Q210 {s.between(240, 280)} 650 {s.between(310, 345)}V410H-10Z", PAPER))
    x = s.between(150, 420)
    out += [_chalet(x, 338, s.pick([WINE, INK, MANDARIN]), s.between(92, 120))]
    for _ in range(s.between(6, 9)):
        at = s.pick([s.between(10, x - 90), s.between(x + 100, 630)])
        out.append(fir(at, s.between(330, 372), s.between(54, 88), FIR if near != FIR else INK))
    return "".join([*out, _tracks(s)])


def ski_lift(s: Seeded) -> str:
    """A cable and its cabins over the range."""
    sky, cabin = s.pick([(SKY, MANDARIN), (SAFFRON, BLUE), (BLUE, SAFFRON), (ROSE, FIR)])
    out = [ground(sky), disc(s.between(80, 200), 86, 40, PAPER)]
    for at, top, fill in ((120, 190, SLATE), (470, 120, INK if sky != BLUE else NIGHT), (300, 220, FIR)):
        out.append(_peak(at + s.between(-50, 50), top + s.between(-24, 24), fill))
    out.append(shape("M-10 352Q200 300 650 368V410H-10Z", PAPER))
    rise = s.between(90, 150)
    out.append(line(f"M-10 {210 + rise / 2:.0f}L650 {210 - rise}", INK, 3))
    for k in range(3):
        x = 110 + k * 200 + s.between(-30, 30)
        y = 210 + rise / 2 - (x + 10) / 660 * rise * 1.5
        out += [line(f"M{x} {n(y)}v26", INK, 3), box(x - 32, y + 26, 64, 50, cabin, 12)]
        out += [box(x - 24, y + 34, 20, 20, PAPER, 4), box(x + 4, y + 34, 20, 20, PAPER, 4)]
    out += [fir(s.between(10, 630), s.between(356, 384), s.between(40, 66), FIR) for _ in range(7)]
    return "".join(out)


def manor(s: Seeded) -> str:
    """A country house, its windows, its park and pond."""
    sky, wall, roof = s.pick(
        [(SKY, PAPER, SLATE), (SAND, WHITE, WINE), (MINT, PAPER, INK), (ROSE, PAPER, BLUE), (SAFFRON, PAPER, NIGHT)]
    )
    out = [ground(sky), disc(s.between(70, 570), s.between(54, 90), 34, WHITE if sky != SAFFRON else MANDARIN)]
    out += [hills(s, 262, 50, FIR if sky == MINT else MINT), hills(s, 312, 24, FIR)]
    x, floors, bays = s.between(200, 250), s.between(2, 3), s.between(5, 7)
    width, height = bays * 38 + 20, floors * 44 + 14
    out += [box(x, 318 - height, width, height, wall), _roof(x - 10, 318 - height, width + 20, 46, roof)]
    if s.chance(60):
        out += [
            box(x - 46, 318 - height - 20, 52, height + 20, wall),
            area([(x - 54, 298 - height), (x - 20, 226 - height), (x + 14, 298 - height)], roof),
        ]
    for floor in range(floors):
        for bay in range(bays):
            lit = s.chance(24)
            out.append(box(x + 17 + bay * 38, 318 - height + 14 + floor * 44, 20, 28, SAFFRON if lit else roof, 2))
    out.append(box(x + width / 2 - 13, 284, 26, 34, WINE, 13))
    out.append(shape("M-10 318H650V410H-10Z", FIR))
    out += [oval(s.between(260, 420), 366, s.between(110, 170), 22, SKY if sky != SKY else BLUE)]
    out += [
        tree(at, s.between(326, 344), s.between(26, 40), s.pick([MINT, FIR, SAFFRON])) for at in (60, 132, 540, 604)
    ]
    return "".join(out)


def amphitheatre(s: Seeded) -> str:
    """Rows of seats around a speaker."""
    floor, seat, taken = s.pick(
        [(INK, SKY, MANDARIN), (BLUE, SKY, SAFFRON), (SAFFRON, INK, BLUE), (MINT, INK, FIR), (WINE, ROSE, SAFFRON)]
    )
    cx = s.between(250, 390)
    out = [ground(floor)]
    for ring in range(6):
        radius, count = 108 + ring * 52, 9 + ring * 3
        for k in range(count):
            angle = math.pi * (1.06 + 0.88 * k / (count - 1))
            at = (cx + radius * math.cos(angle), 396 + radius * math.sin(angle) * 0.95)
            out.append(disc(*at, 13, taken if s.chance(20) else seat))
    return "".join([*out, half_disc(cx, HEIGHT, 74, PAPER), disc(cx, 346, 15, taken)])


def long_table(s: Seeded) -> str:
    """A meeting table from above, laid with notebooks and cups."""
    floor, top, chair = s.pick(
        [(SKY, BLUE, PAPER), (MINT, FIR, PAPER), (SAND, INK, MANDARIN), (ROSE, WINE, PAPER), (SAFFRON, PAPER, INK)]
    )
    out, seats = [ground(floor)], s.between(4, 6)
    rug = s.pick([SAFFRON, WHITE, ROSE])
    out.append(box(52, 66, 536, 268, rug if rug != floor else SKY, 30, 0.45))
    steps = [142 + k * 356 / (seats - 1) for k in range(seats)]
    for x in steps:
        out += [box(x - 24, 92, 48, 40, chair, 16), box(x - 24, 268, 48, 40, chair, 16)]
    out += [box(58, 176, 40, 48, chair, 16), box(542, 176, 40, 48, chair, 16), box(96, 126, 448, 148, top, 30)]
    for x in steps:
        for y, cup in ((140, 1), (232, -1)):
            out.append(
                turned(box(x - 16, y, 30, 24, s.pick([PAPER, WHITE, SAFFRON, SKY]), 3), s.between(-9, 9), x, y + 12)
            )
            if s.chance(60):
                out.append(disc(x + cup * 25, y + 12, 7, MANDARIN))
    plant = s.between(270, 370)
    return "".join([*out, disc(plant, 200, 18, FIR if top != FIR else MINT), disc(plant, 200, 8, SAFFRON)])


def workshop(s: Seeded) -> str:
    """A room, a screen with a chart, people who look at it."""
    wall, floor, screen = s.pick([(SAND, WINE, WHITE), (BLUE, INK, PAPER), (MINT, FIR, WHITE), (ROSE, SLATE, PAPER)])
    out = [ground(wall), box(0, 306, WIDTH, 94, floor)]
    for k in range(2):
        out.append(box(36 + k * 500, 70, 68, 140, SKY if wall != SKY else PAPER, 34 if s.chance(50) else 4))
    out += [box(166, 54, 308, 190, INK, 10), box(174, 62, 292, 174, screen, 5)]
    if s.chance(50):
        for k in range(5):
            height = s.between(30, 130)
            out.append(box(204 + k * 48, 218 - height, 32, height, s.pick([BLUE, SAFFRON, MANDARIN, FIR]), 4))
    else:
        for (x, y), fill in zip(((264, 140), (330, 120), (374, 164)), (BLUE, SAFFRON, MANDARIN), strict=True):
            out.append(disc(x, y, s.between(34, 52), fill, 0.9))
    coats = [BLUE, SAFFRON, MANDARIN, FIR, ROSE, INK, SKY, PAPER]
    for k in range(7):
        coat = s.pick([each for each in coats if each != floor])
        out.append(
            person(50 + k * 90 + s.between(-8, 8), 402, s.between(38, 44), coat, s.pick([SAND, MANDARIN, WINE, ROSE]))
        )
    return "".join(out)


def train(s: Seeded) -> str:
    """A train through the hills."""
    sky, sun, body = s.pick(
        [(SAFFRON, MANDARIN, BLUE), (ROSE, PAPER, WINE), (SKY, SAFFRON, MANDARIN), (MINT, PAPER, BLUE)]
    )
    out = [ground(sky), disc(s.between(110, 530), 118, s.between(48, 70), sun)]
    out += [hills(s, 230, 90, MINT if sky != MINT else SKY), hills(s, 286, 60, FIR)]
    out += [tree(s.between(20, 620), s.between(284, 300), s.between(12, 20), s.pick([INK, MINT])) for _ in range(5)]
    out.append(box(0, 318, WIDTH, 10, INK))
    out += [box(x, 328, 16, 40, SLATE) for x in range(24, WIDTH, 96)]
    out.append(hills(s, 384, 20, INK))
    nose = s.between(380, 480)
    out.append(shape(f"M-10 262H{nose - 70}Q{nose} 262 {nose + 26} 318H-10Z", body))
    out.append(box(-10, 296, nose + 10, 8, SAFFRON if body != SAFFRON else PAPER))
    out += [box(x, 272, 30, 17, PAPER, 5) for x in range(10, nose - 90, 42)]
    return "".join([*out, shape(f"M{nose - 62} 272h8q26 2 40 20h-48Z", INK)])


def balloons(s: Seeded) -> str:
    """Hot-air balloons over an old town."""
    sky, town = s.pick([(SKY, WINE), (ROSE, NIGHT), (SAND, BLUE), (MINT, INK)])
    out = [ground(sky)]
    for _ in range(3):
        x, y = s.between(20, 560), s.between(30, 180)
        out.append(box(x, y, s.between(70, 120), 18, WHITE, 9, 0.8))
    for k in range(3):
        out.append(_balloon(s, 120 + k * 190 + s.between(-30, 30), s.between(76, 170), s.between(34, 62)))
    x = -20
    while x < WIDTH:
        width, height = s.between(34, 70), s.between(50, 120)
        out.append(box(x, 400 - height, width, height, town))
        roof = s.pick(["gable", "flat", "spire"])
        if roof != "flat":
            out.append(
                area(
                    [
                        (x - 4, 400 - height),
                        (x + width / 2, 400 - height - (30 if roof == "gable" else 78)),
                        (x + width + 4, 400 - height),
                    ],
                    MANDARIN if roof == "gable" else town,
                )
            )
        out += [
            box(x + at, 400 - height + 16, 9, 14, SAFFRON if s.chance(60) else sky, 2)
            for at in range(9, width - 12, 18)
        ]
        x += width + s.pick([0, 0, 8])
    return "".join(out)


def _balloon(s: Seeded, x: float, y: float, r: float) -> str:
    main, stripe = s.some([BLUE, MANDARIN, SAFFRON, FIR, WINE, PAPER], 2)
    top = path("M", x - r, y, "a", r, r, "0 0 1", 2 * r, 0)
    right = path("q", 0, r * 0.8, -r * 0.78, r * 1.3, "h", -r * 0.44)
    left = path("q", -r * 0.78, -r * 0.5, -r * 0.78, -r * 1.3, "Z")
    out = [shape(f"{top} {right} {left}", main)]
    out.append(oval(x, y + r * 0.14, r * 0.42, r * 1.12, stripe))
    out += [
        line(f"M{n(x - r * 0.16)} {n(y + r * 1.3)}v{n(r * 0.3)}m{n(r * 0.32)} 0v{n(-r * 0.3)}", INK, 2),
        box(x - r * 0.2, y + r * 1.58, r * 0.4, r * 0.3, WINE, 3),
    ]
    return "".join(out)


def _peak(x: float, top: float, fill: str) -> str:
    """A mountain with a shaded side and a snow cap."""
    half = (HEIGHT - top) * 0.78
    cap = (HEIGHT - top) * 0.24
    k = half / (HEIGHT - top)
    body = area([(x, top), (x - half, HEIGHT), (x + half, HEIGHT)], fill)
    shade = area(
        [(x, top), (x + half * 0.16, top + (HEIGHT - top) * 0.5), (x - half * 0.1, HEIGHT), (x + half, HEIGHT)],
        INK,
        0.2,
    )
    snow = [(x, top), (x - cap * k, top + cap), (x - cap * k * 0.34, top + cap * 0.7), (x, top + cap * 1.06)]
    return body + shade + area([*snow, (x + cap * k * 0.36, top + cap * 0.74), (x + cap * k, top + cap)], PAPER)


def _chalet(x: float, y: float, wood: str, width: float) -> str:
    half, wall = width / 2, width * 0.42
    out = [box(x - half * 0.82, y - wall, width * 0.82, wall, wood)]
    out.append(
        area([(x - half * 1.16, y - wall * 0.9), (x, y - wall * 1.95), (x + half * 1.16, y - wall * 0.9)], PAPER)
    )
    out.append(
        area([(x - half * 0.82, y - wall * 0.94), (x, y - wall * 1.66), (x + half * 0.82, y - wall * 0.94)], wood)
    )
    out += [box(x + at * half - 8, y - wall * 0.7, 16, 18, SAFFRON, 2) for at in (-0.5, 0, 0.5)]
    return "".join(
        [*out, box(x - 6, y - wall * 1.36, 12, 12, SAFFRON, 6), box(x - half * 0.9, y - 4, width * 0.9, 8, SLATE, 4)]
    )


def _roof(x: float, y: float, width: float, height: float, fill: str) -> str:
    out = area([(x, y), (x + height * 0.6, y - height), (x + width - height * 0.6, y - height), (x + width, y)], fill)
    chimneys = "".join(box(x + width * at, y - height - 16, 15, 26, WINE) for at in (0.28, 0.66))
    dormers = "".join(
        area([(x + width * at - 14, y - 6), (x + width * at, y - 30), (x + width * at + 14, y - 6)], PAPER)
        for at in (0.22, 0.5, 0.78)
    )
    return chimneys + out + dormers


def _tracks(s: Seeded) -> str:
    x = s.between(430, 560)
    return line(f"M{x} 322q46 18 8 36t-4 50M{x + 13} 322q46 18 8 36t-4 50", SKY, 4)
