// The preview of Accept suggestions: what is ticked is what the sentence and Save name, one box ticks
// all lines, and the focus stays on the choice that had the lines looked for anew.
(() => {
  const picks = (form) => [...form.querySelectorAll('input[name="pick"]')];
  let chosen = "";

  function say(form) {
    const all = picks(form);
    const ticked = all.filter((box) => box.checked).length;
    const number = ticked.toLocaleString("en-US");
    const mappings = ticked === 1 ? "mapping" : "mappings";
    form.querySelector("[data-picks-said]").textContent = ticked
      ? `${number} ${mappings} will be saved`
      : "Nothing is ticked, so nothing will be saved";
    const save = form.querySelector("[data-picks-save]");
    save.textContent = `Save ${number} ${mappings}`;
    save.disabled = ticked === 0;
    const every = form.querySelector("[data-picks-all]");
    every.checked = ticked === all.length;
    every.indeterminate = ticked > 0 && !every.checked;
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.bulk");
    if (!form) return;
    if (event.target.matches("[data-picks-all]")) picks(form).forEach((box) => (box.checked = event.target.checked));
    if (event.target.matches("[data-picks-all], [name='pick']")) say(form);
    else chosen = event.target.id;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "dialog-body") return;
    if (chosen) document.getElementById(chosen)?.focus();
    chosen = "";
  });
})();
