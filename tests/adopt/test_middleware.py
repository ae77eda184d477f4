"""``lading.adopt.middleware``: the old middleware -> Lading's, in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from adopt.switched import settings

OLD = "whitenoise.middleware.WhiteNoiseMiddleware"
NEW = "lading.django.middleware.LadingMiddleware"


@pytest.mark.parametrize(
    "text",
    [
        'MIDDLEWARE = [\n    "a",\n    "{}",  # right after security\n]\n',
        "MIDDLEWARE.insert(1, '{}')\n",
        "MIDDLEWARE += ['{}']\n",
        'MIDDLEWARE = ["a", *([] if DEBUG else ["{}"]), "b"]\n',
        'STATIC_MIDDLEWARE = ("{}",)\nMIDDLEWARE = STATIC_MIDDLEWARE + MIDDLEWARE\n',
        'if env.bool("SERVE"):\n    MIDDLEWARE.insert(MIDDLEWARE.index("a") + 1, "{}")\n',
        'MIDDLEWARE.remove("{}")\n',
        'MIDDLEWARE = list(filter(None, [DEBUG and "{}", "a"]))\n',
    ],
)
def test_the_new_stands_where_the_old_stood(tmp_path: Path, text: str):
    assert settings(tmp_path, text.format(OLD)) == text.format(NEW)


def test_two_tools_in_one_list_leave_one(tmp_path: Path):
    other = "servestatic.middleware.ServeStaticMiddleware"
    assert settings(tmp_path, f'MIDDLEWARE = ["{OLD}", "{other}", "a"]\n') == (
        f'MIDDLEWARE = ["{NEW}", "a"]\n'
    )
