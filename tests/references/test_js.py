"""``lading.references.js``: input -> (url, kind)."""

from __future__ import annotations

import pytest

from lading.references import js
from lading.references.reference import Notation

IMPORT, EXPORT, DYNAMIC = "js-import", "js-export", "js-dynamic-import"
NEW_URL, RESOLVE = "js-new-url", "js-resolve"

FOUND = [
    # import declarations
    ('import "./a.js"', [("./a.js", IMPORT)]),
    ("import'./a.js';", [("./a.js", IMPORT)]),
    ('import a from "./a.js"\nb()', [("./a.js", IMPORT)]),
    ('import a,{b as c,default as d} from "./a.js";', [("./a.js", IMPORT)]),
    ('import{a}from"./a.js"', [("./a.js", IMPORT)]),
    ('import{}from"./a.js"', [("./a.js", IMPORT)]),
    ('import*as a from"./a.js"', [("./a.js", IMPORT)]),
    ('import a, * as b from "./a.js"', [("./a.js", IMPORT)]),
    ('import {"a-b" as c, "}" as d} from "./a.js"', [("./a.js", IMPORT)]),
    ('import {\n  a, // it\'s\n  b, /* } */\n} from\n  "./a.js"', [("./a.js", IMPORT)]),
    ('import/* " */a/* \' */from/* ` */"./a.js"', [("./a.js", IMPORT)]),
    ('import from from "./a.js"', [("./a.js", IMPORT)]),
    ('import type from "./a.js"', [("./a.js", IMPORT)]),
    ('import $ from "./a.js";import été from "./b.js"', [("./a.js", IMPORT), ("./b.js", IMPORT)]),
    ('import a from "./a.json" with {type: "json"}', [("./a.json", IMPORT)]),
    ('import a from "./a.css" assert {type: "css"}', [("./a.css", IMPORT)]),
    ('import defer * as a from "./a.js"', [("./a.js", IMPORT)]),
    ('import source a from "./a.wasm"', [("./a.wasm", IMPORT)]),
    ('import "a";import "https://cdn.example/b.js"', [("a", IMPORT), ("https://cdn.example/b.js", IMPORT)]),
    ('\ufeffimport "./a.js"', [("./a.js", IMPORT)]),
    ('#!/usr/bin/env it\'s\nimport "./a.js"', [("./a.js", IMPORT)]),
    ('import "a"\r\nimport "b"\rimport "c"', [("a", IMPORT), ("b", IMPORT), ("c", IMPORT)]),
    # export ... from
    ('export * from "./a.js"\nexport * as b from "./b.js"', [("./a.js", EXPORT), ("./b.js", EXPORT)]),
    ('export*from"./a.js";export{}from"./b.js"', [("./a.js", EXPORT), ("./b.js", EXPORT)]),
    ('export {a, b as default, c as "d"} from "./a.js"', [("./a.js", EXPORT)]),
    ('export * as "a b" from "./a.js"', [("./a.js", EXPORT)]),
    ('export {a /* } from "x" */} /**/ from // "y"\n"./a.js"', [("./a.js", EXPORT)]),
    ('export {a}; export default "./a.js"; export const b = "./b.js"; export {c}\n"./d.js"', []),
    # import()
    ('import("./a.js").then(b)', [("./a.js", DYNAMIC)]),
    ("const a = await import ( './a.js' , {with: {type: 'json'}} )", [("./a.js", DYNAMIC)]),
    ("import(`./a.js`)", [("./a.js", DYNAMIC)]),
    ("import(/* webpackChunkName: \"it's\" */ './a.js' /* b */)", [("./a.js", DYNAMIC)]),
    ("[...import('./a.js')]", [("./a.js", DYNAMIC)]),
    ("import.defer('./a.js'); import . source (\"./b.wasm\")", [("./a.js", DYNAMIC), ("./b.wasm", DYNAMIC)]),
    ("a?import('./a.js'):import('./b.js')", [("./a.js", DYNAMIC), ("./b.js", DYNAMIC)]),
    ("import('./a' + b); import(a); import(`./${a}.js`); import('./a' ? b : c); import(); import('')", []),
    ("a.import('./a.js'); a?.import('./a.js'); a . /* b */ import('./a.js'); this.#import('./a.js')", []),
    ("$import('./a.js'); reimport('./a.js'); importer('./a.js'); \\u0061import('./a.js')", []),
    ("({import: './a.js', import() {}, 'import'('./b.js') {}})", []),
    # import.meta.resolve() and new URL()
    ("import.meta.resolve('./a.js')", [("./a.js", RESOLVE)]),
    ("import.meta.resolver('./a.js'); import.meta.url('./a.js'); import.meta['resolve']('./a.js')", []),
    ("new URL('a.png', import.meta.url)", [("a.png", NEW_URL)]),
    ("new Worker(new URL('./a.js', import.meta.url), {type: 'module'})", [("./a.js", NEW_URL)]),
    ("audioWorklet.addModule(new URL(`a.js`, import.meta.url))", [("a.js", NEW_URL)]),
    ("new  window . URL ( /**/ 'a.png' , import . meta . url , )", [("a.png", NEW_URL)]),
    ("new self.URL('a.png',import.meta.url).href", [("a.png", NEW_URL)]),
    ("import.meta; new URL('a.png'); new URL('a.png', b); new URL('a.png', import.meta.url + b)", []),
    ("new URL(a, import.meta.url); new MyURL('a', import.meta.url); URL('a', import.meta.url)", []),
    ("import.meta; new URL('a' + b, import.meta.url); anew URL('a', import.meta.url)", []),
    # A plain string is resolved against the page, not against the script.
    ("new Worker('./a.js'); navigator.serviceWorker.register('./a.js'); importScripts('./a.js')", []),
    # escapes
    (r"import './\x61\u0062\u{63}\144.js'", [("./abcd.js", IMPORT)]),
    (r"import './\ud83d\ude00\ud83d.js'", [("./😀\ufffd.js", IMPORT)]),
    ("import './a\\\r\nb\\'\\\\\\q.js'", [("./ab'\\q.js", IMPORT)]),
    ("import '#internal'; import 'data:text/javascript,a'; import ''", []),
    # unfinished
    ('import "./a.js', []),
    ('import "./a.js\n";import "./b.js"', []),
    ("import", []),
    ("import {", []),
    ("import {a", []),
    ("import a from", []),
    ("import a from b", []),
    ("import a 'b'", []),
    ("import * from", []),
    ("export {", []),
    ("import('./a.js'", []),
    ("import.meta;new URL('a', import.meta.url", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(r.url, r.kind) for r in js.references(text.encode())] == expected


# Around the reference X, in code; and with the same text where it is none.
IN_CODE = [
    "X",
    "'it\\'s';X",
    "/* ' */X// '",
    "`'`;X",
    "`${X}`",
    "`a${b}c${`'${X}`}d`",
    "`${{a:{}}}${X}`",
    "`\\`${'`'}\\${`+X",
    "`$`+`$$${'$'}`+X",
    "`${function(){return{a:`}`}}}`+X",
    # a regular expression, whose quote opens no string
    "/'/;X",
    "a=/'/;X",
    "a(/[/'\\]]/g,X)",
    "/\\/'/.test(X)",
    "return/'/.test(X)",
    "typeof /'/;X",
    "a?/'/:/\"/;X",
    "[/'/,X]",
    "!/'/.test(a)||X",
    "a=>/'/.test(X)",
    "if(a)/'/.test(X)",
    "if((a)(b))/'/.exec(c);X",
    "while (a(')')) /'/.test(b);X",
    "for await (a of b) /'/.test(X)",
    "for (a of /'/[Symbol.split](b)) X",
    "for ([a] of /'/[Symbol.split](b)) X",
    "if(a){}/'/.test(X)",
    "a();{}/'/.test(X)",
    "function a(){}/'/.test(X)",
    "class A extends B{}/'/.test(X)",
    "a=()=>{}\n/'/.test(X)",
    "switch(a){case /'/.test(b):X}",
    "else/'/.test(X)",
    "do/'/.test(X);while(a)",
    "yield/'/;X",
    "[.../'/.exec(a),X]",
    "/a/ /* ' */;X",
    "if (a) /'/\nX",
    "if (a) /'/ in b,X",
    # a division, after which a quote opens a string
    "a/'/';X",
    "a++/'/'/1;X",
    "a--/'/'/1;X",
    "a)/'/';X",
    "(a)/'/'/1;X",
    "if_(a)/'/'/1;X",
    "a.if(b)/'/'/1;X",
    "if(a)(b)/'/'/1;X",
    "(a,(b),`)`,')',/[)]/,/*)*/c)/'/'/1;X",
    "a[0]/'/'/1;X",
    "1/'/'/1;X",
    "1./'/'/1;X",
    "'a'/'/'/1;X",
    "`a`/'/'/1;X",
    "`${a}`/'/'/1;X",
    "a={}/'/'/1;X",
    "(a,{}/'/'/1);X",
    "a.return/'/'/1;X",
    "this.#in/'/'/1;X",
    "of/'/'/1;X",
    "a=of/'/'/1;X",
    "typeof of/'/'/1;X",
    "/a/g/'/'/1;X",
    "/a/ / '/';X",
    "a/* / *// '/'/1;X",
    "a\n/'/'/1;X",
    "instanceofx/'/'/1;X",
    # comments of HTML, at the beginning of a line
    "<!-- it's\nX",
    "a\n  --> it's\nX",
    "`${\n<!-- ` } '\nX}`",
    "a<!--b;X",
    "while(a-->0)X",
    # what never ends, ends with its line
    "'a\nX",
    "a='\\\\\nX",
    "/a\nX",
    "a=/[/]\nX",
]  # fmt: skip

NOT_IN_CODE = [
    "// X",
    "/* X */",
    "/*\nX",
    "'X'",
    '"X"',
    '"\\"X"',
    '"\\\nX"',
    "`X`",
    "`${a}X`",
    "`${`${a}X`}`",
    "`${a}\\`X",
    "`X",
    "/X/",
    "a=/X/.test(b)",
    "if(a)/X/.test(b)",
    "/[/X]/",
    "<!-- X",
    "a\n--> X",
    "#!X",
    "a.X",
    "a?.X",
]


@pytest.mark.parametrize("around", IN_CODE)
def test_in_code(around: str) -> None:
    text = around.replace("X", 'import("a.js")')
    assert [r.url for r in js.references(text.encode())] == ["a.js"]


@pytest.mark.parametrize("around", NOT_IN_CODE)
def test_not_in_code(around: str) -> None:
    text = around.replace("X", "import('a.js')" if '"' in around else 'import("a.js")')
    assert js.references(text.encode()) == []


def test_notations() -> None:
    data = b"""import "./a.js"; import './b.js'; import(`./c.js`)"""
    found = js.references(data)
    assert [r.notation for r in found] == [
        Notation.JS_DOUBLE,
        Notation.JS_SINGLE,
        Notation.JS_TEMPLATE,
    ]
    assert [data[r.outer_start : r.outer_end] for r in found] == [b"./a.js", b"./b.js", b"./c.js"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a;!// b", True),
        (b"a;!/* b */", True),
        (b"'!// b'", False),
        (b"/[!//]/", False),
        (b"`!// b`", False),
    ],
)
def test_is_comment(data: bytes, expected: bool) -> None:
    at = data.index(b"!")
    assert js.is_comment(data.replace(b"!", b"", 1), at) is expected


@pytest.mark.parametrize(
    "data", [b"\xff\xfei\0m\0p\0o\0r\0t\0", b'import "\xff.js"', b'\0import\0"a"\0', b"\xef\xbb"]
)
def test_any_bytes(data: bytes) -> None:
    for reference in js.references(data):
        assert reference.url == "\ufffd.js"


def test_what_only_begins_like_a_reference_has_no_script_walked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prose = (
        b"say('import {this} and', 'import * please', 'export * to'); /* import \"it */ import(\n"
    )
    monkeypatch.setattr(js, "Lexer", None)
    assert js.references(prose * 10) == []


@pytest.mark.parametrize("source", [source for source, _ in FOUND])
def test_many_candidates_are_found_like_few(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = source.encode()
    few = js.references(data)
    monkeypatch.setattr(js, "_FEW", 0)
    assert js.references(data) == few
