"""The code in ``docs/serving.md`` works; that for Django is tested in ``tests/django``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lading.serve.asgi import LadingASGI
from lading.serve.reloading import Reloading
from lading.serve.wsgi import LadingWSGI

from .site import APPLICATION, CONTENTS, publish
from .test_asgi import ask
from .test_wsgi import get

PAGE = Path(__file__).parent.parent.parent / "docs" / "serving.md"


def blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_every_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    _, _, _, wsgi, asgi, several, reloading, policy = blocks()

    exec(wsgi, names)
    assert isinstance(names["application"], LadingWSGI)
    assert get(names["application"], "/static/one.txt")[1] == b"1"
    assert get(names["application"], "/")[1] == APPLICATION

    exec(asgi, names)
    assert isinstance(names["application"], LadingASGI)
    assert ask(names["application"], "/static/one.txt")[1]["body"] == b"1"
    assert ask(names["application"], "/")[1]["body"] == APPLICATION

    exec(several, names)
    assert get(names["application"], "/docs/")[1] == CONTENTS["docs/index.html"]
    assert get(names["application"], "/static/one.txt")[1] == b"1"

    exec(reloading, names)
    assert isinstance(names["table"], Reloading)
    assert get(names["application"], "/static/one.txt")[1] == b"1"

    exec(policy, names)
    entry = names["table"].lookup("/static/paper.pdf")
    headers = dict(entry.identity.whole.headers)
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cache-Control"] == "max-age=300, must-revalidate, public"
