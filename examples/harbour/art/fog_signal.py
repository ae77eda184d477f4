"""Makes fog-signal.wav: a ship's horn, four seconds, a low note and its overtones. Needs only Python."""

import math
import os
import struct
import wave

RATE, SECONDS, NOTE = 16_000, 4.0, 110.0  # samples a second, length, hertz
OVERTONES = {1: 1.0, 2: 0.7, 3: 0.5, 4: 0.28, 5: 0.16, 7: 0.06}  # multiple -> loudness


def sample(at: float) -> float:
    """The pressure ``at`` seconds, from -1 to 1."""
    swell = min(1.0, at / 0.25, (SECONDS - at) / 0.8)
    beat = 1 + 0.05 * math.sin(2 * math.pi * 5 * at)
    tone = sum(loud * math.sin(2 * math.pi * NOTE * n * at) for n, loud in OVERTONES.items())
    return swell * beat * tone / sum(OVERTONES.values()) / 1.06


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    with wave.open(f"{here}/../register/static/register/audio/fog-signal.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        samples = (round(sample(n / RATE) * 30_000) for n in range(int(RATE * SECONDS)))
        file.writeframes(b"".join(struct.pack("<h", value) for value in samples))
