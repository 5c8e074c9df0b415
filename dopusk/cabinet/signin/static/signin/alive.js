// Who signs out elsewhere leaves no data on the pages she had open: each asks whether its person is still in.
// What is typed stays in the covered page: it is there again when the same person has signed in in another tab.
"use strict";

(() => {
  const PAUSES = [5000, 10000, 60000]; // after a page comes to sight; the portal's word takes a few seconds
  const template = document.getElementById("cover");
  const page = document.querySelector(".dk-page");
  if (!template || !page) return;
  const root = document.documentElement;
  const title = document.title;
  let asked = Date.now(), asking = false, step = PAUSES.length - 1, timer = 0, focused = null, cover = null;

  const hide = (code) => {
    const first = !cover;
    if (first) {
      focused = document.activeElement;
      cover = template.content.firstElementChild.cloneNode(true);
      page.before(cover);
      cover.querySelector("a").addEventListener("click", signIn);
    }
    root.classList.add("dk-covered");
    for (const part of cover.querySelectorAll("[data-code]")) part.hidden = !part.dataset.code.split(" ").includes(code);
    cover.dataset.reason = code;
    cover.querySelector("a").search = new URLSearchParams({ next: location.pathname + location.search });
    document.title = cover.dataset.title;
    if (first) cover.querySelector("h1").focus();
  };

  const show = () => {
    root.classList.remove("dk-covered");
    if (!cover) return;
    cover.remove();
    cover = null;
    document.title = title;
    if (focused && focused.isConnected) focused.focus({ preventScroll: true });
  };

  const ask = async () => {
    if (asking) return;
    asking = true;
    asked = Date.now();
    try {
      const answer = await fetch(template.dataset.aliveUrl, { cache: "no-store", redirect: "error" });
      if (answer.status === 401) hide((await answer.json()).code);
      else if (answer.status === 204 || !cover) show();
    } catch {
      if (!cover) show(); // no line: nothing is known, the next time tells
    } finally {
      asking = false;
      later(PAUSES[Math.min(step++, PAUSES.length - 1)]);
    }
  };

  const later = (pause) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { if (document.visibilityState === "visible") ask(); }, pause);
  };

  const seen = () => {
    if (document.visibilityState !== "visible") return;
    step = 0;
    later(Math.max(0, asked + PAUSES[0] - Date.now()));
  };

  document.addEventListener("visibilitychange", seen);
  window.addEventListener("focus", seen);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    root.classList.add("dk-covered"); // nothing of an old page is seen before the answer
    ask();
  });
  later(PAUSES[step]);

  // To sign in from here what was typed is sent: without a session nothing is done with it, it is kept and comes back.
  const typed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post" && page.contains(form)) typed.add(form);
  });
  document.addEventListener("dopusk:saved", (event) => typed.delete(event.target));

  function signIn(event) {
    const forms = [...typed].filter((form) => form.isConnected);
    cover.querySelector("a").target = forms.length > 1 ? "_blank" : ""; // more than one form: this page waits
    if (cover.dataset.reason === "other" || forms.length !== 1) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    forms[0].noValidate = true;
    forms[0].requestSubmit();
  }
})();
