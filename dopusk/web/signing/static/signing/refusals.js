// What a signer says when it does not sign, and how long it is waited for.

// code: one of the codes that templates/signing/parts/messages.html explains. left: tries of the PIN, if known.
// detail: the vendor's own number or words, for support; never a secret.
export class SignerError extends Error {
  constructor(code, { left = null, detail = "" } = {}) {
    super(code);
    this.name = "SignerError";
    this.code = code;
    this.left = Number.isInteger(left) && left >= 0 ? left : null;
    this.detail = String(detail);
  }
}

// The outcome of `work`, or SignerError(code) when `ms` have passed; what comes later is nobody's.
export const within = (ms, code, work) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new SignerError(code)), ms);
  Promise.resolve(work).then(resolve, reject).finally(() => clearTimeout(timer));
});

// Loads a vendor's script from this very site, as the Content-Security-Policy wants it; true when it ran.
export const loaded = (url) => new Promise((resolve) => {
  const script = document.createElement("script");
  script.src = url;
  script.addEventListener("load", () => resolve(true));
  script.addEventListener("error", () => resolve(false));
  document.head.append(script);
});

// DER in base64 without its PEM lines and breaks.
export const bare = (text) => String(text).replace(/-----(BEGIN|END) [A-Z0-9 ]+-----/g, "").replace(/\s+/g, "");
