"""What is found in an SVG, and what drawing programs write that is harmless."""

from __future__ import annotations

import io

import pytest

from lading.media.parts import DamagedError
from lading.media.svg import active_content
from media.samples import SVG, SVG_SCRIPT

XHTML = b"http://www.w3.org/1999/xhtml"


def found(content: bytes) -> str:
    return active_content(io.BytesIO(content))


def holding(inside: bytes) -> bytes:
    """An SVG with something in it, in line 2."""
    return SVG.replace(b"<rect", b"\n" + inside + b"<rect")


def with_entities(*entities: bytes, inside: bytes = b"") -> bytes:
    return b"<!DOCTYPE svg [" + b"".join(entities) + b"]>" + holding(inside)


ILLUSTRATOR = b"""<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 16.0.0, SVG Export Plug-In . SVG Version: 6.00 Build 0)  -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
\t<!ENTITY ns_extend "http://ns.adobe.com/Extensibility/1.0/">
\t<!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
\t<!ENTITY ns_svg "http://www.w3.org/2000/svg">
\t<!ENTITY st0 "fill:#CCCCCC;stroke:#CCCCCC;">
]>
<svg version="1.1" xmlns:x="&ns_extend;" xmlns:i="&ns_ai;" xmlns="&ns_svg;" viewBox="0 0 9 9">
<switch>
\t<foreignObject requiredExtensions="&ns_ai;" x="0" y="0" width="1" height="1">
\t\t<i:pgfRef xlink:href="#adobe_illustrator_pgf" xmlns:xlink="http://www.w3.org/1999/xlink"/>
\t</foreignObject>
\t<g i:extraneous="self"><rect style="&st0;" width="9" height="9"/></g>
</switch>
<i:pgf id="adobe_illustrator_pgf"><![CDATA[eJzs/XlvJMmRJwj+]]></i:pgf>
</svg>"""


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        ILLUSTRATOR,
        ILLUSTRATOR.replace(b"utf-8", b"iso-8859-1"),
        SVG.decode().encode("utf-16"),
        holding(b"<foreignObject width='1' height='1'/>"),
        holding(b"<a href='https://x.example/'/>"),
        holding(b"<use href='#a'/>"),
        holding(b"<image href='data:image/png;base64,x'/>"),
        holding(b"<image href='data:image/pjpeg;base64,x'/>"),
        holding(b"<image href='data:;base64,iVBORw0KGgo='/>"),
        holding(rb"<image href='C:\Pictures\a.png'/>"),
        holding(b"<image href='file:///home/ann/a.png'/>"),
        holding(b"<metadata><link xmlns='urn:x' rel='x'/></metadata>"),
    ],
)
def test_what_is_harmless(content: bytes):
    assert found(content) == ""


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (SVG_SCRIPT, "line 1: <script>"),
        (SVG_SCRIPT.decode().encode("utf-16"), "line 1: <script>"),
        (holding(b"<SCRIPT/>"), "line 2: <script>"),
        (holding(b"<s:script xmlns:s='http://www.w3.org/2000/svg'/>"), "line 2: <script>"),
        (holding(b"<script xmlns='urn:any'/>"), "line 2: <script>"),
        (SVG.replace(b"<rect", b'<rect onload="x()"'), "line 1: onload="),
        (holding(b"<g ONclick='x()'/>"), "line 2: onclick="),
        (holding(b"<foreignObject><b xmlns='" + XHTML + b"'/></foreignObject>"), "line 2: <b>"),
        (holding(b"<h:b xmlns:h='" + XHTML + b"'/>"), "line 2: <b>"),
        (holding(b"<foreignObject><iframe src='x'/></foreignObject>"), "line 2: <iframe>"),
        (holding(b"<a href=' java&#10;script:x()'/>"), "line 2: href=javascript:"),
        (holding(b"<a href='JaVaScRiPt:x()'/>"), "line 2: href=javascript:"),
        (
            holding(b"<a y:href='javascript:x()' xmlns:y='http://www.w3.org/1999/xlink'/>"),
            "line 2: href=javascript:",
        ),
        (holding(b"<a href='&#x6A;avascript:x()'/>"), "line 2: href=javascript:"),
        (holding(b"<use href='data:image/svg+xml,x'/>"), "line 2: href=data:"),
        (holding(b"<use href='data:text/html;,x'/>"), "line 2: href=data:"),
        (holding(b"<set attributeName='href' to='x'/>"), "attributeName='href'"),
        (holding(b"<animate attributeName='x' values='1;javascript:x()'/>"), "values=javascript:"),
        (b"<?xml-stylesheet href='x.xsl' type='text/xsl'?>" + SVG, "line 1: <?xml-stylesheet?>"),
        (b"<!DOCTYPE svg [<!ATTLIST svg onload CDATA 'x()'>]>" + SVG, "line 1: onload="),
    ],
)
def test_what_would_run(content: bytes, what: str):
    assert what in found(content)


@pytest.mark.parametrize(
    "entity",
    [
        b"<!ENTITY a '&#60;script>x()&#60;/script>'>",
        b"<!ENTITY a '<script>x()</script>'>",
        b"<!ENTITY b 'x'><!ENTITY a '&b;&b;'>",
        b"<!ENTITY a '&#38;b;'>",
        b"<!ENTITY a SYSTEM 'file:///etc/passwd'>",
        b"<!ENTITY a PUBLIC 'x' 'https://x.example/'>",
        b"<!ENTITY % a 'x'>",
        b"<!ENTITY a '" + b"x" * 1001 + b"'>",
    ],
)
def test_entities_that_may_hide_something(entity: bytes):
    assert found(with_entities(entity)) == "line 1: <!ENTITY a>"


def test_what_entities_become_is_looked_at():
    script = with_entities(b"<!ENTITY a 'java'>", inside=b"<a href='&a;script:x()'/>")
    assert found(script) == "line 2: href=javascript:"
    page = with_entities(b"<!ENTITY a 'http://www.w3.org/1999/'>", inside=b"<b xmlns='&a;xhtml'/>")
    assert found(page) == "line 2: <b>"


def test_entities_that_unpack_to_gigabytes():
    with pytest.raises(DamagedError, match="amplification"):
        found(with_entities(b"<!ENTITY a '" + b"x" * 999 + b"'>", inside=b"&a;" * 100_000))


@pytest.mark.parametrize("encoding", ["gb2312", "shift_jis", "utf-7", "cp037", "nonsense"])
def test_encodings_that_browsers_may_read_in_another_way(encoding: str):
    content = f"<?xml version='1.0' encoding='{encoding}'?>".encode() + SVG
    with pytest.raises(DamagedError, match=f"encoding '{encoding}'; save it as UTF-8"):
        found(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (SVG[:-4], r"no valid SVG \(line 1"),
        (b"<?xml version='1.0'?><feed/>", "is XML, but no SVG"),
    ],
)
def test_what_is_no_svg(content: bytes, problem: str):
    with pytest.raises(DamagedError, match=problem):
        found(content)
