// The little a page does by itself; everything works without it.

// A menu closes when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form is sent once by a button; the key in it guards what this cannot.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[data-hx-post],[hx-post]")) return;
  const button = `sent ${event.submitter?.name ?? ""} ${event.submitter?.value ?? ""}`;
  if (form.dataset.sent === button) event.preventDefault();
  form.dataset.sent = button;
  setTimeout(() => delete form.dataset.sent, 5000);
});

// A choice that needs no button; a tick that ticks all; a page sent to the printer.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-sends]")) box.form.requestSubmit();
  if (box.matches("[data-ticks]")) {
    for (const other of document.querySelectorAll(box.dataset.ticks)) {
      other.checked = box.checked;
    }
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});
