# /// script
# dependencies = ["imageio-ffmpeg>=0.5", "pillow>=11"]
# ///
"""Films light.webm and its poster light.png: the harbour's lighthouse at night, a flash every eight seconds.

Run with `uv run light.py`.
"""

import math
import os
import subprocess

from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT, RATE, SECONDS = 960, 400, 24, 8
LAMP = (700, 128)
REACH = 900
HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "../static/video")


def night() -> Image.Image:
    """The scene without the light: sky, stars, sea, rock and tower."""
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(picture)
    for y in range(HEIGHT):
        sky, sea = y / 280, (y - 280) / 120
        colour = (
            (8 + 16 * sky, 22 + 38 * sky, 44 + 46 * sky) if y < 280
            else (14 - 8 * sea, 40 - 22 * sea, 60 - 28 * sea)
        )  # fmt: skip
        draw.line([(0, y), (WIDTH, y)], tuple(map(round, colour)))
    for n in range(70):
        # Spread without a pattern, and the same every time: multiples of the golden ratio.
        x, y = (n * 0.618034 % 1) * WIDTH, (n * 0.754878 % 1) * 230
        draw.ellipse([x, y, x + 1 + n % 2, y + 1 + n % 2], (150, 170, 185))
    for n in range(14):
        x, y = (n * 0.381966 % 1) * WIDTH, 296 + (n * 0.569840 % 1) * 96
        draw.line([(x, y), (x + 60, y)], (32, 66, 86), 2)
    rock = [(590, 286), (630, 262), (690, 256), (750, 262), (800, 286)]
    draw.polygon(rock, (7, 16, 25))
    draw.polygon([(686, 148), (714, 148), (726, 260), (674, 260)], (196, 198, 194))
    draw.polygon([(683.5, 172), (716.5, 172), (719.5, 200), (680.5, 200)], (150, 52, 40))
    draw.polygon([(678, 224), (722, 224), (724.7, 249), (675.3, 249)], (150, 52, 40))
    draw.rectangle([678, 142, 722, 149], (7, 16, 25))
    draw.polygon([(678, 116), (700, 96), (722, 116)], (7, 16, 25))
    draw.rectangle([686, 116, 714, 142], (90, 84, 62))
    return picture


def light(turn: float) -> Image.Image:
    """What the lamp adds to the scene, its beam ``turn`` radians from the right of the picture."""
    glow = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(glow)
    x, y = LAMP
    for direction in (turn, turn + math.pi):
        along, towards = math.cos(direction), math.sin(direction)
        spread = 26 + 44 * (1 - abs(along))
        for step in range(40, 0, -1):
            # From the far end to the lamp: brighter the nearer, and brighter if it comes towards us.
            part = step / 40
            strength = round(150 * (1 - part) ** 1.4 * (0.75 + 0.25 * towards))
            end, half = x + REACH * along * part, spread * part
            draw.polygon([(x, y), (end, y - half), (end, y + half)], strength)
    facing = max(0.0, math.sin(turn), math.sin(turn + math.pi)) ** 12
    for step in range(20, 0, -1):
        radius = (14 + 96 * facing) * step / 20
        strength = round((140 + 115 * facing) * (1.05 - step / 20) ** 0.8)
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], min(255, strength))
    glow = glow.filter(ImageFilter.GaussianBlur(6))
    ImageDraw.Draw(glow).rectangle([688, 118, 712, 141], 240)
    return Image.merge("RGB", [glow, glow.point(lambda v: v * 0.9), glow.point(lambda v: v * 0.62)])


def main() -> None:
    os.makedirs(TARGET, exist_ok=True)
    scene = night()
    command = [
        get_ffmpeg_exe(), "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "-", "-c:v", "libvpx-vp9", "-crf", "34",
        "-b:v", "0",
        "-g", "48", "-pix_fmt", "yuv420p", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1",
        f"{TARGET}/light.webm",
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        for number in range(RATE * SECONDS):
            # Two beams, so half a turn is the whole film and its end meets its beginning.
            frame = ImageChops.add(scene, light(math.pi * number / (RATE * SECONDS) + 0.4))
            encoder.stdin.write(frame.tobytes())
    poster = ImageChops.add(scene, light(0.4))
    poster.save(f"{TARGET}/light.png", optimize=True)


if __name__ == "__main__":
    main()
