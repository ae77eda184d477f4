// A call sign as signal flags, from the same sprite that the templates use.
const SVG = "http://www.w3.org/2000/svg";
const sprite = new URL("../img/flags.svg", import.meta.url);

function flag(letter) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "flag");
  svg.setAttribute("viewBox", "0 0 48 36");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite.href}#${letter}`);
  svg.append(use);
  return svg;
}

export function flags(callSign) {
  const group = document.createElement("span");
  group.className = "flags";
  group.setAttribute("role", "img");
  group.setAttribute("aria-label", `Call sign ${callSign} in signal flags`);
  group.append(...[...callSign.toLowerCase()].map(flag));
  return group;
}
