"""Food and evenings: catering, afterworks, parties."""

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
    around,
    box,
    disc,
    garland,
    ground,
    half_disc,
    hills,
    line,
    n,
    oval,
    person,
    shape,
    swag,
    tree,
    turned,
)  # fmt: skip

FOODS = (MANDARIN, FIR, SAFFRON, WINE, MINT, ROSE)


def glasses(s: Seeded) -> str:
    """Three drinks under a string of lamps."""
    back, bar = s.pick([(WINE, INK), (INK, WINE), (BLUE, NIGHT), (MANDARIN, WINE), (FIR, INK)])
    out = [ground(back), disc(s.between(180, 460), 190, 170, bar, 0.35), box(0, 352, WIDTH, 48, bar)]
    out.append(garland(s, 34, (SAFFRON, PAPER, SAFFRON, ROSE), PAPER))
    forms = [_coupe, _tumbler, _pint, _flute]
    for k in range(3):
        drink = s.pick([SAFFRON, ROSE, MINT, SKY, MANDARIN])
        out.append(s.pick(forms)(150 + k * 170 + s.between(-16, 16), drink if drink != back else SAFFRON))
    return "".join(out)


def rooftop(s: Seeded) -> str:
    """A terrace at dusk above the town."""
    sky, sun, town = s.pick(
        [(MANDARIN, SAFFRON, WINE), (ROSE, MANDARIN, NIGHT), (NIGHT, PAPER, BLUE), (SAFFRON, MANDARIN, INK)]
    )
    out = [ground(sky), disc(s.between(200, 440), 210, s.between(62, 92), sun)]
    x = -10
    while x < WIDTH:
        width, height = s.between(38, 76), s.between(70, 170)
        out.append(box(x, 320 - height, width, height + 40, town))
        for at in range(int(320 - height) + 14, 300, 24):
            out += [box(x + dx, at, 9, 11, SAFFRON, 1) for dx in range(9, width - 14, 19) if s.chance(38)]
        x += width + 2
    out += [box(0, 318, WIDTH, 82, INK), box(0, 300, WIDTH, 6, PAPER)]
    out += [box(at, 300, 4, 24, PAPER) for at in range(20, WIDTH, 60)]
    for k in range(6):
        coat = s.pick([BLUE, SAFFRON, ROSE, MINT, PAPER, MANDARIN])
        out.append(
            person(
                64 + k * 102 + s.between(-18, 18), 402, s.between(34, 40), coat, s.pick([SAND, ROSE, MANDARIN, WINE])
            )
        )
    return "".join([*out, garland(s, 44, (PAPER, SAFFRON), INK if sky != NIGHT else PAPER, 13)])


def plates(s: Seeded) -> str:
    """Three plates on a striped cloth, from above."""
    cloth, stripe = s.pick([(FIR, MINT), (SAFFRON, PAPER), (ROSE, WINE), (PAPER, SKY), (SKY, BLUE), (MANDARIN, PAPER)])
    out = [ground(cloth)] + [box(x, 0, 40, HEIGHT, stripe, 0, 0.28) for x in range(0, WIDTH, 80)]
    for k in range(3):
        x, y, radius = 118 + k * 202 + s.between(-10, 10), s.pick([178, 206, 228]), s.between(76, 92)
        out += [disc(x + 5, y + 7, radius, INK, 0.12), disc(x, y, radius, PAPER), disc(x, y, radius * 0.74, WHITE)]
        out.append(turned(_dish(s, x, y, radius * 0.6), s.between(0, 359), x, y))
        if k < 2:
            out.append(_cutlery(x + 101, 205))
    for _ in range(4):
        x, y = s.between(20, 620), s.pick([s.between(14, 50), s.between(350, 386)])
        out.append(turned(oval(x, y, 15, 6, FIR if cloth != FIR else MINT), s.between(0, 170), x, y))
    return "".join(out)


def buffet(s: Seeded) -> str:
    """A laid buffet: stands, bowls and bottles."""
    wall, cloth = s.pick([(SAND, WHITE), (MINT, PAPER), (ROSE, WHITE), (BLUE, PAPER), (WINE, SAND)])
    out = [ground(wall), garland(s, 20, (PAPER, SAFFRON, MANDARIN), INK, 12)]
    out += [box(20, 286, 600, 130, cloth, 8)] + [swag(70 + k * 100, 286, 50, wall) for k in range(6)]
    out += [box(20, 280, 600, 12, SAFFRON if wall != SAND else MANDARIN, 3)]
    for k, make in enumerate(s.some([_tiers, _bowl, _bottles, _cake, _tiers, _bowl], 4)):
        out.append(make(s, 105 + k * 144, 280))
    return "".join(out)


def mirror_ball(s: Seeded) -> str:
    """A mirror ball, beams of light and a crowd."""
    out = [ground(INK)]
    for k in range(5):
        x = 60 + k * 130
        tip, wide = s.between(-180, 80), s.between(70, 190)
        out.append(
            area(
                [(x, -10), (x + tip, HEIGHT), (x + tip + wide, HEIGHT)], s.pick([BLUE, WINE, MANDARIN, FIR, ROSE]), 0.5
            )
        )
    cx, r = s.between(240, 400), 78
    out += [box(cx - 2, 0, 4, 80, PAPER), disc(cx, 150, r, SKY)]
    for row in range(-4, 5):
        half = math.sqrt(max(0, r * r - (row * 17) ** 2)) - 6
        for col in range(-4, 5):
            if abs(col * 17) + 7 < half:
                out.append(
                    box(cx + col * 17 - 7, 150 + row * 17 - 7, 14, 14, s.pick([PAPER, SAFFRON, ROSE, BLUE, SKY]), 2)
                )
    for k in range(10):
        coat = s.pick([BLUE, WINE, FIR, NIGHT, MANDARIN])
        out.append(person(30 + k * 65, 404, s.between(38, 48), coat, s.pick([SAND, ROSE, MANDARIN, WINE])))
    return "".join(out)


def stage(s: Seeded) -> str:
    """A curtain, a spotlight and a band."""
    curtain, back = s.pick([(WINE, INK), (BLUE, NIGHT), (MANDARIN, WINE), (FIR, INK)])
    out = [ground(back), area([(320, 0), (130, 330), (510, 330)], SAFFRON, 0.35), oval(320, 330, 190, 26, SAFFRON, 0.7)]
    for x, fill in ((220, SKY), (320, ROSE), (420, MINT)):
        out.append(_player(s, x + s.between(-14, 14), 330, fill))
    for side in (0, 1):
        for fold in range(4):
            x = fold * 34 if not side else WIDTH - 34 - fold * 34
            out.append(
                box(x, 0, 34, 340 - fold * 10, curtain if fold % 2 else WINE if curtain != WINE else MANDARIN, 6)
            )
    out += [swag(50 + k * 90, -2, 46, curtain) for k in range(7)]
    out.append(box(0, 346, WIDTH, 54, INK))
    return "".join([*out, *(disc(36 + k * 63, 372, 17, s.pick([SLATE, NIGHT, WINE])) for k in range(10))])


def beach(s: Seeded) -> str:
    """Parasols on the sand."""
    sky, sea = s.pick([(SKY, BLUE), (MINT, FIR), (ROSE, BLUE), (SAFFRON, SKY)])
    out = [ground(sky), disc(s.between(430, 560), 88, 48, SAFFRON if sky != SAFFRON else MANDARIN)]
    out += [box(0, 214, WIDTH, 90, sea), shape("M-10 300Q160 280 320 298T650 288V410H-10Z", SAND)]
    boat = s.between(80, 320)
    out += [area([(boat, 150), (boat, 210), (boat + 46, 210)], PAPER), shape(f"M{boat - 24} 216h78l-14 18h-50Z", WINE)]
    for k in range(2):
        out.append(_parasol(s, 168 + k * 270 + s.between(-34, 34), 220, s.between(96, 118)))
    out += [oval(s.between(40, 600), s.between(352, 386), 15, 15, s.pick([MANDARIN, WHITE, BLUE])) for _ in range(2)]
    return "".join(out)


def garden(s: Seeded) -> str:
    """A garden party: trestle table, trees, bunting."""
    sky, lawn = s.pick([(SKY, FIR), (ROSE, MINT), (SAND, FIR), (MINT, FIR)])
    out = [
        ground(sky),
        hills(s, 250, 40, MINT if sky != MINT else SKY),
        shape("M-10 272Q320 244 650 276V410H-10Z", lawn),
    ]
    out += [
        tree(
            at + s.between(-14, 14),
            s.between(270, 290),
            s.between(44, 62),
            s.pick([FIR, MINT, SAFFRON]) if lawn == MINT else s.pick([MINT, SAFFRON]),
        )
        for at in (60, 590)
    ]
    flags = s.some([BLUE, MANDARIN, SAFFRON, PAPER, WINE, ROSE], 4)
    out.append(line("M40 96Q320 190 610 92", INK, 2.5))
    for k in range(11):
        t = (k + 0.5) / 11
        x, y = 40 + 570 * t, (1 - t) ** 2 * 96 + 2 * t * (1 - t) * 190 + t * t * 92
        out.append(area([(x - 15, y), (x + 15, y), (x, y + 30)], flags[k % 4]))
    for k in range(5):
        out.append(person(170 + k * 78, 318, s.between(26, 31), s.pick(flags), s.pick([SAND, ROSE, MANDARIN, WINE])))
    out += [box(112, 306, 416, 18, WHITE, 4), box(140, 322, 10, 60, WINE), box(490, 322, 10, 60, WINE)]
    out += [half_disc(150 + k * 68, 306, s.between(11, 18), s.pick(FOODS)) for k in range(6)]
    return "".join(out)


def _coupe(x: float, drink: str) -> str:
    bowl = shape(f"M{x - 58} 172h116q-8 92-58 92t-58-92Z", PAPER) + shape(
        f"M{x - 53} 196h106q-12 60-53 60t-53-60Z", drink
    )
    return bowl + box(x - 4, 260, 8, 86, PAPER) + box(x - 40, 344, 80, 9, PAPER, 4) + disc(x + 40, 172, 17, SAFFRON)


def _tumbler(x: float, drink: str) -> str:
    glass = shape(f"M{x - 50} 184h100l-12 168h-76Z", PAPER) + shape(f"M{x - 46} 224h92l-9 120h-74Z", drink)
    return (
        glass
        + turned(box(x - 18, 236, 26, 26, WHITE, 4, 0.7), 14, x, 250)
        + line(f"M{x + 12} 250L{x + 40} 138", MANDARIN, 6)
    )


def _pint(x: float, drink: str) -> str:
    return (
        box(x + 34, 224, 40, 76, PAPER, 18)
        + box(x + 34, 240, 24, 44, INK, 8)
        + box(x - 46, 180, 92, 172, drink, 10)
        + shape(f"M{x - 52} 196a22 22 0 0 1 34-22a28 28 0 0 1 46 0a22 22 0 0 1 24 22v8h-104Z", PAPER)
    )


def _flute(x: float, drink: str) -> str:
    bowl = shape(f"M{x - 26} 140h52l-6 110q-4 22-20 22t-20-22Z", PAPER) + shape(
        f"M{x - 22} 178h44l-4 70q-4 16-18 16t-18-16Z", drink
    )
    bubbles = "".join(disc(x + dx, y, 3, WHITE) for dx, y in ((-6, 240), (5, 220), (-3, 200)))
    return bowl + bubbles + box(x - 3, 270, 6, 76, PAPER) + box(x - 30, 344, 60, 8, PAPER, 4)


def _dish(s: Seeded, x: float, y: float, r: float) -> str:
    first, second, third = s.some(FOODS, 3)
    style = s.below(3)
    if style == 0:
        return (
            half_disc(x, y, r * 0.9, first)
            + disc(x - r * 0.34, y + r * 0.42, r * 0.3, second)
            + disc(x + r * 0.4, y + r * 0.36, r * 0.22, third)
        )
    if style == 1:
        ring = "".join(
            disc(px, py, r * 0.2, fill)
            for (px, py), fill in zip(around(x, y, r * 0.62, 6), (first, second, third) * 2, strict=True)
        )
        return disc(x, y, r * 0.3, third) + ring
    return (
        oval(x, y, r * 0.86, r * 0.5, first)
        + line(f"M{n(x - r * 0.5)} {n(y)}q{n(r * 0.25)} {n(-r * 0.4)} {n(r * 0.5)} 0t{n(r * 0.5)} 0", second, 7)
        + disc(x, y + r * 0.55, r * 0.2, third)
    )


def _cutlery(x: float, y: float) -> str:
    return (
        box(x - 8, y - 60, 5, 120, WHITE, 2)
        + box(x + 4, y - 60, 5, 120, WHITE, 2)
        + oval(x + 6.5, y - 56, 7, 16, WHITE)
    )


def _tiers(s: Seeded, x: float, y: float) -> str:
    out = [box(x - 3, y - 128, 6, 128, INK)]
    for k, half in enumerate((58, 42, 26)):
        level = y - 8 - k * 46
        out += [box(x - half, level, 2 * half, 7, WHITE if k else PAPER, 3)]
        out += [half_disc(x - half + 13 + j * 20, level, 9, s.pick(FOODS)) for j in range(int(2 * half / 20))]
    return "".join(out)


def _bowl(s: Seeded, x: float, y: float) -> str:
    fruit = "".join(
        disc(x + dx, y - 54 - dy, 16, s.pick(FOODS)) for dx, dy in ((-28, 0), (0, 4), (28, 0), (-14, 20), (14, 20))
    )
    return fruit + shape(f"M{x - 58} {y - 54}h116q-6 54-58 54t-58-54Z", s.pick([BLUE, INK, WINE]))


def _bottles(s: Seeded, x: float, y: float) -> str:
    out = []
    for k, dx in enumerate((-34, 0, 34)):
        body, tall = s.pick([FIR, WINE, MANDARIN, INK]), s.between(62, 84)
        out += [box(x + dx - 13, y - tall, 26, tall, body, 6), box(x + dx - 5, y - tall - 34, 10, 40, body, 3)]
        out.append(box(x + dx - 13, y - tall + 22, 26, 24, (PAPER, SAFFRON, SKY)[k]))
    return "".join(out)


def _cake(s: Seeded, x: float, y: float) -> str:
    first, second = s.some((ROSE, MINT, SAFFRON, WHITE, MANDARIN), 2)
    out = [
        box(x - 54, y - 46, 108, 40, first, 6),
        box(x - 36, y - 84, 72, 40, second, 6),
        box(x - 62, y - 7, 124, 7, INK, 3),
    ]
    return "".join(
        [
            *out,
            *(disc(x - 45 + k * 18, y - 46, 9, WHITE) for k in range(6)),
            *(box(x - 22 + k * 20, y - 104, 5, 20, BLUE, 2) for k in range(3)),
        ]
    )


def _player(s: Seeded, x: float, y: float, coat: str) -> str:
    body = shape(f"M{x - 26} {y}v-70a26 26 0 0 1 52 0v70Z", coat) + disc(x, y - 118, 20, s.pick([SAND, ROSE, MANDARIN]))
    if s.chance(50):
        return body + oval(x + 4, y - 46, 22, 16, WINE) + line(f"M{x + 14} {y - 52}L{x + 58} {y - 84}", SAND, 6)
    return body + line(f"M{x + 26} {y}V{y - 96}", PAPER, 4) + disc(x + 26, y - 102, 9, PAPER)


def _parasol(s: Seeded, x: float, y: float, r: float) -> str:
    stripe = s.pick([MANDARIN, BLUE, WINE, FIR])
    out = [box(x - 4, y, 8, 146, INK)]
    for k in range(6):
        a, b = math.pi * (1 + k / 6), math.pi * (1 + (k + 1) / 6)
        ends = (x + r * math.cos(a), y + r * math.sin(a), x + r * math.cos(b), y + r * math.sin(b))
        out.append(
            shape(
                f"M{x} {y}L{n(ends[0])} {n(ends[1])}A{r} {r} 0 0 1 {n(ends[2])} {n(ends[3])}Z", (PAPER, stripe)[k % 2]
            )
        )
    chair = box(x + 26, 338, 96, 12, stripe, 6) + turned(box(x + 106, 298, 12, 52, stripe, 6), 18, x + 112, 344)
    return "".join([*out, chair, box(x + 34, 348, 6, 28, INK), box(x + 104, 348, 6, 28, INK)])
