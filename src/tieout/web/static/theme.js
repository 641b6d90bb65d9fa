// Runs before the first paint: a theme chosen by hand wins over the system's.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const chosen = localStorage.getItem("tieout-theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
})();
