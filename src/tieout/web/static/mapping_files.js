// "Download what is shown": a search changes the page's address without loading the page anew, so
// the link takes the filter from the address when it is clicked.
(() => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-as-shown]");
    if (!link) return;
    const address = new URL(link.href);
    address.search = window.location.search;
    link.href = address.href;
  }, true);
})();
