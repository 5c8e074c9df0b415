// The wait for another code, second by second; without scripts the page names the time, and the server keeps it.
"use strict";

for (const form of document.querySelectorAll("form[data-again-in]")) {
  const at = Date.now() + 1000 * Number(form.dataset.againIn);
  const wait = form.querySelector("[data-again-wait]");
  const words = form.querySelector("[data-again-words]");
  const button = form.querySelector("button");
  const tick = () => {
    const left = Math.ceil((at - Date.now()) / 1000);
    wait.textContent = left > 0 ? words.dataset.againWords.replace("{n}", left) : words.dataset.againNow;
    button.disabled = left > 0; // too soon, the server would answer with a warning and send nothing
    if (left > 0) window.setTimeout(tick, 1000);
  };
  if (at && wait && words && button) tick();
}
