// The draft of the passport form saves itself a second after the last change; files wait for the button.
"use strict";

(() => {
  const PAUSE = 1200;
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const status = form.querySelector("[data-draft-status]");
  let timer = 0;
  let stopped = false;

  const say = (text) => {
    if (status && status.textContent !== text) status.textContent = text;
  };

  const save = async () => {
    if (stopped) return;
    const fields = new FormData(form);
    for (const [name, value] of [...fields.entries()]) if (value instanceof File) fields.delete(name);
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: fields,
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (answer.ok) say(`${status?.dataset.saved ?? ""} ${(await answer.json()).at ?? ""}`);
      else stopped = true;
    } catch {
      say(status?.dataset.offline ?? "");
    }
  };

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => {
    stopped = true;
    window.clearTimeout(timer);
  });
})();
