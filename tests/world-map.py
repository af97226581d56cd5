#!/usr/bin/env python3
"""Makes src/writing/charts/world.txt from Natural Earth's countries, by hand, when they are to be renewed.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python3 -m venv venv && venv/bin/pip install pycountry==26.2.16
    venv/bin/python tests/world-map.py package src/domain/cctlds.csv > src/writing/charts/world.txt

world-atlas holds Natural Earth 4.1 (public domain, naturalearthdata.com) as TopoJSON. Outlines are those of 1:110 million;
what is too small there is a dot, at the middle of its largest part at 1:10 million, moved aside where dots would hide each
other. ISO 3166 decides whose land it is, since ccTLDs are its codes: parts that Natural Earth shows on their own, or with
whoever holds them, go where the standard lists them.
"""
import csv
import json
import math
import sys

import pycountry

# Square degrees below which an outline gets a dot besides.
SMALL = 1.2
# Degrees between two dots at the least: a dot's width on the map.
APART = 1.75
# Where a part is listed by ISO 3166: the code that Natural Earth has it under, a box (west, south, east, north), its own code.
PARTS = [
    ("FR", (-56, 1, -50, 7), "GF"), ("FR", (-62, 15.7, -60.8, 16.6), "GP"), ("FR", (-61.4, 14.2, -60.6, 15), "MQ"),
    ("FR", (55, -22, 56, -20), "RE"), ("FR", (44.8, -13.2, 45.5, -12.4), "YT"), ("NO", (5, 70.5, 40, 82), "SJ"),
    ("NO", (2, -55, 5, -54), "BV"), ("SH", (-15, -8.5, -14, -7.5), "AC"), ("NZ", (-173, -10, -171, -8), "TK"),
    ("RU", (32, 44, 37, 46.5), "UA"), (None, (105, -11, 106.5, -10), "CX"), (None, (96, -13, 97.5, -11), "CC"),
]
# What Natural Earth shows on its own without a code.
NAMED = {"N. Cyprus": "CY", "Somaliland": "SO"}


def countries(folder, scale):
    topology = json.load(open(f"{folder}/countries-{scale}.json"))
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        arcs.append([])
        for dx, dy in arc:
            x, y = x + dx, y + dy
            arcs[-1].append((x * sx + tx, y * sy + ty))

    def ring(numbers):
        points = []
        for number in numbers:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += arc[1:] if points else arc
        return points

    for shape in topology["objects"]["countries"]["geometries"]:
        polygons = {"Polygon": lambda arcs: [arcs], "MultiPolygon": lambda arcs: arcs}.get(shape.get("type"), lambda _: [])(shape.get("arcs"))
        known = pycountry.countries.get(numeric=shape.get("id") or "")
        name = shape["properties"]["name"]
        code = known.alpha_2 if known else NAMED.get(name)
        for polygon in polygons:
            for rings in sides([ring(numbers) for numbers in polygon]):
                x, y = middle(rings[0])
                own = [to for of, (w, s, e, n), to in PARTS if of == code and w <= x <= e and s <= y <= n]
                yield (own[0] if own else code or "-"), rings


def sides(rings):
    """The parts of a polygon on either side of the 180th meridian: world-atlas has them in one ring that jumps."""
    whole = []
    for ring in rings:
        points, turns = [ring[0]], 0
        for (before, _), (x, y) in zip(ring, ring[1:]):
            turns += (x - before < -180) - (x - before > 180)
            points.append((x + 360 * turns, y))
        if turns:
            # Once around the pole: down to it and back.
            points += [(points[-1][0], -90), (points[0][0], -90)]
        whole.append(points)
    for west in (-540, -180, 180):
        parts = [clipped(clipped(points, west, 1), west + 360, -1) for points in whole]
        parts = [[(x - west - 180, y) for x, y in part] for part in parts if len(part) > 2]
        if parts:
            yield parts


def clipped(points, edge, sign):
    """What of a ring is east (sign 1) or west (sign -1) of a meridian (Sutherland and Hodgman, 1974)."""
    kept = []
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1]):
        inside, next_inside = (x1 - edge) * sign >= 0, (x2 - edge) * sign >= 0
        if inside:
            kept.append((x1, y1))
        if inside != next_inside:
            kept.append((edge, y1 + (y2 - y1) * (edge - x1) / (x2 - x1)))
    return kept


def twice_area(points):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1]))


def middle(points):
    # Counted from the first point, so that small rings lose no digits.
    ox, oy = points[0]
    points = [(x - ox, y - oy) for x, y in points]
    whole = twice_area(points)
    pairs = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in zip(points, points[1:] + points[:1])]
    if not whole:
        return points[0][0] + ox, points[0][1] + oy
    return tuple(o + sum((a[i] + b[i]) * cross for a, b, cross in pairs) / (3 * whole) for i, o in ((0, ox), (1, oy)))


def parted(dots):
    """Moves dots aside, a little at a time, until none hides another."""
    at = {code: list(place) for code, place in dots.items()}
    codes = sorted(at)
    for _ in range(500):
        moved = False
        for i, a in enumerate(codes):
            for b in codes[i + 1:]:
                wide = math.cos(math.radians((at[a][1] + at[b][1]) / 2))
                dx, dy = (at[b][0] - at[a][0]) * wide, at[b][1] - at[a][1]
                far = math.hypot(dx, dy)
                if far >= APART:
                    continue
                if far < 1e-6:
                    dx, dy, far = 1e-6, 0.0, 1e-6
                push = (APART - far) / 2 * 1.02
                for code, sign in ((a, -1), (b, 1)):
                    at[code][0] += sign * push * dx / far / wide
                    at[code][1] += sign * push * dy / far
                moved = True
        if not moved:
            break
    return at


def main(folder, known):
    rows = [row for row in csv.DictReader(open(known)) if row["status"] == "delegated" and row["kind"] == "ascii"]
    wanted = {row["iso3166"] or row["a_label"].upper() for row in rows}
    shapes, sizes = {}, {}
    for code, rings in countries(folder, "110m"):
        shapes.setdefault(code, []).append(rings)
        sizes[code] = sizes.get(code, 0) + abs(twice_area(rings[0])) / 2
    largest = {}
    for code, rings in countries(folder, "10m"):
        size = abs(twice_area(rings[0]))
        if size > largest.get(code, (-1, None))[0]:
            largest[code] = (size, middle(rings[0]))
    dots = {code: place for code, (_, place) in largest.items() if code in wanted and sizes.get(code, 0) < SMALL}
    without = sorted(wanted - set(shapes) - set(dots))
    print("# The world's countries and territories by their codes of ISO 3166-1, in tenths of a degree: longitude, latitude.")
    print("# Natural Earth 4.1, public domain (naturalearthdata.com), made small by tests/world-map.py. `land` is an outline,")
    print("# a ring between `|`, each point counted from the one before; `dot` is the place of what is too small to be seen.")
    for code in sorted(shapes):
        rings = []
        for polygon in shapes[code]:
            for ring in polygon:
                steps, before = [], (0, 0)
                for x, y in ring[:-1] if ring[0] == ring[-1] else ring:
                    point = (round(x * 10), round(y * 10))
                    if point != before or not steps:
                        steps.append(f"{point[0] - before[0]},{point[1] - before[1]}")
                        before = point
                if len(steps) > 2:
                    rings.append(" ".join(steps))
        print(f"land {code} {'|'.join(rings)}")
    for code, (x, y) in sorted(parted(dots).items()):
        print(f"dot {code} {round(x * 10)},{round(y * 10)}")
    print("no place of their own:", *without, file=sys.stderr)


main(*sys.argv[1:])
