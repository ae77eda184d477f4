// Templates in templates; code inside of ${} counts, text does not.
const a = `import("no-1.js") ${import("./yes-1.js")} import("no-2.js")`;
const b = `a ${`b ${`c ${import("./yes-2.js")} import("no-3.js") }`} ${`import("no-4.js")`}`} ${import(`./yes-3.js`)}`;
const c = `${{ a: { b: `}` } }.a.b}${"}"}${'`'}${/[`}]/.test("}")}${import("./yes-4.js")}`;
const d = `\`\${import("no-5.js")}\\${import("./yes-5.js")}`;
const e = `$`, f = `$$`, g = `$${1}$`, h = `{}`, i = `}{`, j = `$ {import("no-6.js")}`;
const k = `${function () { if (a) { return { b: `${c}` } } }}${import("./yes-6.js")}`;
const l = tag`import("no-7.js")${import("./yes-7.js")}`, m = a.b`//`, n = `/* ${1 /* ` */ + 1} */ import("no-8.js")`;
const o = `${1 // ` }
  }` / 2 / `'`.length, p = `${a} / ${/}'/.test(`}`)} / '`;
const q = `
import "no-9.js"
//# sourceMappingURL=no-10.js.map
`;
function tag() { } import("./yes-8.js");
