// Elements without markup in strings: text from the API stays text.
export { flags } from "./flags.js";

export function element(name, properties = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
