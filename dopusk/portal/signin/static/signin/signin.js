// Beside a password field: Caps Lock, the keyboard's layout, stray spaces. Nothing of it leaves the page.
"use strict";

(() => {
  const words = document.querySelector("[data-keyboard-words]");
  const place = document.querySelector("[data-keyboard-said]");
  const field = document.querySelector("input[autocomplete~=current-password], input[autocomplete~=new-password]");
  if (!words || !place || !field) return;
  const fresh = field.autocomplete.includes("new-password");
  let caps = false;

  const word = (name) => words.querySelector(`[data-word="${name}"]`).textContent;
  const tell = () => {
    const typed = field.value;
    const said = [];
    const cyrillic = /[\u0400-\u04FF]/.test(typed);
    const latin = /[A-Za-z]/.test(typed);
    if (caps) said.push(word("caps"));
    if (cyrillic && latin) said.push(word("mixed"));
    else if (cyrillic && !fresh) said.push(word("cyrillic"));
    if (typed && typed !== typed.trim()) said.push(word("spaces"));
    const text = said.join(" ");
    if (place.textContent !== text) place.textContent = text;
  };

  const described = field.getAttribute("aria-describedby");
  field.setAttribute("aria-describedby", described ? `${described} ${place.id}` : place.id);
  for (const kind of ["keydown", "keyup"]) {
    field.addEventListener(kind, (event) => {
      if (event.getModifierState) caps = event.getModifierState("CapsLock");
      tell();
    });
  }
  field.addEventListener("input", tell);
  field.addEventListener("change", tell);
  field.addEventListener("blur", () => { caps = false; tell(); });
})();
