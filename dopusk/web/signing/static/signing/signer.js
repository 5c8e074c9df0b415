// One Signer over several programs. Each back end:
//   name             "agent", "cadesplugin" or "rutoken"
//   asksPin          true when the page itself must ask for the PIN
//   available()      whether the program answers in this browser; soon, and without asking the person anything
//   listCertificates()  [{thumbprint, certificate: base64 DER, token: {label, serial, left, locked}}], never empty
//   sign(content, thumbprint, {pin})  content in base64 → a detached CMS, DER in base64
//   cancel()         if it can: takes the program's window away while `sign` waits
// The two before it refuse with SignerError(code, {left, detail}). A thumbprint means something to its own back end only.
// Whoever has none of the programs signs a downloaded file with any other and uploads the signature: without scripts.
import { agent } from "./agent.js";
import { cadesplugin } from "./cadesplugin.js";
import { rutoken } from "./rutoken.js";

export { SignerError } from "./refusals.js";

// agentId: of our extension. cadespluginUrl, rutokenUrl: the vendors' scripts on this site, or "".
export const backends = async ({ agentId = "", cadespluginUrl = "", rutokenUrl = "" } = {}) => [
  agent(agentId),
  cadesplugin(cadespluginUrl),
  rutoken(rutokenUrl),
];
