// Light or dark: the visitor's system decides until the visitor does.
import * as memory from "./memory.js";

const KEY = "colour-scheme";

function current() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return memory.recall(KEY) ?? (dark ? "dark" : "light");
}

function show(scheme, button) {
  document.documentElement.dataset.scheme = scheme;
  button.textContent = scheme === "dark" ? "Light" : "Dark";
  button.setAttribute("aria-label", `Use the ${button.textContent.toLowerCase()} colours`);
}

export function offerSchemeToggle(button) {
  show(current(), button);
  button.hidden = false;
  button.addEventListener("click", () => {
    const scheme = current() === "dark" ? "light" : "dark";
    memory.keep(KEY, scheme);
    show(scheme, button);
  });
}
