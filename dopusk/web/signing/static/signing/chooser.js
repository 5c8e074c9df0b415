// The list of certificates: radios under the name of their token. What cannot sign now stands there too, with why.
import { read } from "./certificate.js";

const UNUSABLE = { late: "why_expired", early: "why_early", locked: "why_locked" };

const made = (name, className, ...content) => {
  const one = document.createElement(name);
  one.className = className;
  one.append(...content);
  return one;
};

export class Chooser {
  // fieldset: shown while there is something to choose from. list: where it stands. words: Words.
  constructor(fieldset, list, words) {
    Object.assign(this, { fieldset, list, words, chosen: "", entries: new Map() });
    list.addEventListener("change", () => { this.chosen = this.picked()?.value ?? ""; });
  }

  clear() {
    this.entries.clear();
    this.list.replaceChildren();
    this.fieldset.hidden = true;
  }

  get count() {
    return this.entries.size;
  }

  get usable() {
    return [...this.entries.values()].filter(({ input }) => !input.disabled);
  }

  picked() {
    return this.list.querySelector("input:checked");
  }

  // The entry that signs, or null; one that is alone need not be picked by hand.
  choice() {
    if (!this.picked() && this.usable.length === 1) this.usable[0].input.click();
    return this.entries.get(this.picked()?.value) ?? null;
  }

  focus() {
    (this.picked() ?? this.usable[0]?.input)?.focus();
  }

  // Adds what one back end found, a group a token, and picks again what was picked before.
  add(backend, certificates) {
    const groups = new Map();
    for (const one of certificates) {
      const key = one.token.serial || one.token.label;
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    for (const group of groups.values()) this.group(backend, group);
    this.fieldset.hidden = false;
  }

  group(backend, certificates) {
    const { label, left } = certificates[0].token;
    const id = `signer-group-${this.list.children.length}`;
    const heading = made("p", "signer__token", this.words.say(`group_${backend.name}`, { label: label || this.words.plain("unlabelled") }));
    heading.id = id;
    const tries = document.createElement("span");
    heading.append(tries);
    this.tell(tries, left);
    const place = made("div", "signer__group", heading);
    place.setAttribute("role", "group");
    place.setAttribute("aria-labelledby", id);
    const seen = certificates.map((one) => ({ ...one, facts: read(one.certificate) }));
    const order = ({ facts, token }) => (this.unusable(facts, token) ? 0 : facts?.until.getTime() ?? 1);
    for (const one of seen.sort((a, b) => order(b) - order(a))) place.append(this.item(backend, one, tries));
    this.list.append(place);
  }

  // How many tries of the PIN are left, once they are few.
  tell(tries, left) {
    const few = Number.isInteger(left) && left > 0 && left <= 3 ? left : null;
    tries.replaceChildren(this.words.say("group_left", { left: few }));
  }

  // A wrong PIN was given to the token of what is picked: so many tries it has now.
  triesLeft(left) {
    const entry = this.entries.get(this.picked()?.value);
    if (entry) this.tell(entry.tries, left);
  }

  unusable(facts, token) {
    const now = Date.now();
    if (token.locked) return "locked";
    if (facts && facts.until.getTime() < now) return "late";
    if (facts && facts.from.getTime() > now) return "early";
    return "";
  }

  item(backend, { thumbprint, token, facts }, tries) {
    const value = `${backend.name} ${thumbprint}`;
    const id = `signer-certificate-${this.entries.size}`;
    const why = this.unusable(facts, token);
    const input = made("input", "govuk-radios__input");
    Object.assign(input, { type: "radio", name: "signer-certificate", id, value, disabled: Boolean(why) });
    input.setAttribute("form", ""); // of the page, not of what is sent
    const label = made("label", "govuk-label govuk-radios__label", this.words.say("certificate", {
      owner: facts?.owner || this.words.plain("unnamed"),
      organisation: facts?.organisation,
      issuer: facts?.issuer || "—",
      until: why === "late" ? null : facts?.until,
    }));
    label.htmlFor = id;
    if (why) label.append(made("strong", "signer__why", this.words.say(UNUSABLE[why], { until: facts?.until, from: facts?.from })));
    this.entries.set(value, { backend, thumbprint, input, tries });
    if (!why && value === this.chosen) input.checked = true;
    return made("div", "govuk-radios__item signer__certificate", input, label);
  }
}
