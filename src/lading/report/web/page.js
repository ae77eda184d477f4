"use strict";

(() => {
  const { measures, tree } = JSON.parse(document.getElementById("data").textContent);
  const kinds = {
    script: "scripts", style: "style sheets", image: "images", font: "fonts", map: "source maps", other: "other",
  };
  const title = 18; // pixels that a folder's name takes
  const roomy = { width: 44, height: 44 }; // pixels from which a folder shows what is in it
  const most = 200; // entries in the table
  const byId = (id) => document.getElementById(id);
  let measure = measures.findIndex(([key]) => key === "identity");

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  function bytes(size) {
    if (size < 1000) return `${size} B`;
    const units = ["kB", "MB", "GB", "TB", "PB"];
    let value = size / 1000;
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return `${value.toFixed(value >= 9.95 ? 0 : 1)} ${units[unit]}`;
  }

  const joined = (path) => path.map(nameOf).join("/").replaceAll("//", "/");
  const counted = (number) => `${number.toLocaleString("en")} ${number === 1 ? "file" : "files"}`;
  const nameOf = (node) => (node.k === "rest" ? `${counted(node.f)}, each smaller` : node.n || "All files");
  const address = (path) => `#/${path.map((node) => encodeURIComponent(node.n)).join("/")}`;
  const told = (node) => measures.map(([, label], index) => `${label} ${bytes(node.s[index])}`).join(", ");

  /** The folders from the root to the one that the address names, as far as they exist. */
  function route() {
    const path = [];
    let node = tree;
    for (const part of location.hash.replace(/^#\/?/, "").split("/")) {
      let name;
      try {
        name = decodeURIComponent(part);
      } catch {
        break;
      }
      const next = name && (node.c || []).find((child) => child.c && child.n === name);
      if (!next) break;
      path.push(next);
      node = next;
    }
    return path;
  }

  /** Through folders that hold nothing but one folder. */
  function through(path) {
    const longer = [...path];
    while (longer.at(-1).c?.length === 1 && longer.at(-1).c[0].c) longer.push(longer.at(-1).c[0]);
    return longer;
  }

  function drawCell(above, child, frame) {
    const path = through([...above, child]);
    const node = path.at(-1);
    const name = joined(path.slice(above.length));
    const opens = Boolean(node.c);
    const isRoomy = opens && frame.width >= roomy.width && frame.height >= roomy.height;
    const cell = make(opens ? "a" : "div", { class: `cell ${node.k}` });
    if (opens) {
      cell.href = address(path);
      cell.tabIndex = -1; // the table has the same links
    }
    cell.dataset.told = `${joined(path)}: ${node.f ? `${counted(node.f)}, ` : ""}${told(node)}`;
    cell.style.left = `${frame.x}px`;
    cell.style.top = `${frame.y}px`;
    cell.style.width = `${Math.max(frame.width - 1, 1)}px`;
    cell.style.height = `${Math.max(frame.height - 1, 1)}px`;
    if (frame.width > 36 && frame.height > 18) {
      cell.append(make("span", {}, name));
      if (frame.height > 36 && !isRoomy) cell.append(make("span", {}, bytes(node.s[measure])));
    }
    byId("map").append(cell);
    if (isRoomy) {
      const { x, y, width, height } = frame;
      drawInside(node, path, { x: x + 2, y: y + title, width: width - 5, height: height - title - 3 });
    }
  }

  function drawInside(node, path, frame) {
    const frames = squarify(node.c.map((child) => child.s[measure]), frame.width, frame.height);
    node.c.forEach((child, index) => {
      const { x, y, width, height } = frames[index];
      if (width < 2 || height < 2) return;
      drawCell(path, child, { x: frame.x + x, y: frame.y + y, width, height });
    });
  }

  function drawMap(path) {
    const area = byId("map");
    area.replaceChildren();
    const node = path.at(-1) || tree;
    drawInside(node, path, { x: 0, y: 0, width: area.clientWidth, height: area.clientHeight });
  }

  function drawCrumbs(path) {
    const crumbs = [tree, ...path].map((node, depth) => {
      if (depth === path.length) return make("li", { "aria-current": "page" }, nameOf(node));
      return make("li", {}, make("a", { href: address(path.slice(0, depth)) }, nameOf(node)));
    });
    byId("crumbs").replaceChildren(...crumbs);
  }

  function drawTable(path) {
    const node = path.at(-1) || tree;
    const head = make("tr", {}, make("th", { scope: "col" }, "Name"), make("th", { scope: "col", class: "number" }, "Files"));
    for (const [, label] of measures) head.append(make("th", { scope: "col", class: "number" }, label));
    const ordered = [...node.c].sort((a, b) => (a.k === "rest") - (b.k === "rest") || b.s[measure] - a.s[measure]);
    const rows = ordered.slice(0, most).map((child) => {
      const inside = through([...path, child]);
      const name = joined(inside.slice(path.length));
      const entry = child.c ? make("a", { href: address(inside) }, name) : name;
      const row = make("tr", {}, make("th", { scope: "row", class: "path" }, entry));
      row.append(make("td", { class: "number" }, (child.f || 1).toLocaleString("en")));
      child.s.forEach((size) => row.append(make("td", { class: "number" }, bytes(size))));
      return row;
    });
    const caption = make("caption", {}, ordered.length > most ? `The largest ${most} of ${ordered.length} entries` : "");
    byId("entries").replaceChildren(...(caption.textContent ? [caption] : []), make("thead", {}, head), make("tbody", {}, ...rows));
    byId("here").textContent = `${joined(path) || "All files"}: ${counted(node.f)}, ${bytes(node.s[measure])}`;
  }

  function draw() {
    const path = route();
    drawCrumbs(path);
    drawMap(path);
    drawTable(path);
  }

  function addMeasures() {
    const group = byId("measures").firstElementChild;
    measures.forEach(([key, label], index) => {
      const button = make("input", { type: "radio", name: "measure", value: key });
      button.checked = index === measure;
      button.addEventListener("change", () => {
        measure = index;
        draw();
      });
      group.append(make("label", {}, button, ` ${label}`));
    });
    byId("measures").hidden = measures.length < 2;
  }

  function addLegend() {
    const items = Object.entries(kinds).map(([kind, label]) => make("li", {}, make("i", { class: kind }), label));
    byId("legend").replaceChildren(...items);
  }

  addMeasures();
  addLegend();
  byId("bytes").hidden = false;
  draw();
  byId("map").addEventListener("mouseover", (event) => {
    const cell = event.target.closest(".cell");
    if (cell) byId("told").textContent = cell.dataset.told;
  });
  byId("map").addEventListener("click", (event) => {
    const cell = event.target.closest(".cell");
    if (cell) byId("told").textContent = cell.dataset.told;
  });
  window.addEventListener("hashchange", () => {
    draw();
    byId("here").focus({ preventScroll: true });
  });
  new ResizeObserver(() => drawMap(route())).observe(byId("map"));
})();
