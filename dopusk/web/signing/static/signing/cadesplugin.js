// Back end: «КриптоПро ЭЦП Browser plug-in». Written by the vendor's public description and tried against a scripted
// stand-in only (tests/signer/test_vendors.py): never against the program itself.
// The vendor's cadesplugin_api.js is not ours to ship: the operator puts it on this site and names it.
import { SignerError, bare, loaded, within } from "./refusals.js";

const READY_MS = 6_000;
const LIST_MS = 30_000; // the plug-in asks the person whether to trust the site
const SIGN_MS = 5 * 60_000;

// The vendor's numbers, for those the plug-in does not name itself.
const CURRENT_USER_STORE = 2;
const STORE_MY = "My";
const OPEN_READ_ONLY = 0;
const ENCODE_BASE64 = 0;
const BASE64_TO_BINARY = 1;
const CADES_BES = 1;
const CHAIN_EXCEPT_ROOT = 0;

// HRESULTs of Windows' smart-card and cryptography layers, which the plug-in passes on everywhere.
const CODES = {
  "8010006B": "WRONG_PIN", // SCARD_W_WRONG_CHV
  "8010006C": "LOCKED", // SCARD_W_CHV_BLOCKED
  "8010006E": "CANCELLED", // SCARD_W_CANCELLED_BY_USER
  "800704C7": "CANCELLED", // ERROR_CANCELLED
  "000004C7": "CANCELLED",
  80100069: "UNPLUGGED", // SCARD_W_REMOVED_CARD
  80100017: "UNPLUGGED", // SCARD_E_READER_UNAVAILABLE
  "8010000C": "NO_TOKEN", // SCARD_E_NO_SMARTCARD
  "8010002E": "NO_TOKEN", // SCARD_E_NO_READERS_AVAILABLE
  "8010001D": "NO_TOKEN", // SCARD_E_NO_SERVICE
  "8010000A": "TIMEOUT", // SCARD_E_TIMEOUT
  80090016: "NO_KEY", // NTE_BAD_KEYSET
  "8009000D": "NO_KEY", // NTE_NO_KEY
  80090019: "NO_KEY", // NTE_KEYSET_NOT_DEF
  "8009200B": "NO_KEY", // CRYPT_E_NO_KEY_PROPERTY
  80092004: "NO_CERT", // CRYPT_E_NOT_FOUND
  "800B0101": "EXPIRED", // CERT_E_EXPIRED
  "800B0109": "CHAIN", // CERT_E_UNTRUSTEDROOT
  "800B010A": "CHAIN", // CERT_E_CHAINING
  "8007065B": "LICENCE", // ERROR_FUNCTION_FAILED: what the vendor answers without a licence
  80090020: "TOKEN_FAULT", // NTE_FAIL
  "8010002F": "TOKEN_FAULT", // SCARD_E_COMM_DATA_LOST
  "8010001F": "TOKEN_FAULT", // SCARD_E_UNEXPECTED
};

// url: of the vendor's script on this site; empty when the operator has none.
export const cadesplugin = (url) => {
  let loading = null;

  // The plug-in is itself a promise, so nothing here may return it: it would be waited for and gone.
  const load = async () => {
    if (!globalThis.cadesplugin && url) {
      globalThis.cadesplugin_skip_extension_install = true; // our page says what is missing, theirs need not
      globalThis.allow_firefox_cadesplugin_async = true;
      loading ??= loaded(url);
      await loading;
    }
    const found = globalThis.cadesplugin;
    if (!found) throw new SignerError("NO_PLUGIN");
    await found; // a promise with the plug-in's functions on it; refuses when there is no plug-in
    if (typeof found.CreateObjectAsync !== "function") throw new SignerError("NO_PLUGIN");
  };

  const ready = () => within(READY_MS, "NO_PLUGIN", load()).catch((error) => {
    throw new SignerError("NO_PLUGIN", { detail: error?.detail ?? error?.message ?? error ?? "" });
  });

  // What the plug-in's own error means: the last eight digits after 0x in its words, or the number it carries.
  const refused = (found, error) => {
    if (error instanceof SignerError) return error;
    let words = "";
    try { words = String(found.getLastError?.(error) ?? ""); } catch { /* the number speaks */ }
    words ||= String(error?.message ?? error ?? "");
    const number = Number.isInteger(error?.number) ? (error.number >>> 0).toString(16).toUpperCase().padStart(8, "0") : "";
    const digits = words.match(/0x([0-9a-f]{8})/i)?.[1].toUpperCase() ?? number;
    return new SignerError(CODES[digits] ?? "OTHER", { detail: digits ? `0x${digits}` : words.slice(0, 200) });
  };

  // Does `work(certificates)` with a store open, and closes it whatever comes.
  const inStore = async (found, address, work) => {
    const store = await found.CreateObjectAsync("CAdESCOM.Store");
    await store.Open(...address);
    try {
      return await work(await store.Certificates);
    } finally {
      await store.Close();
    }
  };

  // Calls `see(certificate, thumbprint)` for each with a key until it answers something, and answers that: first those
  // in the person's store, then what lies on tokens and was never installed, which old plug-ins do not show.
  const each = async (found, see) => {
    const seen = new Set();
    const look = async (certificates) => {
      const count = await certificates.Count;
      for (let place = 1; place <= count; place += 1) {
        const certificate = await certificates.Item(place);
        const thumbprint = String(await certificate.Thumbprint);
        if (seen.has(thumbprint) || !await certificate.HasPrivateKey()) continue;
        seen.add(thumbprint);
        const answer = await see(certificate, thumbprint);
        if (answer) return answer;
      }
      return null;
    };
    const own = [
      found.CAPICOM_CURRENT_USER_STORE ?? CURRENT_USER_STORE,
      found.CAPICOM_MY_STORE ?? STORE_MY,
      found.CAPICOM_STORE_OPEN_READ_ONLY ?? OPEN_READ_ONLY,
    ];
    const answer = await inStore(found, own, look);
    if (answer || found.CADESCOM_CONTAINER_STORE === undefined) return answer;
    let looked = false;
    try {
      return await inStore(found, [found.CADESCOM_CONTAINER_STORE], (certificates) => {
        looked = true;
        return look(certificates);
      });
    } catch (error) {
      if (looked) throw error;
      return null; // it cannot
    }
  };

  // `work(plugin)` in its time, its errors said in our codes.
  const asked = async (ms, work) => {
    await ready();
    const found = globalThis.cadesplugin;
    try {
      return await within(ms, "TIMEOUT", work(found));
    } catch (error) {
      throw refused(found, error);
    }
  };

  const signed = async (found, certificate, content) => {
    const signer = await found.CreateObjectAsync("CAdESCOM.CPSigner");
    await signer.propset_Certificate(certificate);
    await signer.propset_Options(found.CAPICOM_CERTIFICATE_INCLUDE_CHAIN_EXCEPT_ROOT ?? CHAIN_EXCEPT_ROOT);
    const data = await found.CreateObjectAsync("CAdESCOM.CadesSignedData");
    // the encoding first: content set before it is taken for text and signed as UTF-16
    await data.propset_ContentEncoding(found.CADESCOM_BASE64_TO_BINARY ?? BASE64_TO_BINARY);
    await data.propset_Content(content);
    return data.SignCades(signer, found.CADESCOM_CADES_BES ?? CADES_BES, true);
  };

  return {
    name: "cadesplugin",
    asksPin: false,

    async available() {
      try {
        await ready();
        return true;
      } catch {
        return false;
      }
    },

    async listCertificates() {
      const listed = [];
      await asked(LIST_MS, (found) => each(found, async (certificate, thumbprint) => {
        const der = bare(await certificate.Export(ENCODE_BASE64));
        listed.push({ thumbprint, certificate: der, token: { label: "", serial: "", left: null, locked: false } });
      }));
      if (!listed.length) throw new SignerError("NO_TOKEN");
      return listed;
    },

    async sign(content, thumbprint) {
      const signature = await asked(SIGN_MS, (found) => each(found, async (certificate, its) => (
        its === thumbprint ? signed(found, certificate, content) : null
      )));
      if (!signature) throw new SignerError("UNPLUGGED"); // it was listed, so its token is gone
      return bare(signature);
    },
  };
};
