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

// A form that would reach nobody is not sent: what was typed stays on the page. Whoever
// signed in anew in another window has a new token.
const FRESH_MS = 60_000;
const opened = Date.now();
async function unreachable(kept) {
  try {
    const answer = await fetch(kept.dataset.asks, { credentials: "same-origin" });
    if (answer.redirected) return "out";
    if (!answer.ok) return "cut";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) {
      if (token) field.value = token;
    }
    return "";
  } catch {
    return "cut";
  }
}
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const kept = document.getElementById("kept");
  const sure = "asked" in form.dataset || (navigator.onLine && Date.now() - opened < FRESH_MS);
  if (!kept || form.method !== "post" || form.matches("[data-sendings]") || sure) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  for (const said of document.querySelectorAll("main > [data-why]")) said.remove();
  const why = await unreachable(kept);
  if (why) {
    const words = kept.content.querySelector(`[data-why=${why}]`).cloneNode(true);
    kept.before(words);
    words.focus();
    return;
  }
  form.dataset.asked = "";
  form.requestSubmit(event.submitter);
  setTimeout(() => delete form.dataset.asked);
}, true);

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

// What is wrong comes first; where one is shows in a bar too long for a phone; a phone
// shows the list before its filters.
const wrong = document.querySelector(".is-wrong :is(input, select, textarea)")
  ?? document.querySelector("main form .alert-danger");
if (wrong?.matches(".alert")) wrong.tabIndex = -1;
wrong?.focus();
for (const way of document.querySelectorAll("nav.acts > a")) {
  if (way.pathname === location.pathname && !way.search) way.setAttribute("aria-current", "page");
}
for (const here of document.querySelectorAll(":is(.ways, nav.acts) > [aria-current]")) {
  here.scrollIntoView({ inline: "center", block: "nearest" });
}
const narrow = matchMedia("(max-width: 47.9rem)");
function fold() {
  for (const one of document.querySelectorAll("[data-folds]")) one.open = !narrow.matches;
}
narrow.addEventListener("change", fold);
if (narrow.matches) fold();
