// A list whose rows can be ticked: all on the page at once, and what the ticked ones come to.
(() => {
  const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
  const rows = (form) => [...form.querySelectorAll('tbody input[type="checkbox"]')];

  function say(form) {
    const matching = form.querySelector("[data-select-matching]");
    const said = form.querySelector("[data-select-said]");
    const submit = form.querySelector("[data-select-submit]");
    const all = form.querySelector("[data-select-all]");
    if (!said || !submit) return;
    const ticked = rows(form).filter((box) => box.checked);
    const every = Boolean(matching?.checked);
    rows(form).forEach((box) => (box.disabled = every));
    if (all) {
      all.disabled = every;
      all.checked = ticked.length > 0 && ticked.length === rows(form).length;
      all.indeterminate = ticked.length > 0 && !all.checked;
    }
    submit.disabled = !every && ticked.length === 0;
    if (every) {
      said.textContent = `${Number(matching.dataset.count).toLocaleString("en-US")} selected, ${matching.dataset.total}`;
    } else if (ticked.length) {
      const cents = ticked.reduce((sum, box) => sum + Number(box.dataset.cents), 0); // NaN where none are said
      said.textContent = `${ticked.length} selected${cents || cents === 0 ? `, ${money.format(cents / 100)}` : ""}`;
    } else {
      said.textContent = said.dataset.none;
    }
  }

  const sayAll = () => document.querySelectorAll("form[data-select]").forEach(say);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-select]");
    if (!form) return;
    if (event.target.matches("[data-select-all], [data-select-matching]")) rows(form).forEach((box) => (box.checked = event.target.checked));
    say(form);
  });
  document.addEventListener("htmx:afterSettle", sayAll);
  window.addEventListener("pageshow", sayAll);
})();
