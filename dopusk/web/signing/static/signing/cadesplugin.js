// Back end: «КриптоПро ЭЦП Browser plug-in». Written by the vendor's public description and tried against a scripted
// stand-in only (tests/journeys/test_signer_vendors.py): never against the program itself.
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

  // Does `work(plugin, certificates)` with the person's own store open, and closes it whatever comes.
  const inStore = async (work) => {
    await ready();
    const found = globalThis.cadesplugin;
    try {
      const store = await found.CreateObjectAsync("CAdESCOM.Store");
      await store.Open(
        found.CAPICOM_CURRENT_USER_STORE ?? CURRENT_USER_STORE,
        found.CAPICOM_MY_STORE ?? STORE_MY,
        found.CAPICOM_STORE_OPEN_READ_ONLY ?? OPEN_READ_ONLY,
      );
      try {
        return await work(found, await store.Certificates);
      } finally {
        await store.Close();
      }
    } catch (error) {
      throw refused(found, error);
    }
  };

  const each = async (certificates, see) => {
    const count = await certificates.Count;
    for (let place = 1; place <= count; place += 1) {
      const certificate = await certificates.Item(place);
      if (await certificate.HasPrivateKey() && await see(certificate)) return;
    }
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
      const found = [];
      await within(LIST_MS, "TIMEOUT", inStore((_, certificates) => each(certificates, async (certificate) => {
        found.push({
          thumbprint: String(await certificate.Thumbprint),
          certificate: bare(await certificate.Export(ENCODE_BASE64)),
          token: { label: "", serial: "", left: null, locked: false },
        });
      })));
      if (!found.length) throw new SignerError("NO_CERT");
      return found;
    },

    async sign(content, thumbprint) {
      const signature = await within(SIGN_MS, "TIMEOUT", inStore(async (plug, certificates) => {
        let chosen = null;
        await each(certificates, async (certificate) => {
          if (String(await certificate.Thumbprint) === thumbprint) chosen = certificate;
          return chosen;
        });
        if (!chosen) throw new SignerError("NO_CERT");
        const signer = await plug.CreateObjectAsync("CAdESCOM.CPSigner");
        await signer.propset_Certificate(chosen);
        await signer.propset_Options(plug.CAPICOM_CERTIFICATE_INCLUDE_CHAIN_EXCEPT_ROOT ?? CHAIN_EXCEPT_ROOT);
        const data = await plug.CreateObjectAsync("CAdESCOM.CadesSignedData");
        // the encoding first: content set before it is taken for text and signed as UTF-16
        await data.propset_ContentEncoding(plug.CADESCOM_BASE64_TO_BINARY ?? BASE64_TO_BINARY);
        await data.propset_Content(content);
        return data.SignCades(signer, plug.CADESCOM_CADES_BES ?? CADES_BES, true);
      }));
      return bare(signature);
    },
  };
};
