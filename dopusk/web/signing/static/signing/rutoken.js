// Back end: «Рутокен Плагин». Written by the vendor's public description and tried against a scripted stand-in only
// (tests/signer/test_vendors.py): never against the program itself.
// The vendor's rutoken-plugin.min.js is not ours to ship: the operator puts it on this site and names it.
// This plug-in has no window for the PIN: the page asks, hands it over once and forgets it.
import { SignerError, bare, loaded, within } from "./refusals.js";

const READY_MS = 6_000;
const LIST_MS = 20_000;
const SIGN_MS = 60_000;

const CODES = {
  PIN_INCORRECT: "WRONG_PIN",
  PIN_INVALID: "WRONG_PIN",
  PIN_LENGTH_INVALID: "WRONG_PIN",
  PIN_LOCKED: "LOCKED",
  DEVICE_NOT_FOUND: "UNPLUGGED",
  TOKEN_NOT_PRESENT: "UNPLUGGED",
  TOKEN_INVALID: "UNPLUGGED",
  SESSION_INVALID: "UNPLUGGED",
  SESSION_CLOSED: "UNPLUGGED",
  SLOT_ID_INVALID: "UNPLUGGED",
  CERTIFICATE_NOT_FOUND: "NO_CERT",
  KEY_NOT_FOUND: "NO_KEY",
  FUNCTION_REJECTED: "CANCELLED",
  PKCS11_CANCEL: "CANCELLED",
  DEVICE_ERROR: "TOKEN_FAULT",
  FUNCTION_FAILED: "TOKEN_FAULT",
  UNSUPPORTED_BY_TOKEN: "TOKEN_FAULT",
};

// url: of the vendor's script on this site; empty when the operator has none.
export const rutoken = (url) => {
  let loading = null;
  let plugin = null;

  const load = async () => {
    if (!globalThis.rutoken && url) {
      loading ??= loaded(url);
      await loading;
    }
    const found = globalThis.rutoken;
    if (!found) throw new SignerError("NO_PLUGIN");
    await found.ready;
    if (!await found.isExtensionInstalled()) throw new SignerError("NO_PLUGIN", { detail: "extension" });
    if (!await found.isPluginInstalled()) throw new SignerError("NO_PLUGIN", { detail: "plugin" });
    plugin ??= await found.loadPlugin();
    return plugin;
  };

  const ready = () => within(READY_MS, "NO_PLUGIN", load()).catch((error) => {
    throw new SignerError("NO_PLUGIN", { detail: error?.detail ?? error?.message ?? "" });
  });

  // The plug-in's errors carry a number as their message; its own table names the numbers.
  const nameOf = (error) => {
    const number = Number.parseInt(error?.message ?? error, 10);
    const codes = plugin?.errorCodes ?? {};
    return Object.keys(codes).find((name) => Number(codes[name]) === number) ?? "";
  };

  const refused = (error, left = null) => {
    if (error instanceof SignerError) return error;
    const name = nameOf(error);
    const detail = name || String(error?.message ?? error ?? "").slice(0, 200);
    return new SignerError(CODES[name] ?? "OTHER", { left, detail });
  };

  // Tries of the PIN left on a device, if it says so.
  const triesLeft = async (device) => {
    try {
      const pins = await plugin.getDeviceInfo(device, plugin.TOKEN_INFO_PINS_INFO);
      const left = Number.parseInt(pins?.retriesLeft ?? pins, 10);
      return Number.isNaN(left) ? null : left;
    } catch {
      return null;
    }
  };

  const info = async (device, what) => {
    try {
      return String(await plugin.getDeviceInfo(device, what) ?? "");
    } catch {
      return "";
    }
  };

  const listed = async () => {
    const devices = await plugin.enumerateDevices();
    if (!devices?.length) throw new SignerError("NO_TOKEN");
    const found = [];
    for (const device of devices) {
      const left = await triesLeft(device);
      const token = {
        label: await info(device, plugin.TOKEN_INFO_LABEL),
        serial: await info(device, plugin.TOKEN_INFO_SERIAL),
        left,
        locked: left === 0,
      };
      for (const name of await plugin.enumerateCertificates(device, plugin.CERT_CATEGORY_USER)) {
        const certificate = bare(await plugin.getCertificate(device, name));
        found.push({ thumbprint: `${token.serial || device}/${name}`, certificate, token, device, name });
      }
    }
    if (!found.length) throw new SignerError("NO_CERT");
    return found;
  };

  const login = async (device, pin) => {
    try {
      await plugin.login(device, pin);
    } catch (error) {
      if (nameOf(error) !== "ALREADY_LOGGED_IN") throw error;
      await plugin.logout(device); // another page's session: this signature is asked for by itself
      await plugin.login(device, pin);
    }
  };

  const signed = async (content, thumbprint, pin) => {
    let chosen;
    try {
      // numbers of devices change when tokens come and go, so the certificate is looked up again
      chosen = (await listed()).find((one) => one.thumbprint === thumbprint);
    } catch (error) {
      throw error.code === "NO_TOKEN" ? new SignerError("UNPLUGGED") : refused(error);
    }
    if (!chosen) throw new SignerError("UNPLUGGED");
    const { device, name } = chosen;
    try {
      await login(device, pin);
    } catch (error) {
      throw refused(error, await triesLeft(device));
    }
    try {
      return await plugin.sign(device, name, content, plugin.DATA_FORMAT_BASE64 ?? true, {
        detached: true,
        addUserCertificate: true,
        addSignTime: true,
        addEssCert: true, // the signing certificate's digest among what is signed: CAdES-BES
      });
    } catch (error) {
      throw refused(error);
    } finally {
      try { await plugin.logout(device); } catch { /* unplugged: nothing to log out of */ }
    }
  };

  return {
    name: "rutoken",
    asksPin: true,

    async available() {
      try {
        await ready();
        return true;
      } catch {
        return false;
      }
    },

    async listCertificates() {
      await ready();
      try {
        const found = await within(LIST_MS, "TIMEOUT", listed());
        return found.map(({ thumbprint, certificate, token }) => ({ thumbprint, certificate, token }));
      } catch (error) {
        throw refused(error);
      }
    },

    // pin: what the person typed; used for one login, kept nowhere.
    async sign(content, thumbprint, { pin = "" } = {}) {
      if (!pin) throw new SignerError("PIN_EMPTY");
      await ready();
      return bare(await within(SIGN_MS, "TIMEOUT", signed(content, thumbprint, pin)));
    },
  };
};
