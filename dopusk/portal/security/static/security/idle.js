// An idle person is asked whether she is still here before her session ends, and what she typed is not lost.
// Typed text waits in this tab's own storage, for the same person at the same address; never passwords, codes or files.
"use strict";

(() => {
  const dialog = document.getElementById("idle");
  const KEPT = "dopusk.kept", SEEN = "dopusk.seen", GREETED_EVERY = 120000;
  const own = (name) => { try { return window[name]; } catch { return null; } };
  const tab = own("sessionStorage"), shared = own("localStorage");
  const here = location.pathname + location.search;

  const SECRET = /password|one-time-code/;
  const keeps = (field) => field.name && !field.disabled && !field.readOnly
    && !["password", "file", "hidden", "submit", "button", "reset", "image"].includes(field.type)
    && !SECRET.test(field.autocomplete) && !field.closest("[data-secret]") && field.name !== "csrfmiddlewaretoken";
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";

  const keep = () => {
    const fields = [...document.querySelectorAll("main input, main textarea, main select")].filter(keeps)
      .filter((field) => ticks(field) ? field.checked !== field.defaultChecked
        : field.tagName === "SELECT" ? true : field.value !== field.defaultValue)
      .map((field) => ({
        form: field.form ? field.form.getAttribute("action") || "" : "", name: field.name, value: field.value,
        checked: ticks(field) ? field.checked : null,
      }));
    if (fields.some((one) => one.checked !== null || one.value) && tab) {
      tab.setItem(KEPT, JSON.stringify({ owner: dialog.dataset.owner, here, at: Date.now(), fields }));
    }
  };

  const restore = () => {
    const kept = JSON.parse((tab && tab.getItem(KEPT)) || "null");
    if (!kept) return;
    if (kept.owner !== dialog.dataset.owner || Date.now() - kept.at > 12 * 3600000) { tab.removeItem(KEPT); return; }
    if (kept.here !== here) return;
    tab.removeItem(KEPT);
    let back = 0;
    for (const one of kept.fields) {
      for (const field of document.getElementsByName(one.name)) {
        const form = field.form ? field.form.getAttribute("action") || "" : "";
        if (!keeps(field) || form !== one.form || (ticks(field) && field.value !== one.value)) continue;
        if (ticks(field)) field.checked = one.checked; else field.value = one.value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        back += 1;
      }
    }
    const note = document.getElementById("idle-restored");
    if (back && note) {
      document.getElementById("main").prepend(note);
      note.hidden = false;
      const announcer = document.getElementById("announcer");
      if (announcer) announcer.textContent = note.textContent.trim();
    }
  };

  if (!dialog || !dialog.showModal) return;
  restore();
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[action='/signout/']") && tab) tab.removeItem(KEPT);
  });

  let warnAt = 0, endAt = 0, greeted = Date.now(), over = false;
  const left = document.getElementById("idle-left");
  const set = (times) => {
    warnAt = Date.now() + 1000 * times.warning_in;
    endAt = Date.now() + 1000 * times.end_in;
  };
  set({ warning_in: Number(dialog.dataset.warningIn), end_in: Number(dialog.dataset.endIn) });
  const tell = () => { try { shared.setItem(SEEN, String(Date.now())); } catch { /* a tab alone */ } };
  tell();

  const leave = () => {
    if (over) return;
    over = true;
    keep();
    location.assign("/signin/?next=" + encodeURIComponent(here));
  };

  const stay = async () => {
    greeted = Date.now();
    try {
      const answer = await fetch("/sessions/stay/", {
        method: "POST", headers: { "X-CSRFToken": dialog.querySelector("[name=csrfmiddlewaretoken]").value },
      });
      if (answer.status === 401) { leave(); return; }
      if (answer.ok) { set(await answer.json()); tell(); }
    } catch { /* no line now: the clock goes on, and the next try tells */ }
    if (Date.now() < warnAt && dialog.open) dialog.close();
  };

  const say = () => {
    const seconds = Math.max(0, Math.ceil((endAt - Date.now()) / 1000));
    const minutes = Math.floor(seconds / 60);
    left.textContent = minutes ? left.dataset.minutes.replace("{m}", minutes).replace("{s}", seconds % 60)
      : left.dataset.seconds.replace("{s}", seconds);
  };

  window.setInterval(() => {
    const now = Date.now();
    if (now >= endAt) leave();
    else if (now >= warnAt) { if (!dialog.open) dialog.showModal(); say(); }
  }, 1000);

  // Work in this tab keeps the session; work in another tab is told through the shared storage.
  for (const kind of ["keydown", "pointerdown", "input", "wheel", "touchmove"]) {
    document.addEventListener(kind, () => {
      if (!dialog.open && !over && Date.now() - greeted > Math.min(GREETED_EVERY, (warnAt - greeted) / 3)) stay();
    }, { passive: true, capture: true });
  }
  window.addEventListener("storage", (event) => { if (event.key === SEEN && Date.now() - greeted > 5000) stay(); });

  // She may have signed out elsewhere meanwhile: a page that comes to sight again asks, and does not stay open.
  const seen = () => {
    const idle = dialog.open || Date.now() >= warnAt; // then the question stands, and its time runs out
    if (document.visibilityState === "visible" && !over && !idle && Date.now() - greeted > 5000) stay();
  };
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("focus", seen);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { greeted = 0; seen(); } });

  dialog.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  document.getElementById("idle-stay").addEventListener("click", (event) => { event.preventDefault(); stay(); });

  // A form sent after the end, from a machine that slept: first sign in, then what was typed is there again.
  document.addEventListener("submit", (event) => {
    if (Date.now() >= endAt && event.target.method === "post") { event.preventDefault(); leave(); }
  }, { capture: true });
})();
