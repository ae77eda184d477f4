// The board of arrivals, and the search once there is something to search.
import { fetchShips } from "./api.js";
import { element, flags } from "./dom.js";

function row(ship) {
  return element("tr", {}, [
    element("td", { className: "due" }, [ship.due?.slice(0, 5) ?? "–"]),
    element("td", {}, [element("a", { href: ship.page }, [ship.name])]),
    element("td", { className: "board-kind" }, [ship.kind_label]),
    element("td", {}, [ship.berth]),
    element("td", { className: "board-flags" }, [flags(ship.call_sign)]),
  ]);
}

function table(ships) {
  const headings = ["Due", "Ship", "Kind", "Berth", "Call sign"];
  const classes = ["", "", "board-kind", "", "board-flags"];
  const heads = headings.map((text, at) =>
    element("th", { scope: "col", className: classes[at] }, [text]),
  );
  return element("table", {}, [
    element("thead", {}, [element("tr", {}, heads)]),
    element("tbody", {}, ships.map(row)),
  ]);
}

async function showBoard(board) {
  board.replaceChildren(element("p", {}, ["Asking the harbour office…"]));
  try {
    const ships = await fetchShips(board.dataset.board);
    ships.sort((a, b) => (a.due ?? "").localeCompare(b.due ?? ""));
    board.replaceChildren(
      ships.length ? table(ships) : element("p", {}, ["No ship is expected today."]),
    );
  } catch (error) {
    board.replaceChildren(element("p", {}, [`The arrivals cannot be shown: ${error.message}`]));
  }
}

await showBoard(document.querySelector("[data-board]"));

if (document.querySelector("[data-ship]")) {
  const { offerSearch } = await import("./search.js");
  offerSearch(document.querySelector("[data-search]"));
}
