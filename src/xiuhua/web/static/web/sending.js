// Sends a file in chunks and goes on where it stopped; without it the form itself sends.

const CHUNK = 512 * 1024;

async function digestOf(file) {
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

async function asked(address, options) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  const said = await answer.json();
  if (answer.ok || (answer.status === 409 && "received" in said)) return said;
  throw Object.assign(new Error(said.message), { refused: true });
}

async function send(form, file, key) {
  const mark = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": mark };
  const body = new FormData();
  const said = { key, name: file.name, size: file.size, mask: form.elements.mask.value };
  for (const [name, value] of Object.entries(said)) body.append(name, value);
  body.append("digest", await digestOf(file));
  const address = form.dataset.chunks.replace("KEY", key);
  const progress = form.querySelector("[data-progress]");
  let { received } = await asked(form.dataset.sendings, { method: "POST", headers, body });
  while (received < file.size) {
    const part = file.slice(received, received + CHUNK);
    const more = { ...headers, "Upload-Offset": String(received) };
    ({ received } = await asked(address, { method: "PUT", headers: more, body: part }));
    progress.textContent = `${progress.dataset.words} ${Math.floor((100 * received) / file.size)} %`;
  }
  await asked(`${address}finish/`, { method: "POST", headers });
}

for (const form of document.querySelectorAll("form[data-sendings]")) {
  if (!globalThis.crypto?.subtle) continue; // without https the form sends it whole
  let key = "";
  form.elements.file.addEventListener("change", () => { key = ""; });
  form.addEventListener("submit", async (event) => {
    const file = form.elements.file.files[0];
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    key ||= crypto.randomUUID();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await send(form, file, key);
      location.assign(form.dataset.home);
      if (location.hash) location.reload();
    } catch (error) {
      if (error.refused) key = "";
      const progress = form.querySelector("[data-progress]");
      progress.textContent = error.refused ? error.message : progress.dataset.broken;
      button.disabled = false;
    }
  });
}
