// A form marked data-signing gains signing in the browser: finds the programs, lists certificates, signs the exact
// bytes and sends the form. The way by file stands below it and needs none of this.
import { Chooser } from "./chooser.js";
import { SignerError, backends } from "./signer.js";
import { within } from "./refusals.js";
import { Words } from "./words.js";

const PATIENCE_MS = 1_000; // before the page says that it is still looking
const CONTENT_MS = 15_000;
const MISSING = new Set(["NO_PLUGIN", "NO_HOST"]);
const LOST = new Set(["UNPLUGGED", "LOCKED"]); // the list is no longer true

const base64 = (buffer) => {
  let bytes = "";
  for (const one of new Uint8Array(buffer)) bytes += String.fromCharCode(one);
  return btoa(bytes);
};

class SignPage {
  constructor(form, block) {
    const part = (name) => block.querySelector(`[data-signer-${name}]`);
    this.form = form;
    this.block = block;
    this.words = new Words(block);
    this.problem = part("problem");
    this.notice = part("notice");
    this.status = part("status");
    this.pinGroup = part("pin");
    this.pin = this.pinGroup.querySelector("input");
    this.signButton = part("sign");
    this.stopButton = part("stop");
    this.searchButton = part("search");
    this.chooser = new Chooser(part("choice"), part("list"), this.words);
    this.searching = 0; // number of the search whose answers count
    this.attempt = 0; // number of the signing whose outcome counts; 0 while none runs
    this.attempts = 0;
    this.backends = backends(block.dataset);
    this.fileButton = [...form.querySelectorAll("[type=submit]")].find((one) => !block.contains(one));
    // by the site's clock and the time since the page came: the clock of this computer may be wrong
    const { goodUntil, madeAt } = block.dataset;
    this.lasts = goodUntil && madeAt ? Date.parse(goodUntil) - Date.parse(madeAt) : Infinity;
    this.listen();
  }

  listen() {
    this.signButton.addEventListener("click", () => this.sign());
    this.stopButton.addEventListener("click", () => this.stop());
    this.searchButton.addEventListener("click", () => this.search({ asked: true }));
    this.block.addEventListener("click", (event) => {
      const wanted = event.target.closest("[data-do]")?.dataset.do;
      if (wanted) this.doing(wanted);
    });
    this.block.addEventListener("change", () => this.showPin());
    // Enter in here signs; it must not press the button of the way by file
    this.block.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
      event.preventDefault();
      this.sign();
    });
    this.form.addEventListener("submit", () => {
      if (!this.sending) this.form.elements.signature.value = ""; // sent by file
      this.pin.value = "";
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.rest();
    });
  }

  doing(wanted) {
    if (wanted === "sign") this.again();
    if (wanted === "search") this.search({ asked: true });
    if (wanted === "choose") this.chooser.focus();
    if (wanted === "pin") this.pin.focus();
    if (wanted === "reload") window.location.reload();
  }

  // «Try again»: a program with a window of its own asks anew; a PIN of this page is typed anew, never repeated.
  again() {
    if (this.chooser.choice()?.backend.asksPin) {
      this.tell("");
      this.pin.focus();
    } else this.sign();
  }

  // --- looking for programs and certificates

  async search({ asked = false, quiet = false } = {}) {
    if (this.attempt) return;
    this.searching += 1;
    const turn = this.searching;
    if (!quiet) this.tell("");
    this.inform("");
    this.chooser.clear();
    this.show();
    this.block.setAttribute("aria-busy", "true");
    const late = setTimeout(() => this.say("searching"), asked ? 0 : PATIENCE_MS);
    const all = await this.backends;
    const answers = await Promise.all(all.map((backend) => this.ask(backend, turn)));
    clearTimeout(late);
    if (turn !== this.searching) return;
    this.block.removeAttribute("aria-busy");
    if (this.chooser.usable.length === 1) this.chooser.choice();
    this.found(answers.filter(({ there }) => there), { asked, quiet });
  }

  // What one back end has; its certificates appear at once, the others may take longer.
  async ask(backend, turn) {
    try {
      if (!await backend.available()) return { backend, there: false };
      const certificates = await backend.listCertificates();
      if (turn === this.searching) {
        this.chooser.add(backend, certificates);
        this.show();
      }
      return { backend, there: true, code: "" };
    } catch (error) {
      const { code, detail } = error instanceof SignerError ? error : new SignerError("OTHER", { detail: error });
      return { backend, there: code !== "NO_PLUGIN", code, detail };
    }
  }

  found(answers, { asked, quiet }) {
    const { count, usable } = this.chooser;
    if (count) this.say("found", { count });
    else this.hush();
    const failed = answers.filter(({ code }) => code);
    const code = usable.length ? "" : count ? "NO_USABLE" : failed[0]?.code ?? "NO_PLUGIN";
    this.show({ over: true });
    if (code && quiet) this.inform(""); // the problem above says it already
    else if (code) {
      this.inform(code, failed[0]?.detail);
      if (asked) this.notice.focus();
    } else {
      this.mention(failed);
      if (asked) this.chooser.focus();
    }
  }

  // --- signing

  async sign() {
    if (this.attempt || this.sending) return; // a second press does no harm
    this.searching += 1; // whatever is still looked for is late
    this.block.removeAttribute("aria-busy");
    this.tell("");
    const choice = this.chooser.choice();
    if (!choice) {
      if (!this.chooser.usable.length) return;
      this.tell("NO_CHOICE");
      return;
    }
    const { backend, thumbprint } = choice;
    const pin = backend.asksPin ? this.pin.value : "";
    this.pin.value = "";
    if (backend.asksPin && !pin) {
      this.tell("PIN_EMPTY");
      return;
    }
    this.attempts += 1;
    const turn = this.attempts;
    this.attempt = turn;
    this.asked = backend;
    this.show();
    try {
      this.say("reading");
      const content = await this.content();
      if (turn !== this.attempt) return;
      this.say(`prompt_${backend.name}`);
      const signature = await backend.sign(content, thumbprint, { pin });
      if (turn === this.attempt) this.send(signature);
    } catch (error) {
      if (turn === this.attempt) this.failed(error);
    }
  }

  // The exact bytes, in base64. A refusal means that the text is too old or another session's.
  async content() {
    if (performance.now() > this.lasts) throw new SignerError("STALE");
    let answer;
    try {
      const asked = fetch(this.block.dataset.contentUrl, { credentials: "same-origin", cache: "no-store", redirect: "error" });
      answer = await within(CONTENT_MS, "OFFLINE", asked);
    } catch {
      throw new SignerError("OFFLINE");
    }
    if (!answer.ok) throw new SignerError(answer.status >= 500 ? "OFFLINE" : "STALE", { detail: answer.status });
    return base64(await answer.arrayBuffer());
  }

  failed(error) {
    const known = error instanceof SignerError ? error : new SignerError("OTHER", { detail: error });
    this.rest();
    const code = known.code === "WRONG_PIN" && known.left === 0 ? "LOCKED" : known.code;
    this.tell(code, known);
    if (code === "WRONG_PIN" && known.left !== null) this.chooser.triesLeft(known.left);
    if (LOST.has(code)) this.search({ quiet: true });
  }

  stop() {
    if (!this.attempt) return;
    this.asked?.cancel?.();
    this.rest();
    this.tell("STOPPED");
  }

  send(signature) {
    this.sending = true;
    this.say("sending");
    this.form.elements.signature.value = signature;
    for (const file of this.form.querySelectorAll("input[type=file]")) file.value = "";
    this.form.requestSubmit();
  }

  rest() {
    this.attempt = 0;
    this.sending = false;
    this.pin.value = "";
    this.hush();
    this.show({ over: true });
  }

  // --- what stands on the page

  show({ over = false } = {}) {
    const busy = this.attempt > 0;
    this.signButton.hidden = !this.chooser.usable.length;
    this.signButton.toggleAttribute("data-busy", busy);
    this.signButton.setAttribute("aria-disabled", String(busy)); // not `disabled`: the focus would be lost
    this.signButton.classList.toggle("signer__waits", busy);
    this.stopButton.hidden = !busy;
    if (busy) this.searchButton.hidden = true;
    else if (over) this.searchButton.hidden = false;
    this.fileButton?.classList.toggle("govuk-button--secondary", !this.signButton.hidden); // one main button a page
    for (const { input } of this.chooser.entries.values()) input.closest("div").toggleAttribute("data-busy", busy);
    this.showPin();
  }

  showPin() {
    const entry = this.chooser.entries.get(this.chooser.picked()?.value);
    this.pinGroup.hidden = !entry?.backend.asksPin;
    if (this.pinGroup.hidden) this.pin.value = "";
  }

  say(word, values) {
    this.status.replaceChildren(this.words.say(word, values));
  }

  hush() {
    this.status.replaceChildren();
  }

  // What stands in the way before anything was asked for: said, but nobody is taken to it.
  inform(code, detail = "") {
    this.notice.hidden = !code;
    this.notice.dataset.code = code;
    const place = this.notice.querySelector("[data-signer-words]");
    place.replaceChildren(...(code ? [this.words.say(code)] : []));
    if (MISSING.has(code) && this.words.has("install")) place.append(this.words.say("install"));
    if (code) place.append(this.words.say("code", { code: `${code} ${detail}`.trim() }));
  }

  // Programs that are there and cannot sign now, beside others that can.
  mention(failed) {
    if (!failed.length) return;
    this.notice.hidden = false;
    this.notice.dataset.code = failed[0].code;
    const lines = failed.map(({ backend, code }) => {
      const line = document.createElement("p");
      const what = this.words.say(code).firstElementChild?.textContent ?? code;
      line.append(this.words.say(`also_${backend.name}`, { what }));
      return line;
    });
    this.notice.querySelector("[data-signer-words]").replaceChildren(...lines);
  }

  // What went wrong with what the person did: she is taken to it.
  tell(code, { left = null, detail = "" } = {}) {
    const name = !code || this.words.has(code) ? code : "OTHER";
    const place = this.problem.querySelector("[data-signer-words]");
    this.problem.hidden = !name;
    this.block.toggleAttribute("data-told", Boolean(name));
    this.problem.dataset.code = name;
    place.replaceChildren();
    if (!name) return;
    place.append(this.words.say(name, { left }));
    place.append(this.words.say("code", { code: `${name} ${detail}`.trim() }));
    this.problem.focus();
    this.problem.scrollIntoView({ block: "nearest" });
  }
}

for (const form of document.querySelectorAll("form[data-signing]")) {
  const block = form.querySelector("[data-signer]");
  if (block && !block.hidden && form.elements.signature) { // shown.js has looked at the browser
    block.toggleAttribute("data-started", true);
    new SignPage(form, block).search();
  }
}
