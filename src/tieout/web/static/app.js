// What every page shares: theme, menu on a phone, the one dialog, and failures of a request.
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const darkSystem = window.matchMedia("(prefers-color-scheme: dark)");

  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : darkSystem.matches);
  const nameTheme = (button) => button.setAttribute("aria-pressed", String(dark()));

  document.querySelectorAll("[data-theme-toggle]").forEach((button) => {
    nameTheme(button);
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      localStorage.setItem("tieout-theme", root.dataset.theme);
      nameTheme(button);
    });
  });

  document.querySelectorAll("[data-menu-toggle]").forEach((button) => {
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      byId(button.getAttribute("aria-controls")).classList.toggle("open", open);
    });
  });

  const dialog = byId("dialog");
  let opener = null;

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (close) close.closest("dialog")?.close();
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".message").remove();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (dialog && event.detail.target?.id === "dialog-body" && !dialog.open) {
      opener = document.activeElement;
      if (event.detail.requestConfig.verb === "get") ahead = ""; // OK and undo open nothing
    }
  });
  // What is typed while the dialog is on its way is meant for its first field: a letter of a name must
  // neither be lost nor work as a key of the table that is still shown.
  let ahead = null; // null: no dialog is on its way
  document.addEventListener("keydown", (event) => {
    if (ahead === null || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.("input, select, textarea") && !dialog.contains(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat && (ahead || event.key !== " ")) ahead += event.key;
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target?.id === "dialog-body" && !event.detail.successful) ahead = null;
  });
  function fill(field, text) {
    if (!field.matches("input[type='text'], input:not([type]), textarea")) return;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  // a search that is replaced while it is under way would still push its address when it answers
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    if (event.target.matches?.("form[role='search']")) htmx.trigger(event.target, "htmx:abort");
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!dialog || event.detail.target?.id !== "dialog-body") return;
    if (!dialog.open && byId("dialog-body").childElementCount) dialog.showModal();
    dialog.querySelector("[data-autofocus]")?.focus();
  });
  // not sooner: only now a field asks the server for what is typed into it
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "dialog-body") return;
    const first = dialog?.querySelector("[data-autofocus]");
    if (ahead && first) fill(first, ahead);
    ahead = null;
  });
  // a response says "HX-Trigger-After-Settle: dialog-close" when its work is done: by then the row that
  // was swapped in answers to keys, and gets the focus back
  document.addEventListener("dialog-close", () => dialog?.close());
  dialog?.addEventListener("close", () => {
    byId("dialog-body").replaceChildren();
    // the row may have been swapped meanwhile: find it again by its id
    const again = opener?.isConnected ? opener : opener?.id && byId(opener.id);
    if (again) again.focus();
    opener = null;
  });
  // only a click that began beside the dialog closes it: when what was pressed moves away under the
  // pointer (a list that closes), the click falls on the dialog itself
  let began = null;
  dialog?.addEventListener("mousedown", (event) => (began = event.target));
  dialog?.addEventListener("click", (event) => {
    if (event.target === dialog && began === dialog) dialog.close();
  });

  // in an open dialog, not behind it, where nobody sees or hears it
  function say(text, button) {
    const template = byId("message-error");
    if (!template) return;
    const message = template.content.firstElementChild.cloneNode(true);
    message.querySelector("[data-text]").textContent = text;
    const inside = dialog?.open && dialog.querySelector(".dialog-main");
    if (!inside) return byId("messages")?.replaceChildren(message);
    inside.querySelector(":scope > .message")?.remove();
    message.setAttribute("role", "alert");
    inside.prepend(message);
    message.scrollIntoView({ block: "nearest" });
    setTimeout(() => button?.focus()); // once it may be pressed again
  }
  const pressed = (event) => event.detail.requestConfig?.triggeringEvent?.submitter ?? event.detail.elt;
  document.addEventListener("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    const id = xhr.getResponseHeader("X-Request-ID");
    const known = {
      401: "You are signed out. Sign in again; nothing was changed.",
      403: "Your role does not allow this, or the page is too old. Reload the page; nothing was changed.",
      404: "This is no longer here. Reload the page; nothing was changed.",
      409: "Somebody else changed this meanwhile. Reload the page; nothing was changed.",
    };
    const text = known[xhr.status] ?? "Tieout could not do this. Nothing was changed; try again.";
    say(id && xhr.status >= 500 ? `${text} (request ${id})` : text, pressed(event));
  });
  document.addEventListener("htmx:sendError", (event) => {
    // polling goes on by itself; only what a person asked for is worth a sentence
    if (event.detail.requestConfig?.triggeringEvent) {
      say("Tieout does not answer. Is it still running? Nothing is lost; try again.", pressed(event));
    }
  });

  // [data-copy="id"]: the field's text goes to the clipboard; without a secure page, by selecting it
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    const field = button && byId(button.dataset.copy);
    if (!field) return;
    field.select();
    let copied = false;
    try {
      await navigator.clipboard.writeText(field.value);
      copied = true;
    } catch {
      copied = document.execCommand("copy");
    }
    const said = byId(`${field.id}-copied`);
    if (said) said.textContent = copied ? "Copied." : "Press Ctrl+C: the name is selected.";
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-once")) {
      // after the event: a disabled button would not be sent along
      setTimeout(() => form.querySelectorAll("button").forEach((b) => (b.disabled = true)), 0);
    }
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-once] button").forEach((b) => (b.disabled = false));
  });
})();
