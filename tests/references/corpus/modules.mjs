#!/usr/bin/env it's import "no-0.js"
import "./yes-1.js"
import'./yes-2.js';import"./yes-3.js"
import a from "./yes-4.js"
import b, { c as d, default as e, "f g" as h } from './yes-5.js';
import i, * as j from
  "./yes-6.js"
import {
  // it's { } from "no-1.js"
  k, /* } from 'no-2.js' */ "}" as l,
} from "./yes-7.js" with { type: "json" };
import/**/*/**/as/**/m/**/from/**/"./yes-8.js"
import from from "./yes-9.js"; import as from "./yes-10.js"; import { from as of } from "./yes-11.js"
import $ from "./yes-12.js"; import { été } from "./yes-13.js"; import type from "./yes-14.js"
export * from "./yes-15.js"
export * as n from './yes-16.js'
export * as "o p" from "./yes-17.js";export{}from"./yes-18.js"
export { q, r as r1, s as "t u" } from /* "no-3.js" */ "./yes-19.js"
export { a as v }
"no-4.js";
export default class { static import = import("./yes-20.js"); import() { return this.import("no-5.js") } }
export const w = { import: "no-6.js", export: 1, from: "no-7.js" }, x = w.import, y = w?.export
w.import("no-8.js"); w?.import("no-9.js"); w
  .import("no-10.js"); w. /* ... */ import("no-11.js"); [...import("./yes-21.js")]
const z = import(/* webpackChunkName: "it's" */ "./yes-22.js"), a1 = await import("./yes-23.js", { with: { type: "css" } });
import("./no-12" + z); import(z); import(`./${z}.js`); import(z ? "no-13.js" : "no-14.js"); import(("no-15.js"));
new URL("yes-24.png", import.meta.url); new URL("no-16.png", z); new URL(z, import.meta.url); new URL("no-17.png");
new Worker(new URL("./yes-25.js", import.meta.url), { type: "module" }); new Worker("no-18.js");
new SharedWorker(new URL('yes-26.js', /* b */ import.meta.url)); navigator.serviceWorker.register("no-19.js");
audioContext.audioWorklet.addModule(new window.URL(`yes-27.js`, import.meta.url)); importScripts("no-20.js");
import.meta.resolve("./yes-28.js"); import.meta.url; import.meta.resolver("no-21.js"); import.meta["resolve"]("no-22.js");
const b1 = 'import "no-23.js"', c1 = "import(\"no-24.js\")", d1 = `import("no-25.js")`, e1 = /import("no-26.js")/;
// import "no-27.js"
/* import "no-28.js"
import "no-29.js" */ import "./yes-29.js" // import "no-30.js"
class F { #import = 1; static async *import() { } get export() { return this.#import } set export(g) { } }
a1 ? import("./yes-30.js") : import("./yes-31.js"); if (a1) import("./yes-32.js"); else import("./yes-33.js")
import("./yes-34.js").then(({ default: h }) => h, () => import("./yes-35.js")).catch(() => { throw import("./yes-36.js") })
