"""scripts -> smaller scripts that mean the same, by the real esbuild."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

from lading.minify import javascript
from lading.minify.javascript import Failure, Made, Script

MODULE = """\
/*! licence to keep */
/* a comment to drop */
import { thing } from "./b.js";
import def, * as ns from './c.mjs';
export * from './d.js'
export const longName = (argument) => { return argument ?? thing?.x; };
const lazy = await import('./e.js');
new Worker(new URL("./w.js", import.meta.url));
console.log(longName, def, ns, lazy, `template ${longName}`, "é😀");
"""


def minify_one(text: str, esbuild: str, source_map: bytes | None = None) -> Made:
    (outcome,) = javascript.minify({"a.js": Script(text, source_map)}, esbuild).values()
    assert isinstance(outcome, Made), outcome
    return outcome


def run_node(text: str) -> str:
    assert shutil.which("node"), "install node: it runs the scripts that were minified"
    return subprocess.run(["node", "-e", text], capture_output=True, text=True, check=True).stdout


def test_modules_stay_modules_with_their_references_and_licence(esbuild):
    text = minify_one(MODULE, esbuild).text
    for kept in (
        "licence to keep",
        '"./b.js"',
        '"./c.mjs"',
        '"./d.js"',
        '"./e.js"',
        "export const longName",
    ):
        assert kept in text
    assert 'new URL("./w.js",import.meta.url)' in text
    assert "é😀" in text
    assert "drop" not in text
    assert "argument" not in text
    assert "sourceMappingURL" not in text


def test_a_classic_script_keeps_its_global_names_and_its_mode(esbuild):
    text = minify_one(
        "var shared = function (a) { return a; };\nfunction topLevel(x) { return shared(x) }",
        esbuild,
    )
    assert "shared" in text.text
    assert "topLevel" in text.text
    assert "use strict" not in text.text
    assert "=>" not in text.text


def test_a_tsconfig_above_and_the_environment_change_nothing(esbuild, tmp_path, monkeypatch):
    (tmp_path / "tsconfig.json").write_text(
        '{"compilerOptions": {"alwaysStrict": true, "target": "es5"}}'
    )
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    text = minify_one("let f = (a) => process.env.NODE_ENV + a;", esbuild).text
    assert text == "let f=e=>process.env.NODE_ENV+e;\n"


def test_no_newer_syntax_than_the_script_had(esbuild):
    old = """
    // a comment may mention `templates`, x => y, a ?? b, class, 2 ** 3 and catch {
    var a = window.a, b = { a: a, f: function () { return Math.pow(a, b) } };
    var c = a !== null && a !== void 0 ? a : b;
    var d = a === null || a === void 0 ? void 0 : a.b;
    try { g(c, d) } catch (error) {}
    var e = "one\\ntwo\\nthree\\n'\\"";
    var self = { window: window };
    (function () { g(self, e) })();
    """
    text = minify_one(old, esbuild).text
    for newer in ("`", "=>", "??", "?.", "**", "catch{", "{window}", "||="):
        assert newer not in text
    modern = minify_one(old + "\nvar z = a ?? `x${b?.c}`;", esbuild).text
    assert "??" in modern
    assert "catch{" in modern


def test_a_script_does_the_same_when_it_is_minified(esbuild):
    script = """
    var log = [];
    function outer(list) {
      var total = 0;
      for (var index = 0; index < list.length; index++) { total += list[index] || 0; }
      return eval("total") + (function () { return arguments.length }(1, 2));
    }
    class Counter {
      #count = 1;
      static make() { return new Counter(); }
      get value() { return this.#count ?? 0; }
    }
    log.push(outer([1, 2, null, 4]), Counter.make().value, typeof undefined_name, 0.1 + 0.2, 1_000);
    label: for (const x of [1, 2, 3]) { for (;;) { if (x === 2) break label; continue label; } }
    console.log(JSON.stringify(log), /["'`/]\\/x/.test('"/x'), `a${1}b`, outer.name);
    """
    assert run_node(minify_one(script, esbuild).text) == run_node(script)


def test_the_map_leads_back_to_the_script_itself(esbuild):
    made = minify_one(MODULE, esbuild)
    assert made.source_map["version"] == 3
    assert made.source_map["sources"] == [None]
    assert made.source_map["mappings"]


def test_an_earlier_map_is_chained(esbuild):
    typescript = "let greeting: string = 'hello'; console.log(greeting);\n"
    inner = {
        "version": 3,
        "sources": ["../src/app.ts"],
        "sourcesContent": [typescript],
        "names": [],
        "mappings": "AAAA,IAAI,QAAQ,GAAW,OAAO,CAAC,CAAC,OAAO,CAAC,GAAG,CAAC,QAAQ,CAAC,CAAC",
    }
    text = 'var greeting = "hello"; console.log(greeting);\n//# sourceMappingURL=app.js.map\n'
    made = minify_one(text, esbuild, json.dumps(inner).encode())
    assert made.source_map["sources"] == ["../src/app.ts"]
    assert made.source_map["sourcesContent"] == [typescript]


def test_a_map_comment_does_not_make_esbuild_read_other_files(esbuild, tmp_path):
    secret = tmp_path / "secret.js.map"
    secret.write_text('{"version":3,"sources":["s"],"sourcesContent":["SECRET"],"mappings":"AAAA"}')
    for target in (secret, f"file://{secret}", os.path.relpath(secret)):
        made = minify_one(f"console.log(1 + 1);\n//# sourceMappingURL={target}\n", esbuild)
        assert "SECRET" not in json.dumps(made.source_map)


def test_broken_scripts_are_told_apart_from_the_good_ones(esbuild, monkeypatch):
    monkeypatch.setattr(javascript, "_BATCH_FILES", 7)
    scripts = {
        f"{number}.js": Script(f"var good{number} = {number} + 1;\n") for number in range(20)
    }
    scripts["5.js"] = Script("var fine = 1;\nvar broken = {{ template }};\n")
    scripts["13.js"] = Script("return (")
    outcomes = javascript.minify(scripts, esbuild)
    assert outcomes.keys() == scripts.keys()
    failures = {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, Failure)}
    assert failures.keys() == {"5.js", "13.js"}
    assert (failures["5.js"].line, failures["5.js"].column) == (2, 15)
    assert "Expected" in failures["5.js"].message
    assert all(f"good{n}" in outcomes[f"{n}.js"].text for n in range(20) if n not in (5, 13))


def test_many_files_go_into_each_call(esbuild, monkeypatch):
    calls: list[int] = []
    call = javascript._call

    def counting(scripts, withheld, program):
        calls.append(len(scripts))
        return call(scripts, withheld, program)

    monkeypatch.setattr(javascript, "_call", counting)
    javascript.minify({f"{n}.js": Script(f"var a{n} = 1 + 1;") for n in range(300)}, esbuild)
    assert calls == [300]


def test_a_program_that_fails_is_a_failure_of_each_file(tmp_path):
    broken = tmp_path / "esbuild"
    broken.write_text("#!/bin/sh\necho out of luck >&2\nexit 3\n")
    broken.chmod(0o755)
    outcomes = javascript.minify({"a.js": Script("1"), "b.js": Script("2")}, str(broken))
    assert outcomes == dict.fromkeys(("a.js", "b.js"), Failure("out of luck", passes=True))


def test_a_program_that_writes_nothing_is_a_failure(tmp_path):
    silent = tmp_path / "esbuild"
    silent.write_text("#!/bin/sh\nexit 0\n")
    silent.chmod(0o755)
    (outcome,) = javascript.minify({"a.js": Script("1")}, str(silent)).values()
    assert isinstance(outcome, Failure)
    assert "esbuild failed" in outcome.message
