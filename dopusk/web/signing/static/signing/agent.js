// Back end: our own agent, a browser extension with a program behind it (dopusk/agent). The program asks for the PIN
// in its own window; the page never sees it.
import { SignerError, bare, within } from "./refusals.js";

const VERSION = 1;
const HELLO_MS = 4_000;
const LIST_MS = 20_000;
const SIGN_MS = 5 * 60_000;

const CODES = new Set([
  "NO_HOST", "NO_TOKEN", "NO_CERT", "WRONG_PIN", "LOCKED", "CANCELLED", "UNPLUGGED", "ORIGIN_REFUSED", "OTHER_ORIGIN",
  "CONTENT_REFUSED", "NO_PROMPT", "BUSY", "TIMEOUT", "TOKEN_FAULT", "SETTINGS",
]);

// id: of the extension, as the page was told.
export const agent = (id) => {
  const ask = (ms, message) => within(ms, "TIMEOUT", new Promise((resolve, reject) => {
    const runtime = globalThis.chrome?.runtime;
    if (!id || typeof runtime?.sendMessage !== "function") {
      reject(new SignerError("NO_PLUGIN"));
      return;
    }
    try {
      runtime.sendMessage(id, { v: VERSION, ...message }, (answer) => {
        const failed = runtime.lastError; // must be read, or the browser complains
        if (failed || !answer) reject(new SignerError("NO_PLUGIN"));
        else resolve(answer);
      });
    } catch {
      reject(new SignerError("NO_PLUGIN")); // an id that is none
    }
  }));

  const accepted = (answer) => {
    if (answer.ok === true) return answer;
    const { code, left, detail } = answer;
    if (code === "NO_HOST") throw new SignerError(code); // its detail is the browser's own English
    if (CODES.has(code)) throw new SignerError(code, { left, detail: detail ?? "" });
    throw new SignerError("OTHER", { detail: code ?? "" });
  };

  return {
    name: "agent",
    asksPin: false,

    // True when the extension answers, even if the program behind it does not: listing says that then.
    async available() {
      try {
        await ask(HELLO_MS, { do: "hello" });
        return true;
      } catch (error) {
        if (error.code === "NO_PLUGIN" || error.code === "TIMEOUT") return false;
        throw error;
      }
    },

    async listCertificates() {
      const { certificates = [], tokens = [] } = accepted(await ask(LIST_MS, { do: "list" }));
      if (!certificates.length) throw new SignerError(tokens.length ? "NO_CERT" : "NO_TOKEN");
      return certificates.map(({ thumbprint, certificate, token = {} }) => ({
        thumbprint,
        certificate: bare(certificate),
        token: {
          label: token.label ?? "",
          serial: token.serial ?? "",
          left: token.tries_left ?? null,
          locked: token.locked === true,
        },
      }));
    },

    async sign(content, thumbprint) {
      addEventListener("pagehide", this.cancel);
      try {
        const { signature } = accepted(await ask(SIGN_MS, { do: "sign", content, thumbprint }));
        if (!signature) throw new SignerError("OTHER", { detail: "no signature" });
        return bare(signature);
      } finally {
        removeEventListener("pagehide", this.cancel);
      }
    },

    // Takes the PIN window away; whether that succeeds makes no difference here.
    cancel() {
      ask(HELLO_MS, { do: "cancel" }).catch(() => {});
    },
  };
};
