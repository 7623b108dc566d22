// The command room's own keys: a link to send, a wall that fills its screen.

function ready() {
  for (const key of document.querySelectorAll("[data-copies]")) {
    key.hidden = !navigator.clipboard;
  }
  for (const key of document.querySelectorAll("[data-fills]")) {
    key.hidden = !document.documentElement.requestFullscreen || Boolean(document.fullscreenElement);
  }
}

document.addEventListener("click", async (event) => {
  const copies = event.target.closest("[data-copies]");
  if (copies) {
    await navigator.clipboard.writeText(new URL(copies.dataset.copies, location.href).href);
    const words = copies.textContent;
    copies.textContent = copies.dataset.done;
    setTimeout(() => { copies.textContent = words; }, 2000);
  }
  if (event.target.closest("[data-fills]")) {
    await document.documentElement.requestFullscreen();
  }
});
document.addEventListener("fullscreenchange", ready);
// A wall that was brought up to date is a page like a new one.
document.addEventListener("htmx:after:swap", ready);
ready();
