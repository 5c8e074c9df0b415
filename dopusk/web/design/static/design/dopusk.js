// What the pages gain where scripts run. Everything works without it.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("js-enabled");

  const say = (words) => {
    const announcer = document.getElementById("announcer");
    if (announcer && words) {
      announcer.textContent = "";
      window.setTimeout(() => { announcer.textContent = words; }, 100);
    }
  };

  // Our own words beside the field, instead of the browser's bubbles.
  const prepare = (scope) => {
    for (const form of scope.querySelectorAll("form")) form.noValidate = true;
    for (const button of scope.querySelectorAll("[data-password-toggle]")) button.hidden = false;
  };

  // Errors: the summary is read first, and its links lead into the field with its label in sight.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      const group = field.closest(".govuk-form-group") || field;
      group.scrollIntoView({ block: "start" });
      field.focus({ preventScroll: true });
    });
  }

  // Many sections of a site fold under one button on narrow screens.
  const fold = document.querySelector(".dk-nav__fold");
  if (fold) {
    fold.hidden = false;
    fold.addEventListener("click", () => {
      const open = fold.parentElement.toggleAttribute("data-open");
      fold.setAttribute("aria-expanded", String(open));
    });
  }

  // Show and hide a password; it is hidden again before it is sent.
  const showPassword = (button, shown) => {
    const field = document.getElementById(button.dataset.passwordToggle);
    if (!field) return;
    field.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.hide : button.dataset.show;
    button.setAttribute("aria-label", shown ? button.dataset.hideLabel : button.dataset.showLabel);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-password-toggle]");
    if (!button) return;
    const field = document.getElementById(button.dataset.passwordToggle);
    showPassword(button, field && field.type === "password");
  });

  // A form marked data-guard asks before what was typed is left behind; "dopusk:saved" on it says all is safe.
  const unsaved = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && "guard" in form.dataset) unsaved.add(form);
  });
  document.addEventListener("dopusk:saved", (event) => unsaved.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size) event.preventDefault();
  });

  // One press, one submission: a second within three seconds is a double click.
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    for (const button of form.querySelectorAll("[data-password-toggle]")) showPassword(button, false);
    const now = Date.now();
    if (form.method === "post" && now - (sent.get(form) || 0) < 3000) {
      event.preventDefault();
      return;
    }
    sent.set(form, now);
    unsaved.delete(form);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) sent.delete(form);
  });

  // Live part of a page: <div id="live" data-live-url data-live-ticket data-live-ticket-url>.
  // The live app says "changed"; the page itself is asked again and its #live takes the place of the old one.
  const live = document.querySelector("#live[data-live-url]");
  if (live && "EventSource" in window) watch(live);

  function watch(part) {
    let source = null;
    let failures = 0;
    let asking = false;
    let again = false;

    const open = (ticket) => {
      const address = new URL(part.dataset.liveUrl, location.href);
      address.searchParams.set("ticket", ticket);
      source = new EventSource(address);
      source.addEventListener("open", () => {
        if (failures) refresh();
        failures = 0;
      });
      source.addEventListener("changed", refresh);
      source.addEventListener("message", refresh);
      source.addEventListener("error", () => {
        source.close();
        failures += 1;
        window.setTimeout(renew, Math.min(60000, 500 * 2 ** failures));
      });
    };

    // A ticket lives a minute, so each new connection begins with a new one.
    const renew = async () => {
      if (!part.dataset.liveTicketUrl) return;
      try {
        const answer = await fetch(part.dataset.liveTicketUrl, {
          headers: { Accept: "application/json" },
          redirect: "error",
        });
        if (answer.status === 401 || answer.status === 403 || answer.status === 404) return;
        if (!answer.ok) throw new Error(String(answer.status));
        open((await answer.json()).ticket);
      } catch {
        failures += 1;
        if (failures < 20) window.setTimeout(renew, Math.min(60000, 500 * 2 ** failures));
      }
    };

    const refresh = async () => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      try {
        const answer = await fetch(location.href, { headers: { "X-Live": "1" }, redirect: "error" });
        if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch {
        // The page stays as it is; the next event or a reload brings the news.
      } finally {
        asking = false;
        if (again) {
          again = false;
          refresh();
        }
      }
    };

    const replace = (page) => {
      const fresh = page.getElementById("live");
      if (!fresh || fresh.textContent === part.textContent) return;
      for (const form of unsaved) if (part.contains(form)) return;
      const focused = part.contains(document.activeElement) ? document.activeElement : null;
      const place = focused && controls(part).indexOf(focused);
      part.replaceChildren(...fresh.childNodes);
      prepare(part);
      if (focused) {
        const same = (focused.id && document.getElementById(focused.id)) || controls(part)[place] || part;
        if (same === part) part.tabIndex = -1;
        same.focus({ preventScroll: true });
      }
      say(document.getElementById("announcer")?.dataset.changed);
      part.dispatchEvent(new CustomEvent("dopusk:changed", { bubbles: true }));
    };

    const controls = (scope) => [...scope.querySelectorAll("a[href], button, input, select, textarea, summary")];

    window.addEventListener("pagehide", () => source && source.close());
    if (part.dataset.liveTicket) open(part.dataset.liveTicket);
    else renew();
  }

  prepare(document);
})();
