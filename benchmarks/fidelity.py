"""What is left of an image in cells: the frame turned back into pixels, beside chafa.

Images are shown in the same number of cells by the program and by chafa (of Debian, or of any
other place), with the same glyphs and colours. Both texts are read by the same reader, which
paints their cells anew, and are compared with the image: the mean absolute error, of 255, and
SSIM of the luminance, both of the pixels as they are (“near”) and of both pictures blurred by
half a cell (“far”), as eyes see dots and glyphs. Chafa can mix colours in some ways and weigh
them in others: its best way is that with the highest sum of both SSIM over all images. Its work
factor is its highest.

Glyphs are painted as DejaVu Sans Mono draws them, blocks and dots of braille as terminals that
draw their own do. Without colours the ink is white and the background black. ASCII of the
program has no background of its own, as it tells brightness by ink: chafa is told so too
(`--fg-only`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import zarr
from measuring import parser, this_machine
from PIL import Image, ImageDraw, ImageFont

from omezarr_tui.commands.ansi import ansi_lines
from omezarr_tui.demo import write_demo
from omezarr_tui.image.cells import PER_CELL, Depth, Frame, Rendering, color_frame, glyph_frame
from omezarr_tui.image.colormaps import color_table
from omezarr_tui.image.palette import colors_of

Pixels = np.ndarray[Any, Any]
ROWS, COLUMNS = 30, 60
CELL = (16, 8)  # pixels
FONT = "DejaVuSansMono.ttf"
_TIMES = 4  # glyphs are drawn so much larger, and averaged
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_OWN = {"fg": (255, 255, 255), "bg": (0, 0, 0)}
_CODES = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])")
# Rendering, depth, and chafa's name of the symbols.
SYMBOLS: dict[Rendering, str] = {
    "ascii": "ascii,space", "half": "hhalf,space,solid",
    "quadrant": "quad,half,space,solid", "braille": "braille,space",
}  # fmt: skip
COLORS: dict[Depth, str] = {"none": "none", "16": "16", "256": "256", "true": "full"}
MEASURES = ("near, error", "near, SSIM", "far, error", "far, SSIM")


def main() -> None:
    """Measure, and print."""
    asked = parser(__doc__, runs=1)
    asked.add_argument("--rendering", choices=SYMBOLS, help="this one only")
    asked.add_argument("--each", action="store_true", help="each image by itself")
    arguments = asked.parse_args()
    chafa = shutil.which("chafa")
    if chafa is None:
        sys.exit("chafa is not on this machine: apt-get install chafa")
    found: list[dict[str, Any]] = []
    with TemporaryDirectory() as folder:
        images = _images(Path(folder))
        for name, image in images.items():
            Image.fromarray(image).save(Path(folder) / f"{name}.png")
        for rendering, depth in product(SYMBOLS, COLORS):
            if arguments.rendering in (None, rendering):
                found.append(_compared(chafa, Path(folder), images, rendering, depth))
    if arguments.json:
        json.dump({"machine": this_machine(), "fidelity": found}, sys.stdout, indent=1)
        print()
        return
    print(f"{COLUMNS} × {ROWS} cells, {', '.join(images)}\n\n{_table(found)}\n")
    if arguments.each:
        for row in found:
            for name, (own, other) in row["each"].items():
                print(row["rendering"], row["colours"], name, *(f"{n:.3g}" for n in own + other))
    print(", ".join(f"{name} {value}" for name, value in this_machine().items()))


def _compared(
    chafa: str, folder: Path, images: dict[str, Pixels], rendering: Rendering, depth: Depth
) -> dict[str, Any]:
    """The program's measures and chafa's best, for a rendering and depth."""
    ours = {name: _measures(image, _own(image, rendering, depth)) for name, image in images.items()}
    ways: list[dict[str, list[float]]] = []
    for options in _chafa_options(rendering, depth):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            draw = partial(_chafa, chafa, rendering=rendering, depth=depth, options=options)
            lines = list(pool.map(draw, (folder / f"{name}.png" for name in images)))
        pairs = zip(images.items(), lines, strict=True)
        ways.append({name: _measures(image, text) for (name, image), text in pairs})
    best = max(ways, key=lambda way: sum(near + far for _, near, _, far in way.values()))
    return {
        "rendering": rendering,
        "colours": depth,
        "ours": np.mean([*ours.values()], axis=0).tolist(),
        "chafa": np.mean([*best.values()], axis=0).tolist(),
        "each": {name: (ours[name], best[name]) for name in images},
    }


def _own(image: Pixels, rendering: Rendering, depth: Depth) -> Iterable[str]:
    """The program's lines: the area means of the samples in cells."""
    down, across = PER_CELL[rendering]
    rows, columns = ROWS * down, COLUMNS * across
    high, wide = image.shape[0] // rows, image.shape[1] // columns
    samples = image.reshape(rows, high, columns, wide, 3).mean(axis=(1, 3))
    colors = np.rint(samples).astype(np.uint8)
    frame: Frame
    if rendering == "ascii" or depth == "none":
        is_grey = (image == image[..., :1]).all()
        light = _luminance(samples) / 255
        frame = glyph_frame(light, rendering, depth, colors=None if is_grey else colors)
    else:
        frame = color_frame(colors, rendering, depth)
    return ansi_lines(frame)


def _chafa_options(rendering: Rendering, depth: Depth) -> Iterator[list[str]]:
    """Chafa's ways to weigh and to mix colours."""
    dithers = ("none", "ordered", "diffusion") if depth != "true" else ("none",)
    for dither, space, before in product(dithers, ("rgb", "din99d"), ("off", "on")):
        yield [
            *("--dither", dither, "--color-space", space, "-p", before),
            *(["--fg-only"] if rendering == "ascii" and depth != "none" else []),
        ]


def _chafa(
    chafa: str, image: Path, rendering: Rendering, depth: Depth, options: list[str]
) -> list[str]:
    """Chafa's lines."""
    command = [
        *(chafa, "-f", "symbols", "--stretch", "--size", f"{COLUMNS}x{ROWS}"),
        *("--symbols", SYMBOLS[rendering], "--colors", COLORS[depth], "--work", "9"),
        *("-O", "0", "--threads", "1", "--polite", "on", *options, str(image)),
    ]
    out = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [line for line in out.splitlines() if _CODES.sub("", line)]


def _measures(image: Pixels, lines: Iterable[str]) -> list[float]:
    """How far a text is from an image; the order is that of `MEASURES`."""
    shown, true = _painted(lines), image.astype(np.float64)
    assert shown.shape == true.shape, (shown.shape, true.shape)
    found: list[float] = []
    for one, other in ((shown, true), (_blurred(shown), _blurred(true))):
        found += [float(abs(one - other).mean()), _ssim(_luminance(one), _luminance(other))]
    return found


# -- text to pixels -------------------------------------------------------------------------


def _painted(lines: Iterable[str]) -> Pixels:
    """A text as a terminal shows it: red, green and blue (rows, columns, 3)."""
    return np.concatenate([_painted_line(line) for line in lines])


def _painted_line(line: str) -> Pixels:
    cells: list[Pixels] = []
    colors: dict[str, tuple[int, ...]] = dict(_OWN)
    swapped, at = False, 0
    while at < len(line):
        if code := _CODES.match(line, at):
            at = code.end()
            if code[2] == "m":
                swapped = _told([int(n or 0) for n in code[1].split(";")], colors, swapped)
            continue
        ink = _ink(line[at])[..., None]
        fore, back = (np.array(colors[key]) for key in ("fg", "bg"))
        if swapped:
            fore, back = back, fore
        cells.append(fore * ink + back * (1 - ink))
        at += 1
    return np.concatenate(cells, axis=1)


def _told(numbers: list[int], colors: dict[str, tuple[int, ...]], swapped: bool) -> bool:
    """Change colours as a code says; returns whether both are swapped from here."""
    rest = iter(numbers)
    for number in rest:
        key = "bg" if number // 10 in (4, 10) else "fg"
        if number == 0:
            colors.update(_OWN)
            swapped = False
        elif number in (7, 27):
            swapped = number == 7
        elif number in (38, 48):
            few = next(rest) == 5
            told = colors_of("256")[next(rest)] if few else (next(rest), next(rest), next(rest))
            colors[key] = told
        elif number in (39, 49):
            colors[key] = _OWN[key]
        elif number >= 30:
            colors[key] = colors_of("16")[number % 10 + (8 if number >= 90 else 0)]
    return swapped


@cache
def _ink(glyph: str) -> Pixels:
    """How much of each pixel of a cell a glyph covers, from 0 to 1."""
    high, wide = CELL
    if glyph in _QUADRANTS:
        number = _QUADRANTS.index(glyph)
        bits = np.array([[number & 1, number >> 1 & 1], [number >> 2 & 1, number >> 3 & 1]])
        covered: Pixels = np.kron(bits, np.ones((high // 2, wide // 2)))
        return covered
    if 0x2800 <= ord(glyph) < 0x2900:
        return _dots(ord(glyph) - 0x2800)
    font = _font()
    drawn = Image.new("L", (wide * _TIMES, high * _TIMES))
    ImageDraw.Draw(drawn).text((0, 0), glyph, 255, font=font)
    return _averaged(np.asarray(drawn) / 255)


def _dots(number: int) -> Pixels:
    """Braille: round dots, half as wide as they are apart."""
    high, wide = (size * _TIMES for size in CELL)
    y, x = np.indices((high, wide)) + 0.5
    drawn = np.zeros((high, wide))
    for row, column in np.ndindex(4, 2):
        if number & _BITS[row][column]:
            far = np.hypot(y - (row + 0.5) * high / 4, x - (column + 0.5) * wide / 2)
            drawn[far < high / 16] = 1
    return _averaged(drawn)


def _averaged(drawn: Pixels) -> Pixels:
    """A cell that was drawn larger, in its size."""
    cell: Pixels = drawn.reshape(CELL[0], _TIMES, CELL[1], _TIMES).mean(axis=(1, 3))
    return cell


@cache
def _font() -> ImageFont.FreeTypeFont:
    """The font whose cells are as wide as ours."""
    size = CELL[1] * _TIMES / 0.602  # M is 0.602 of the size wide in it
    try:
        return ImageFont.truetype(FONT, size)
    except OSError:
        sys.exit(f"{FONT} is not on this machine: apt-get install fonts-dejavu-core")


# -- pixels to numbers ----------------------------------------------------------------------


def _luminance(pixels: Pixels) -> Pixels:
    light: Pixels = pixels @ np.array([0.2126, 0.7152, 0.0722])
    return light


def _blurred(pixels: Pixels, width: float = CELL[1] / 2) -> Pixels:
    """Blurred by a bell whose standard deviation is half the width of a cell."""
    reach = round(3 * width)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    bell /= bell.sum()
    for axis in (0, 1):
        sides = [(reach, reach) if at == axis else (0, 0) for at in range(pixels.ndim)]
        padded = np.pad(pixels, sides, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, len(bell), axis=axis)
        pixels = windows @ bell
    return pixels


def _ssim(one: Pixels, other: Pixels) -> float:
    """Structural similarity (Wang et al. 2004): a bell of 1.5 pixels, values to 255."""
    blur: Callable[[Pixels], Pixels] = lambda values: _blurred(values, 1.5)  # noqa: E731
    mean_one, mean_other = blur(one), blur(other)
    spread = blur(one * one) - mean_one**2 + blur(other * other) - mean_other**2
    together = blur(one * other) - mean_one * mean_other
    small, smaller = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * mean_one * mean_other + small) * (2 * together + smaller)
    below = (mean_one**2 + mean_other**2 + small) * (spread + smaller)
    return float((above / below).mean())


# -- images ---------------------------------------------------------------------------------


def _images(folder: Path) -> dict[str, Pixels]:
    """Images of the size of all cells, red, green and blue, uint8."""
    high, wide = ROWS * CELL[0], COLUMNS * CELL[1]
    y, x = np.indices((high, wide)) / np.array([high, wide]).reshape(2, 1, 1)
    random = np.random.default_rng(5)
    spots = np.zeros((high, wide))
    for _ in range(60):
        row, column, width = random.uniform((0, 0, 2), (high, wide, 14))
        apart = np.hypot(np.arange(high)[:, None] - row, np.arange(wide) - column)
        spots += random.uniform(0.3, 1) * np.exp(-0.5 * (apart / width) ** 2)
    text = Image.new("L", (wide, high))
    large = ImageFont.truetype(FONT, 90)
    ImageDraw.Draw(text).multiline_text((10, 10), "edges\nA B C\n1 2 3\n+ / \\", 255, font=large)
    lights = {
        "gradient": (x + y) / 2,
        "spots": np.minimum(spots, 1),
        "edges": np.asarray(text) / 255,
        **_planes(write_demo(folder / "demo") / "cells.ome.zarr", (high, wide)),
    }
    images = {
        name: np.repeat(_bytes(light)[..., None], 3, axis=2) for name, light in lights.items()
    }
    planes = [light for name, light in lights.items() if name.startswith("plane")]
    images["viridis"] = color_table("viridis")[_bytes(planes[0])]
    images["two channels"] = np.stack([_bytes(planes[0]), _bytes(planes[-1]), _bytes(spots)], -1)
    return images


def _planes(store: Path, size: tuple[int, int]) -> dict[str, Pixels]:
    """The middle plane of each channel of an image, between its percentiles, as large as `size`."""
    group = zarr.open_group(store, mode="r")
    values = np.asarray(group[next(iter(sorted(group.array_keys())))])
    middle = values.reshape(-1, *values.shape[-3:])[:, values.shape[-3] // 2]
    planes = {}
    for channel, plane in enumerate(middle):
        low, high = np.percentile(plane, (1, 99.8))
        light = Image.fromarray(np.clip((plane - low) / (high - low), 0, 1).astype(np.float32))
        larger = np.asarray(light.resize(size[::-1], Image.Resampling.BICUBIC))
        planes[f"plane {channel}"] = np.clip(larger, 0, 1)
    return planes


def _bytes(light: Pixels) -> Pixels:
    whole: Pixels = np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8)
    return whole


def _table(found: list[dict[str, Any]]) -> str:
    lines = [
        f"| rendering | colours | {' | '.join(MEASURES)} |",
        "|---|---|" + "---:|" * len(MEASURES),
    ]
    for row in found:
        cells = []
        for at, (own, other) in enumerate(zip(row["ours"], row["chafa"], strict=True)):
            worse = own > other if at % 2 == 0 else own < other
            text = f"{own:.1f}, {other:.1f}" if at % 2 == 0 else f"{own:.3f}, {other:.3f}"
            cells.append(f"{text}{' ✗' if worse else ''}")
        lines.append(f"| {row['rendering']} | {row['colours']} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
