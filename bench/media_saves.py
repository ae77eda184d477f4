"""Times saving uploads by Django's storage and by Lading's, in turns within one process; prints JSON.

    python bench/media_saves.py FOLDER ROUNDS PICTURE

For each case and contender the seconds a file takes, one figure for each round.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

settings.configure(FILE_UPLOAD_TEMP_DIR=sys.argv[1])

from django.core.files.storage import FileSystemStorage  # noqa: E402
from django.core.files.uploadedfile import (  # noqa: E402
    SimpleUploadedFile,
    TemporaryUploadedFile,
)

from lading.django.storage import MediaStorage  # noqa: E402

CONTENDERS: dict[str, Callable[[str], Any]] = {
    "Django": FileSystemStorage,
    "Lading, storing alone": lambda folder: MediaStorage(folder, fsync=False, content=False),
    "Lading, and checks": lambda folder: MediaStorage(folder, fsync=False),
    "Lading, and fsync": MediaStorage,
}


def in_memory(content: bytes) -> Any:
    return SimpleUploadedFile("x.png", content)


def temporary(content: bytes) -> Any:
    """As Django's handlers make one of an upload of more than 2.5 MB."""
    file = TemporaryUploadedFile("x.png", "image/png", len(content), None)
    file.write(content)
    file.seek(0)
    return file


def save_all(storage: Any, upload: Callable[[bytes], Any], content: bytes, count: int) -> float:
    """Seconds that one of ``count`` uploads takes from its bytes to its name, in ten folders."""
    started = time.perf_counter()
    for number in range(count):
        file = upload(content)
        storage.save(f"{number % 10}/{number}.png", file)
        file.close()
    return (time.perf_counter() - started) / count


def turned(names: list[str], number: int) -> list[str]:
    """The contenders with another one first in each round."""
    start = number % len(names)
    return names[start:] + names[:start]


def main() -> None:
    folder, rounds = sys.argv[1], int(sys.argv[2])
    with open(sys.argv[3], "rb") as file:
        picture = file.read()
    cases = {
        f"picture of {len(picture) // 1000} kB": (in_memory, picture, 300),
        # What stands after a picture's end belongs to no format and is read by the checks all the same.
        "10 MB, by a temporary file": (temporary, picture + bytes(10_000_000 - len(picture)), 20),
    }
    found: dict[str, dict[str, list[float]]] = {case: {} for case in cases}
    for number in range(rounds + 1):
        for case, (upload, content, count) in cases.items():
            for name in turned(list(CONTENDERS), number):
                make = CONTENDERS[name]
                place = os.path.join(folder, f"{number}-{len(found[case])}-{name}-{case}")
                seconds = save_all(make(place), upload, content, count)
                if number:  # the first round warms up
                    found[case].setdefault(name, []).append(seconds)
    ordered = {case: {name: found[case][name] for name in CONTENDERS} for case in cases}
    print(json.dumps(ordered))


if __name__ == "__main__":
    main()
