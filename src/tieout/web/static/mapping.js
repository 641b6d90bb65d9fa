// The mapping tables by keyboard: arrows move between rows, / goes to Search, n to the next row
// that is not mapped. Single keys are off when the person switched them off.
(() => {
  const box = () => document.querySelector("[data-rows]");
  const opens = () => [...box().querySelectorAll(".row-open")];

  // a click beside the name opens the row too: the focus must come back to it afterwards
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row && !event.target.closest("a, button, input")) row.querySelector(".row-open")?.focus();
  }, true);

  function nextUnmapped() {
    const all = opens();
    const at = all.indexOf(document.activeElement);
    const rest = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))];
    const found = rest.find((one) => one.closest("[data-row]").dataset.state === "not_mapped");
    if (found) found.focus();
    else document.querySelector("[data-next-unmapped]")?.click();
  }

  document.addEventListener("keydown", (event) => {
    if (!box() || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = document.activeElement;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = opens();
      const at = all.indexOf(here);
      if (at < 0 && here?.id !== "search") return;
      event.preventDefault();
      const next = all[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) next.focus();
      else if (at === 0) document.getElementById("search")?.focus();
      return;
    }
    if (!("shortcuts" in box().dataset) || here?.matches("input, select, textarea")) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    } else if (event.key === "n") {
      event.preventDefault();
      nextUnmapped();
    }
  });
})();
