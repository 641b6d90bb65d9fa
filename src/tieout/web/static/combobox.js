// A searchable dropdown over any number of entries: the server searches, this moves the choice.
// Markup: see components.md. Nothing is chosen before somebody chooses it.
(() => {
  const parts = (input) => {
    const box = input.closest("[data-combobox]");
    return {
      box,
      list: document.getElementById(input.getAttribute("aria-controls")),
      value: box.querySelector("[data-combobox-value]"),
    };
  };
  const options = (list) => [...list.querySelectorAll('[role="option"]:not([aria-disabled="true"])')];

  function show(input, open) {
    const { list } = parts(input);
    const visible = open && list.childElementCount > 0;
    list.hidden = !visible;
    input.setAttribute("aria-expanded", String(visible));
    if (!visible) activate(input, null);
  }
  function activate(input, option) {
    const { list } = parts(input);
    list.querySelectorAll('[aria-selected="true"]').forEach((o) => o.setAttribute("aria-selected", "false"));
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  function pick(input, option) {
    const { box, value } = parts(input);
    input.value = option.dataset.text ?? option.textContent.trim();
    value.value = option.dataset.value;
    box.classList.add("picked");
    show(input, false);
    value.dispatchEvent(new Event("change", { bubbles: true }));
    box.dispatchEvent(new CustomEvent("combobox-picked", { bubbles: true, detail: { value: value.value } }));
  }
  function step(input, by) {
    const { list } = parts(input);
    const all = options(list);
    if (!all.length) return;
    const at = all.findIndex((o) => o.id === input.getAttribute("aria-activedescendant"));
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
    activate(input, all[next]);
  }

  document.addEventListener("keydown", (event) => {
    const input = event.target.closest?.('[data-combobox] [role="combobox"]');
    if (!input) return;
    const { list } = parts(input);
    const open = !list.hidden;
    const active = document.getElementById(input.getAttribute("aria-activedescendant") ?? "");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) show(input, true);
      step(input, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && open && active) {
      event.preventDefault();
      pick(input, active);
    } else if (event.key === "Enter" && open) {
      event.preventDefault(); // no row chosen yet: Enter must not save something else
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      parts(input).box.classList.add("dismissed");
      show(input, false);
    } else if (event.key === "Tab") {
      show(input, false);
    }
  });
  document.addEventListener("input", (event) => {
    const input = event.target.closest?.('[data-combobox] [role="combobox"]');
    if (!input) return;
    const { box, value } = parts(input);
    const changed = value.value !== "";
    value.value = "";
    box.classList.remove("picked", "dismissed");
    if (changed) value.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("mousedown", (event) => {
    // before the input loses its focus
    const option = event.target.closest?.('[data-combobox] [role="option"]');
    if (!option) return;
    event.preventDefault();
    if (option.getAttribute("aria-disabled") === "true") return;
    pick(option.closest("[data-combobox]").querySelector('[role="combobox"]'), option);
  });
  // Closing the list moves what is below it. While a mouse button is down the list stays, or the
  // click on Save would miss.
  let pressed = false;
  let left = null;
  document.addEventListener("mousedown", () => (pressed = true), true);
  document.addEventListener("mouseup", () => {
    pressed = false;
    const input = left;
    left = null;
    if (input) setTimeout(() => input.isConnected && document.activeElement !== input && show(input, false), 0);
  }, true);
  document.addEventListener("focusout", (event) => {
    const input = event.target.closest?.('[data-combobox] [role="combobox"]');
    if (!input) return;
    if (pressed) left = input;
    else show(input, false);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const list = event.detail.target;
    if (list?.getAttribute("role") !== "listbox") return;
    const box = list.closest("[data-combobox]");
    const input = box?.querySelector('[role="combobox"]');
    if (!input) return;
    const status = box.querySelector("[data-combobox-count]");
    const count = options(list).length;
    if (status) status.textContent = count === 1 ? "1 match" : `${count} matches`;
    // an answer to what was typed may come after the choice was made, or after Escape closed the list:
    // it must not open it again, or the next Escape would not close the dialog
    const done = box.classList.contains("picked") || box.classList.contains("dismissed");
    show(input, document.activeElement === input && !done);
  });
})();
