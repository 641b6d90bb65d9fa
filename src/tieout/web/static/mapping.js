// The mapping tables by keyboard: arrows move between rows, Enter takes the suggestion of a row or
// else opens it, / goes to Search; on a row n goes to the next one that is not mapped and u undoes.
// Single letters are off when the person switched them off.
(() => {
  const box = () => document.querySelector("[data-rows]");
  const opens = () => [...(box()?.querySelectorAll(".row-open") ?? [])];
  const unmapped = (open) => open.closest("[data-row]").dataset.state === "not_mapped";
  const singleKeys = () => Boolean(document.querySelector("[data-shortcuts]"));

  // a click beside the name opens the row too: the focus must come back to it afterwards
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row && !event.target.closest("a, button, input")) row.querySelector(".row-open")?.focus();
  }, true);

  // what gets the focus when the row that was saved has been swapped: its own name, or the next
  let saved = null; // {id, onward, byMouse}
  let looking = 0; // pages that n may still turn

  function nextAfter(id) {
    const all = opens();
    const at = all.findIndex((one) => one.id === id);
    return all.slice(at + 1).find(unmapped) ?? all.slice(0, Math.max(at, 0)).find(unmapped);
  }
  function settle() {
    const { id, onward, byMouse } = saved;
    saved = null;
    const open = (onward && nextAfter(id)) || document.getElementById(id);
    open?.focus({ preventScroll: byMouse });
  }
  function press(row, selector, onward, byMouse) {
    const button = row.querySelector(selector);
    if (!button || button.disabled) return;
    saved = { id: row.querySelector(".row-open").id, onward, byMouse };
    button.click();
  }
  document.addEventListener("click", (event) => {
    const ok = event.target.closest?.("[data-ok]");
    if (ok && event.isTrusted) saved = { id: ok.closest("[data-row]").querySelector(".row-open").id, onward: true, byMouse: true };
  }, true);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "dialog-body" && saved) {
      if (document.getElementById("dialog")?.open) saved = null;
      else settle();
    }
    if (looking && event.detail.target?.id === "desk") nextUnmapped();
  });
  document.addEventListener("htmx:responseError", () => (saved = null));

  // the next row that is not mapped: on this page, on the following ones, or in the dialog
  function nextUnmapped() {
    const all = opens();
    const at = looking ? -1 : all.indexOf(document.activeElement);
    const found = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))].find(unmapped);
    const further = document.getElementById("page-next");
    if (found) {
      looking = 0;
      found.focus();
    } else if (further && looking !== 1) {
      looking = (looking || 21) - 1;
      further.click();
    } else {
      looking = 0;
      document.querySelector("[data-next-unmapped]")?.click();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (!box() || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = document.activeElement;
    const row = here?.matches(".row-open") ? here.closest("[data-row]") : null;
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
    if (event.key === "Enter" && row?.querySelector("[data-ok]")) {
      event.preventDefault(); // else the click would open the row
      if (!event.repeat) press(row, "[data-ok]", true, false);
      return;
    }
    if (!singleKeys() || here?.matches("input, select, textarea")) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    } else if (event.key === "n" && row) {
      event.preventDefault();
      nextUnmapped();
    } else if (event.key === "u" && row && !event.repeat) {
      event.preventDefault();
      press(row, "[data-undo]", false, false);
    }
  });

  // new suggestions: the table is fetched anew unless somebody is at work in it
  const show = () => document.body.dispatchEvent(new CustomEvent("show-suggestions"));
  document.addEventListener("suggestions-came", () => {
    const busy = document.querySelector("dialog[open]") || box()?.contains(document.activeElement);
    if (busy) return;
    document.querySelector("[data-show-suggestions]")?.remove();
    show();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-show-suggestions]")) return;
    event.target.closest("[data-show-suggestions]").remove();
    show();
  });
})();
