"""A voice that never pauses, for fake microphones: those of a browser beep, and are silent in between."""

from __future__ import annotations

import math
import wave
from array import array
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

RATE: Final = 48_000
SECONDS: Final = 5
PITCH: Final = 140.0  # hertz
SYLLABLES: Final = 4.0  # a second
HARMONICS: Final = 12


def write_speech(folder: Path) -> str:
    """Write a few seconds of it; return the argument that makes Chromium speak them again and again.

    Harmonics that swell with syllables: what suppresses noise lets them pass.
    """
    file = folder / "speech.wav"
    samples = array("h")
    for at in range(RATE * SECONDS):
        second = at / RATE
        swell = 0.55 + 0.45 * math.sin(2 * math.pi * SYLLABLES * second)
        bend = PITCH * second + 3.0 * math.sin(2 * math.pi * 0.8 * second)
        tone = sum(math.sin(2 * math.pi * bend * n) / n for n in range(1, HARMONICS + 1))
        samples.append(int(9000 * swell * tone / 2))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return f"--use-file-for-fake-audio-capture={file}"
