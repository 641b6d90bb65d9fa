// The mapping tables by keyboard: arrows move between rows, Enter takes the suggestion of a row or
// else opens it, / goes to Search; on a row n goes to the next one that is not mapped and u undoes.
// Single letters are off when the person switched them off.
(() => {
  const box = () => document.querySelector("[data-rows]");
  const opens = () => [...(box()?.querySelectorAll(".row-open") ?? [])];
  const unmapped = (open) => open.closest("[data-row]").dataset.state === "not_mapped";
  const singleKeys = () => Boolean(document.querySelector("[data-shortcuts]"));

  // a click elsewhere in the row opens it too: the focus must come back to its name afterwards,
  // also when the button that was clicked is not there any more
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row && !event.target.closest("a, input, [data-ok], [data-undo]")) row.querySelector(".row-open")?.focus();
  }, true);

  // what gets the focus when the row that was saved has been swapped: its own name, or the next
  let saved = null; // {id, onward, byMouse}
  let turning = 0; // pages that may still be turned on the way to the next row

  function settle() {
    const { id, onward, byMouse } = saved;
    saved = null;
    if (onward) next(id, byMouse);
    else document.getElementById(id)?.focus();
  }
  function press(row, selector, onward) {
    const button = row.querySelector(selector);
    if (!button || button.disabled) return;
    saved = { id: row.querySelector(".row-open").id, onward, byMouse: false };
    button.click();
  }
  document.addEventListener("click", (event) => {
    const ok = event.isTrusted && event.target.closest?.("[data-ok]");
    if (ok) saved = { id: ok.closest("[data-row]").querySelector(".row-open").id, onward: true, byMouse: true };
  }, true);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "dialog-body" && saved) {
      if (document.getElementById("dialog")?.open) saved = null;
      else settle();
    }
    if (turning && event.detail.target?.id === "desk") next("", false);
  });
  document.addEventListener("htmx:responseError", () => (saved = null));

  // the next row that is not mapped: further down, on the following pages, then from the top;
  // after a click the page stays where it is
  function next(id, byMouse) {
    const all = opens();
    const at = all.findIndex((one) => one.id === id);
    const found = all.slice(at + 1).find(unmapped);
    if (found || byMouse) {
      turning = 0;
      (found ?? all[at])?.focus({ preventScroll: byMouse });
    } else if (!turn(all)) {
      turning = 0;
      const above = all.slice(0, Math.max(at, 0)).find(unmapped);
      if (above) above.focus();
      else if (id) document.getElementById(id)?.focus();
      return Boolean(above);
    }
    return true;
  }
  function turn(all) {
    if (turning === 1) return false;
    const state = document.querySelector('#desk-tools [name="state"]')?.value;
    // where only unmapped rows are shown, the mapped ones make room for the following
    const made = ["not_mapped", "suggested"].includes(state) && !all.every(unmapped);
    const link = made ? document.querySelector(".states [aria-current]") : document.getElementById("page-next");
    if (!link) return false;
    turning = (turning || 21) - 1;
    link.click();
    return true;
  }
  function nextUnmapped(open) {
    if (!next(open.id, false)) document.querySelector("[data-next-unmapped]")?.click();
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
      const beside = all[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (beside) beside.focus();
      else if (at === 0) document.getElementById("search")?.focus();
      return;
    }
    if (event.key === "Enter" && row?.querySelector("[data-ok]")) {
      event.preventDefault(); // else the click would open the row
      if (!event.repeat) press(row, "[data-ok]", true);
      return;
    }
    if (!singleKeys() || here?.matches("input, select, textarea")) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    } else if (event.key === "n" && row) {
      event.preventDefault();
      nextUnmapped(here);
    } else if (event.key === "u" && row && !event.repeat) {
      event.preventDefault();
      press(row, "[data-undo]", false);
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
