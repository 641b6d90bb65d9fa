// The Drift inbox by keyboard: arrows move between rows, / goes to Search, and on a row k keeps,
// s maps to the survivor, i ignores, u takes back. Single keys are off when the person says so.
(() => {
  const box = () => document.querySelector("[data-drifts]");
  const opens = () => [...box().querySelectorAll(".row-open")];

  document.addEventListener("keydown", (event) => {
    if (!box() || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = document.activeElement;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = opens();
      const at = all.findIndex((one) => one.closest("tr").contains(here));
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
      return;
    }
    const button = here?.closest("[data-drift]")?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });
})();
