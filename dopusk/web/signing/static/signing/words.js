// The page's words: templates of templates/signing/parts/messages.html, filled with values. None stand in scripts.

export class Words {
  constructor(place) {
    this.templates = new Map();
    for (const one of place.querySelectorAll("template[data-code], template[data-word]")) {
      this.templates.set(one.dataset.code ?? one.dataset.word, one);
    }
    // in words, as the pages write dates: without the «г.» of the locale
    const { lang } = document.documentElement;
    this.dates = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang || "ru", { day: "numeric", month: "long", year: "numeric" });
  }

  has(name) {
    return this.templates.has(name);
  }

  date(moment) {
    const kept = this.dates.formatToParts(moment).filter(({ type }) => type !== "literal");
    return kept.map(({ value }) => value).join(" ");
  }

  // The template's content with its slots filled; parts about a value that is not known are left out.
  say(name, values = {}) {
    const template = this.templates.get(name);
    if (!template) return document.createTextNode(name);
    const said = document.importNode(template.content, true);
    const known = (key) => values[key] !== undefined && values[key] !== null && values[key] !== "";
    for (const part of said.querySelectorAll("[data-if]")) if (!known(part.dataset.if)) part.remove();
    for (const part of said.querySelectorAll("[data-unless]")) if (known(part.dataset.unless)) part.remove();
    for (const slot of said.querySelectorAll("[data-slot]")) {
      const value = values[slot.dataset.slot];
      if (value instanceof Node) slot.replaceChildren(value);
      else slot.textContent = value instanceof Date ? this.date(value) : value ?? "";
    }
    return said;
  }

  plain(name, values) {
    return this.say(name, values).textContent.trim();
  }
}
