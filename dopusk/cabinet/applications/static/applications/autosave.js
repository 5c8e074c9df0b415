// Drafts that save themselves. A form marked data-autosave sends its fields (never its files) a second after
// the last change; without this script the button does the same.
"use strict";

(() => {
  const PAUSE = 1200;

  for (const form of document.querySelectorAll("form[data-autosave]")) watch(form);

  function watch(form) {
    const status = form.querySelector("[data-autosave-status]");
    let timer = 0;
    let running = false;
    let again = false;
    let stopped = false;

    const say = (text) => {
      if (status && status.textContent !== text) status.textContent = text;
    };

    const fields = () => {
      const data = new FormData(form);
      for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
      return data;
    };

    const save = async () => {
      if (stopped) return;
      if (running) {
        again = true;
        return;
      }
      running = true;
      say(status?.dataset.saving ?? "");
      try {
        const answer = await fetch(form.getAttribute("action") || location.href, {
          method: "POST",
          body: fields(),
          headers: { Accept: "application/json" },
          redirect: "error",
        });
        const body = await answer.json();
        if (answer.ok) {
          if (body.seen) form.elements.seen.value = body.seen;
          say(`${status?.dataset.saved ?? ""} ${body.at ?? ""}`);
          if (!again && !hasFiles()) form.dispatchEvent(new CustomEvent("dopusk:saved", { bubbles: true }));
        } else if (answer.status === 401 || answer.status === 403) {
          stopped = true;
          say(status?.dataset.signedOut ?? "");
        } else {
          stopped = answer.status === 409;
          say(body.words ?? status?.dataset.offline ?? "");
        }
      } catch {
        say(status?.dataset.offline ?? "");
        timer = window.setTimeout(save, 10000);
      } finally {
        running = false;
        if (again) {
          again = false;
          later();
        }
      }
    };

    const hasFiles = () => [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);

    const later = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, PAUSE);
    };

    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", () => window.clearTimeout(timer));
  }
})();
