// Slashes of all sorts. Valid as a script and as a module; every reference is called yes-N.js.
const a = 4, b = 2, of = 3, g = 1, x = [], o = { return: 8, if: (y) => y, in: 1 };
let i = 0;
const r1 = /'/, r2 = /["'`]/g, r3 = /[/'\]"]/, r4 = /\/\*'/, r5 = /(?:\/\/)'/u;
if (a) /import("no-1.js")'/.test(b);
if (a) { } /import("no-2.js")'/.test(b);
if ((a) && (b)) /'/.exec(import("./yes-1.js"));
while (i++ < 1) /"/.test("it's");
for (const c of /'/[Symbol.split]("a'b")) /`/.test(c);
for (;;) { break } /'/.test("'");
(function () { })(); /'/.test(a);
function f() { } /'/.test("");
class A { } /'/.test("");
class B extends A { static #in = 4; m() { return B.#in / 2 / 1 } get if() { return 1 } }
const q1 = a / b / g, q2 = (a + b) / 2 / "'".length, q3 = x[0] / 1 / `'`.length;
const q4 = i++ / 2 / "'".length, q5 = i-- / 2 / "'".length, q6 = 1. / 2 / "'".length, q7 = .5 / 2 / "'".length;
const q8 = o.return / 2 / "'".length, q9 = o.if(a) / 2 / "'".length, q10 = of / 2 / "'".length;
const q11 = { a } / 2 / "'".length, q12 = ({ a }) / 2 / "'".length, q13 = [{}, {} / 2 / "'".length];
const q14 = `${a}` / 2 / "'".length, q15 = "'" / 2 / "'".length, q16 = /a/g / 2 / "'".length;
const q17 = a /* ' */ / /* " */ b / "'".length, q18 = a
  / b / "'".length;
const q19 = (function () { return 1 })() / 2 / "'".length, q20 = function () { } / 2 / "'".length;
const q21 = a / /'/.exec("'").index / "'".length, q22 = a /
  /'/.exec("'").index;
const t1 = a ? /'/ : /"/, t2 = !/'/.test(a), t3 = [/'/, /"/, .../'/[Symbol.split]("")], t4 = () => /'/;
const t5 = typeof /'/, t6 = void /'/, t7 = a in /'/, t8 = { k: /'/ }, t9 = a || /'/, t10 = a + +/'/, t11 = ~/'/;
switch (a) { case /'/: case (/"/): default: /'/.test(a) }
do /'/.test(a); while (i < 0) /'/.test(a)
if (!a) b
else /'/.test(a)
label: /'/.test(a);
var y1 = a
/*'*/ / b / g
; /[[]'/; /[\[]'/v; /[^\]/]'/; /\]'/; /a{2}'/; /'/dgimsy.test(a)
const arrow = () => { }
/'/.test(a)
const l = a < b / 2 && b > a / 2, m = a << 2 / 1, n = a > /'/;
{ /'/.test(a) }
{ } /'/.test(a)
; ({}) / 1 / "'".length;
new f / 1 / "'".length;
const last = (a, (b), ")", `)`, /[)]/, /*)*/ g) / 2 / "'".length; import("./yes-2.js");
