"""``lading bucket`` on a real S3 server: what is said, and what the bucket then does."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from faulty_proxy import proxy
from lading import cli
from lading.errors import ConfigError, StoreError
from lading.objectstore import cors as bucketcors
from lading.objectstore.cors import Access, set_rule
from lading.objectstore.options import StoreOptions
from s3_servers import KEYS, S3Server, new_place
from sites_of_folders import write


def project(folder: Path, port: int, bucket: str = "static") -> None:
    keys = json.dumps(KEYS).replace(":", " =")
    text = f'sources = ["src"]\ntarget = "s3://{bucket}/{new_place()}"\n[bucket]\nregion = "us-east-1"\n'
    text += f'endpoint = "http://127.0.0.1:{port}"\nretries = 0\nextra = {keys}\n'
    write(folder, {"lading.toml": text, "src/a.css": "a{}"})


def test_a_bucket_that_can_be_published_to(
    tmp_path: Path,
    s3: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    project(tmp_path, s3.port)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["bucket", "check"]) == 0
    assert "written under conditions and deleted from; nothing is" in capsys.readouterr().out
    assert cli.main(["collect", "-v0"]) == 0
    assert cli.main(["bucket", "check"]) == 0
    assert "release 1 is published" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("methods", "part", "permission"),
    [
        ({"GET"}, "list-type", "s3:ListBucket"),
        ({"GET"}, "staticfiles", "s3:GetObject"),
        ({"PUT"}, "", "s3:PutObject"),
        ({"POST", "DELETE"}, "", "s3:DeleteObject"),
    ],
)
def test_the_missing_permission_is_named(
    tmp_path: Path,
    s3: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    methods: set[str],
    part: str,
    permission: str,
):
    def plan(number: int, method: str, target: str) -> str:
        return "403:AccessDenied" if method in methods and part in target else ""

    with proxy(s3.port, plan) as between:
        project(tmp_path, between.port)
        monkeypatch.chdir(tmp_path)
        assert cli.main(["bucket", "check"]) == 1
    assert f"the permission {permission} is missing" in capsys.readouterr().err


def test_a_folder_is_no_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    write(tmp_path, {"lading.toml": 'sources = ["src"]\ntarget = "out"\n'})
    monkeypatch.chdir(tmp_path)
    assert cli.main(["bucket", "check"]) == 2
    assert "The target is a folder." in capsys.readouterr().err


def allowed(s3: S3Server, bucket: str) -> str | None:
    """What the bucket says to a page of another origin."""
    request = urllib.request.Request(
        f"{s3.endpoint}/{bucket}/font.woff2", headers={"Origin": "https://shop.example"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers["Access-Control-Allow-Origin"]
    except urllib.error.HTTPError as error:
        with error:
            return error.headers["Access-Control-Allow-Origin"]


def test_the_cors_rule_is_set_once(
    tmp_path: Path,
    s3: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    s3.store("fonts").put("font.woff2", b"font", {})
    project(tmp_path, s3.port, "fonts")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["bucket", "cors"]) == 0
    assert "pages of every origin may read it now" in capsys.readouterr().out
    assert cli.main(["bucket", "cors"]) == 0
    assert "could read it already" in capsys.readouterr().out
    assert allowed(s3, "fonts") in ("*", "https://shop.example")


def test_other_rules_are_not_touched(s3: S3Server, monkeypatch: pytest.MonkeyPatch):
    s3.store("ruled").put("x", b"", {})
    own = bucketcors.RULE.replace("<AllowedOrigin>*<", "<AllowedOrigin>https://one.example<")
    monkeypatch.setattr(bucketcors, "RULE", own)
    assert set_rule("s3://ruled", s3.options())
    with pytest.raises(StoreError, match="has CORS rules already"):
        set_rule("s3://ruled", s3.options())


def test_a_missing_permission_for_cors_is_named(s3: S3Server):
    told = pytest.raises(StoreError, match="s3:GetBucketCORS is missing")
    with proxy(s3.port, lambda number, method, target: "403:AccessDenied") as between, told:
        set_rule("s3://static", s3.options(port=between.port))


def test_stores_and_keys_that_cannot_be_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with pytest.raises(ConfigError, match="S3 alone"):
        set_rule("gs://bucket", StoreOptions())
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="neither in the environment nor in a profile"):
        set_rule("s3://bucket", StoreOptions())


def test_the_signature_is_botocores():
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    access = Access(
        "shop", "https://s3.eu-west-1.amazonaws.com", "eu-west-1", "key", "secret", "token"
    )
    moment = time.gmtime(1_700_000_000)
    own = bucketcors.signed(access, "PUT", b"<x/>", moment)
    request = AWSRequest(
        "PUT",
        f"{access.endpoint}/shop?cors",
        data=b"<x/>",
        headers={"Content-MD5": own["content-md5"]},
    )
    auth = S3SigV4Auth(Credentials("key", "secret", "token"), "s3", "eu-west-1")
    request.context["timestamp"] = own["x-amz-date"]
    request.headers["X-Amz-Date"] = own["x-amz-date"]
    request.headers["X-Amz-Security-Token"] = "token"
    request.headers["X-Amz-Content-SHA256"] = own["x-amz-content-sha256"]
    text = auth.string_to_sign(request, auth.canonical_request(request))
    assert own["authorization"].endswith(f"Signature={auth.signature(text, request)}")
