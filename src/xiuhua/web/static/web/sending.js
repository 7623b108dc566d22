// Sends a file in chunks and goes on where it stopped; without it the form itself sends.
// The browser keeps the key of the sending and how many bytes arrived, nothing else.

const CHUNK = 256 * 1024;
const LONGEST_PAUSE = 30;

async function digestOf(file) {
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function refusal(message, code) {
  return Object.assign(new Error(message), { refused: true, code });
}

async function asked(address, options, words) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  if (answer.redirected) throw refusal(words.out, "out");
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  const said = await answer.json();
  if (answer.ok || (answer.status === 409 && "received" in said)) return said;
  throw refusal(said.message, said.code);
}

function pause(tries) {
  return new Promise((go) => {
    const timer = setTimeout(done, 1000 * Math.min(LONGEST_PAUSE, 2 ** tries));
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      go();
    }
    addEventListener("online", done);
  });
}

// Asks again until there is an answer: a network that broke is no refusal.
async function patiently(act, say) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (error.refused) throw error;
      say();
      await pause(tries);
    }
  }
}

class Sending {
  constructor(form) {
    this.form = form;
    this.line = form.querySelector("[data-progress]");
    this.slot = `sending ${form.dataset.sendings}`;
    this.kept = JSON.parse(localStorage.getItem(this.slot) ?? "null");
    if (this.kept) this.say(this.line.dataset.again);
  }

  say(words) { this.line.textContent = words; }

  keep(received) {
    this.kept = { key: this.kept.key, received };
    localStorage.setItem(this.slot, JSON.stringify(this.kept));
  }

  forget() {
    this.kept = null;
    localStorage.removeItem(this.slot);
  }

  ask(address, options) {
    const broken = () => this.say(this.line.dataset.broken);
    return patiently(() => asked(address, options, this.line.dataset), broken);
  }

  async send(file) {
    this.kept ??= { key: crypto.randomUUID(), received: 0 };
    const mark = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "X-CSRFToken": mark };
    let { received } = await this.announce(file, headers);
    const chunks = this.form.dataset.chunks.replace("KEY", this.kept.key);
    while (received < file.size) {
      this.keep(received);
      const part = file.slice(received, received + CHUNK);
      const more = { ...headers, "Upload-Offset": String(received) };
      ({ received } = await this.ask(chunks, { method: "PUT", headers: more, body: part }));
      this.say(`${this.line.dataset.words} ${Math.floor((100 * received) / file.size)} %`);
    }
    const finish = this.form.dataset.finish?.replace("KEY", this.kept.key) ?? `${chunks}finish/`;
    await this.ask(finish, { method: "POST", headers, body: this.about() });
  }

  async announce(file, headers) {
    const digest = await digestOf(file);
    const begin = () => {
      const said = { key: this.kept.key, name: file.name, size: file.size, digest };
      said.mask = this.form.elements.mask.value;
      const body = new FormData();
      for (const [name, value] of Object.entries(said)) body.append(name, value);
      return this.ask(this.form.dataset.sendings, { method: "POST", headers, body });
    };
    try {
      return await begin();
    } catch (error) {
      // Another file than the one that broke off: a sending of its own.
      if (error.code !== "attachments.key_taken") throw error;
      this.kept = { key: crypto.randomUUID(), received: 0 };
      return begin();
    }
  }

  about() {
    const body = new FormData();
    for (const name of ["kind", "version"]) {
      if (this.form.elements[name]) body.append(name, this.form.elements[name].value);
    }
    return body;
  }

  async sent(file) {
    const button = this.form.querySelector("button");
    button.disabled = true;
    try {
      await this.send(file);
      this.forget();
      location.assign(this.form.dataset.home);
      if (location.hash) location.reload();
    } catch (error) {
      // Signed out, or shown before somebody changed it: what arrived is taken up again.
      if (error.code?.startsWith("attachments.")) this.forget();
      this.say(error.message);
      button.disabled = false;
    }
  }
}

for (const form of document.querySelectorAll("form[data-sendings]")) {
  if (!globalThis.crypto?.subtle) continue; // without https the form sends it whole
  const sending = new Sending(form);
  form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    sending.sent(file);
  });
}
