// Narrows the register to the ships whose text holds every word typed.
export function offerSearch(label) {
  const ships = [...document.querySelectorAll("[data-ship]")];
  const count = document.querySelector("[data-search-count]");
  const texts = ships.map((ship) => ship.textContent.toLowerCase());

  label.querySelector("input").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    ships.forEach((ship, at) => {
      ship.hidden = !words.every((word) => texts[at].includes(word));
      shown += ship.hidden ? 0 : 1;
    });
    count.textContent = words.length ? `${shown} of ${ships.length} ships` : "";
  });
  label.hidden = false;
}
