// Passkeys in the browser: making one, signing in by one. The words of every failure are on the page.
"use strict";

(() => {
  const TIMEOUT = 5 * 60 * 1000;
  const able = Boolean(window.PublicKeyCredential && navigator.credentials);
  let waiting = null; // the quiet request behind the field's own suggestions

  const toBytes = (text) => {
    const padded = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(padded), (one) => one.charCodeAt(0));
  };
  const toText = (buffer) => {
    let bytes = "";
    for (const one of new Uint8Array(buffer)) bytes += String.fromCharCode(one);
    return btoa(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const described = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  class Refusal extends Error {
    constructor(code) {
      super(code);
      this.code = code;
    }
  }

  // What a DOMException means to a person.
  const codeOf = (error, began) => {
    if (error instanceof Refusal) return error.code;
    switch (error && error.name) {
      case "NotAllowedError": return Date.now() - began > TIMEOUT - 2000 ? "timeout" : "cancelled";
      case "InvalidStateError": return "already_registered";
      case "NotSupportedError": case "ConstraintError": case "NotReadableError": return "no_authenticator";
      case "SecurityError": return "wrong_address";
      case "AbortError": return "";
      default: return "other";
    }
  };

  const post = async (url, body) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    let response;
    try {
      response = await fetch(url, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token ? token.value : "" },
        body: JSON.stringify(body || {}),
      });
    } catch {
      throw new Refusal("offline");
    }
    if (response.redirected) throw new Refusal("proof_needed");
    let answer = {};
    try { answer = await response.json(); } catch { /* not ours: the status speaks */ }
    if (!response.ok) throw new Refusal(response.status === 403 ? "stale_page" : answer.code || "other");
    return answer;
  };

  const said = (place, code) => {
    const box = place.querySelector("[data-passkey-problem]");
    if (!box) return;
    box.hidden = !code;
    box.dataset.code = code;
    box.textContent = "";
    if (!code) return;
    const same = { challenge_expired: "timeout", challenge_unknown: "timeout", origin_mismatch: "wrong_address" };
    const words = place.querySelector(`[data-word="${same[code] || code}"]`) || place.querySelector('[data-word="other"]');
    const line = document.createElement("p");
    line.className = "dk-notice__body";
    line.textContent = words ? words.textContent : code;
    box.append(line);
    box.focus();
  };

  const shown = (credential, fields) => {
    const response = {};
    for (const field of fields) {
      if (credential.response[field]) response[field] = toText(credential.response[field]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response };
  };

  const busy = (place, on) => {
    for (const button of place.querySelectorAll("button")) button.disabled = on;
  };

  const attempt = async (place, work) => {
    const began = Date.now();
    said(place, "");
    busy(place, true);
    try {
      const answer = await work();
      window.location.assign(answer.next || place.dataset.next || "/");
    } catch (error) {
      const code = codeOf(error, began);
      if (code === "proof_needed") window.location.reload();
      else said(place, code);
      busy(place, false);
    }
  };

  const make = async (form) => {
    const begun = await post(form.dataset.optionsUrl);
    const asked = begun.publicKey;
    const credential = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: toBytes(asked.challenge),
        user: { ...asked.user, id: toBytes(asked.user.id) },
        excludeCredentials: described(asked.excludeCredentials),
      },
    });
    const name = form.querySelector("[name=name]").value;
    const made = shown(credential, ["clientDataJSON", "attestationObject"]);
    return post(form.dataset.finishUrl, { ceremony: begun.ceremony, name, next: form.dataset.next, credential: made });
  };

  const show = async (place, options) => {
    const begun = await post(place.dataset.optionsUrl, { next: place.dataset.next });
    const asked = begun.publicKey;
    if (options.signal && options.signal.aborted) throw new DOMException("the button was pressed", "AbortError");
    const credential = await navigator.credentials.get({
      ...options,
      publicKey: { ...asked, challenge: toBytes(asked.challenge), allowCredentials: described(asked.allowCredentials) },
    });
    const made = shown(credential, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
    return post(place.dataset.finishUrl, { ceremony: begun.ceremony, next: place.dataset.next, credential: made });
  };

  // Passkeys among the suggestions of the field for the name, where the browser can.
  const suggest = async (place) => {
    const field = document.querySelector("input[autocomplete~=username]");
    const can = window.PublicKeyCredential.isConditionalMediationAvailable;
    const { signal } = waiting = new AbortController(); // pressing the button ends it, however far it has come
    if (!field || !can || !(await can.call(window.PublicKeyCredential)) || signal.aborted) return;
    field.setAttribute("autocomplete", "username webauthn");
    const began = Date.now();
    try {
      const answer = await show(place, { mediation: "conditional", signal });
      window.location.assign(answer.next || place.dataset.next || "/");
    } catch (error) {
      if (error instanceof Refusal && error.code !== "offline") said(place, codeOf(error, began));
    }
  };

  for (const form of document.querySelectorAll("[data-passkey-register]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (able) attempt(form, () => make(form));
      else said(form, "unsupported");
    });
  }

  for (const place of document.querySelectorAll("[data-passkey-signin]")) {
    if (!able) continue; // other ways to sign in stand beside it
    place.hidden = false;
    place.querySelector("[data-passkey-button]").addEventListener("click", () => {
      if (waiting) waiting.abort();
      waiting = null;
      attempt(place, () => show(place, {}));
    });
    if ("autofill" in place.dataset) suggest(place);
  }
})();
