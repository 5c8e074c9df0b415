"""Stand-ins for what signs beside a browser: our agent's extension, the plug-ins of КриптоПро and Рутокен.

They speak as their makers describe them and hold the page to it: a call out of order or with other arguments fails.
The keys are real, so what they sign is.
"""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.journeys.signer_tokens import PIN, Held, Token, Wrong


@dataclass
class Programs:
    """What stands beside the browser. tokens: in the slots now. asked: every call, oldest first."""

    tokens: list[Token] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    script = ""

    def move_into(self, page: Page) -> None:
        """Into a page that is not open yet."""
        page.expose_binding("standIn", lambda _source, call: self.answer(call))
        if self.script:
            page.add_init_script(self.script)

    def answer(self, call: Any) -> Any:
        """What the program says to one call of the page's."""
        self.asked.append(call)
        return self.said(call)

    def said(self, call: Any) -> Any:
        """No program: nobody calls."""
        raise AssertionError(call)

    def find(self, digest: str, algorithm: str) -> tuple[Token, Held] | None:
        """The token and the key of a certificate."""
        return next(
            (
                (token, held)
                for token in self.tokens
                for held in token.held
                if held.digest(algorithm) == digest
            ),
            None,
        )


class Nothing(Programs):
    """A browser without any program."""


AGENT = """
(() => {
  const runtime = { lastError: undefined, sendMessage(id, message, told) {
    window.standIn({ id, message }).then((answer) => {
      if (answer.hold) { window.release = told; return; }
      if (answer.absent) runtime.lastError = { message: "Could not establish connection." };
      told(answer.absent ? undefined : answer);
      runtime.lastError = undefined;
    });
  } };
  window.chrome = window.chrome || {};
  Object.defineProperty(window.chrome, "runtime", { value: runtime });
})();
"""


@dataclass
class Agent(Programs):
    """The agent's extension. prompts: what the person does with each window for the PIN, then types the right one.

    A prompt: a PIN, "cancel", "unplug", "hold" (never answers), or a refusal as the host words it.
    refuses: what it answers to `list`, instead of the list. absent: not installed (yet).
    """

    prompts: list[Any] = field(default_factory=list)
    refuses: str = ""
    absent: bool = False
    script = AGENT

    @property
    def signings(self) -> list[Any]:
        return [call["message"] for call in self.asked if call["message"]["do"] == "sign"]

    def said(self, call: Any) -> Any:
        message = call["message"]
        assert message["v"] == 1
        if self.absent:
            return {"absent": True}
        if message["do"] == "hello":
            return {"ok": True, "v": 1, "version": "1.0"}
        if message["do"] == "list":
            return {"ok": False, "code": self.refuses} if self.refuses else self.listed()
        if message["do"] == "cancel":
            return {"ok": True}
        assert message["do"] == "sign"
        return self.signed(message)

    def listed(self) -> Any:
        certificates = [
            {
                "thumbprint": held.digest("sha256"),
                "certificate": held.base64,
                "token": {
                    "label": one.label,
                    "serial": one.serial,
                    "tries_left": one.left,
                    "locked": not one.left,
                },
            }
            for one in self.tokens
            for held in one.held
        ]
        tokens = [
            {"label": one.label, "serial": one.serial, "certificates": len(one.held)} for one in self.tokens
        ]
        return {"ok": True, "certificates": certificates, "tokens": tokens}

    def signed(self, message: Any) -> Any:
        token, held = self.find(message["thumbprint"], "sha256")
        does = self.prompts.pop(0) if self.prompts else PIN
        if isinstance(does, dict):
            return {"ok": False, **does}
        if does == "hold":
            return {"hold": True}
        if does == "cancel":
            return {"ok": False, "code": "CANCELLED"}
        if does == "unplug":
            self.tokens.remove(token)
            return {"ok": False, "code": "UNPLUGGED"}
        try:
            token.enter(does)
        except Wrong as wrong:
            return {"ok": False, "code": "WRONG_PIN" if wrong.left else "LOCKED", "left": wrong.left}
        return {"ok": True, "signature": held.sign(message["content"])}


CADESPLUGIN = """
(() => {
  const must = (holds, what) => { if (!holds) throw new Error(`stand-in: ${what}`); };
  const ask = async (call) => {
    const { value, error } = await window.standIn(call);
    if (error) throw new Error(error);
    return value;
  };
  const broken = (text) => text.replace(/(.{64})/g, "$1\\r\\n");
  class Certificate {
    constructor(facts) { this.facts = facts; }
    get Thumbprint() { return Promise.resolve(this.facts.thumbprint); }
    async HasPrivateKey() { return this.facts.key; }
    async Export(encoding) { must(encoding === 0, "base64"); return broken(this.facts.certificate); }
  }
  class Store {
    async Open(place, name, how) {
      must(place === 2 ? name === "My" && how === 0 : place === 100 && name === undefined, "which store");
      await ask({ verb: "open", place });
      this.open = place;
    }
    get Certificates() {
      must(this.open, "open first");
      const listed = (all) => ({ Count: Promise.resolve(all.length), Item: async (n) => new Certificate(all[n - 1]) });
      return ask({ verb: "list", place: this.open }).then(listed);
    }
    async Close() {
      must(this.open, "open first");
      this.open = false;
      await ask({ verb: "close" });
    }
  }
  class CPSigner {
    async propset_Certificate(one) { must(one instanceof Certificate, "a certificate"); this.certificate = one; }
    async propset_Options(which) { must(which === 0, "chain"); }
  }
  class CadesSignedData {
    async propset_ContentEncoding(encoding) {
      must(encoding === 1 && !this.content, "encoding before content");
      this.encoding = encoding;
    }
    async propset_Content(content) {
      must(this.encoding === 1, "encoding before content");
      this.content = content;
    }
    async SignCades(signer, type, detached) {
      must(signer instanceof CPSigner && type === 1 && detached === true, "detached CAdES-BES");
      const made = await ask({ verb: "sign", content: this.content, thumbprint: signer.certificate.facts.thumbprint });
      return broken(made);
    }
  }
  const kinds = { "CAdESCOM.Store": Store, "CAdESCOM.CPSigner": CPSigner, "CAdESCOM.CadesSignedData": CadesSignedData };
  const plugin = ask({ verb: "load" });
  plugin.catch(() => {});
  plugin.CreateObjectAsync = async (name) => new kinds[name]();
  plugin.getLastError = (error) => error.message;
  Object.assign(plugin, { CAPICOM_CURRENT_USER_STORE: 2, CAPICOM_MY_STORE: "My", CADESCOM_CONTAINER_STORE: 100 });
  Object.assign(plugin, { CADESCOM_BASE64_TO_BINARY: 1, CADESCOM_CADES_BES: 1 });
  window.cadesplugin = plugin;
})();
"""


CONTAINERS = 100  # the vendor's number of "what lies on tokens"


@dataclass
class CadesPlugin(Programs):
    """«КриптоПро ЭЦП Browser plug-in». prompts as of Agent, or the words of an error. missing: no program behind it.

    installed: certificates in the person's store; the others lie on tokens alone, which an old plug-in does not show.
    """

    prompts: list[str] = field(default_factory=list)
    missing: bool = False
    installed: list[Held] = field(default_factory=list)
    old: bool = False
    script = CADESPLUGIN

    def said(self, call: Any) -> Any:
        verb = call["verb"]
        if verb == "load" and self.missing:
            return {"error": "Плагин недоступен"}
        if verb == "open" and call["place"] == CONTAINERS and self.old:
            return {"error": "Неверный параметр. (0x80070057)"}
        if verb == "list":
            every = [held for token in self.tokens for held in token.held]
            if call["place"] != CONTAINERS:
                every = [one for one in every if one in self.installed]
            return {
                "value": [
                    {"thumbprint": one.digest("sha1").upper(), "certificate": one.base64, "key": True}
                    for one in every
                ]
                + [{"thumbprint": "00" * 20, "certificate": "", "key": False}]
            }
        if verb != "sign":
            return {"value": True}
        token, held = self.find(call["thumbprint"].lower(), "sha1")
        does = self.prompts.pop(0) if self.prompts else PIN
        if "0x" in does:
            return {"error": does}
        try:
            token.enter(does)
        except Wrong as wrong:
            code = "0x8010006B" if wrong.left else "0x8010006C"
            return {"error": f"Введен неправильный PIN-код. ({code})"}
        return {"value": held.sign(call["content"])}


RUTOKEN = """
(() => {
  const ask = async (verb, ...args) => {
    const { value, error } = await window.standIn({ verb, args });
    if (error !== undefined) throw new Error(String(error));
    return value;
  };
  const plugin = {
    errorCodes: {
      DEVICE_NOT_FOUND: 10, TOKEN_NOT_PRESENT: 12, PIN_INCORRECT: 20, PIN_LOCKED: 21, KEY_NOT_FOUND: 40,
      FUNCTION_REJECTED: 50, DEVICE_ERROR: 60, ALREADY_LOGGED_IN: 93,
    },
    TOKEN_INFO_LABEL: 1, TOKEN_INFO_SERIAL: 2, TOKEN_INFO_PINS_INFO: 3, CERT_CATEGORY_USER: 1, DATA_FORMAT_BASE64: 1,
  };
  const about = ["enumerateDevices", "getDeviceInfo", "enumerateCertificates", "getCertificate"];
  for (const verb of [...about, "login", "logout", "sign"]) plugin[verb] = (...args) => ask(verb, ...args);
  window.rutoken = {
    ready: Promise.resolve(),
    isExtensionInstalled: () => ask("extension"),
    isPluginInstalled: () => ask("plugin"),
    loadPlugin: async () => plugin,
  };
})();
"""


@dataclass
class Rutoken(Programs):
    """«Рутокен Плагин». missing: "extension" or "plugin". fails: numbers `sign` ends with, the token gone."""

    missing: str = ""
    fails: list[int] = field(default_factory=list)
    logged_in: bool = False
    script = RUTOKEN

    def verbs(self, name: str) -> list[Any]:
        """The arguments of every call of this name."""
        return [call["args"] for call in self.asked if call["verb"] == name]

    def said(self, call: Any) -> Any:
        verb, args = call["verb"], call["args"]
        if verb in {"extension", "plugin"}:
            return {"value": verb != self.missing}
        if verb == "enumerateDevices":
            return {"value": list(range(len(self.tokens)))}
        if args[0] >= len(self.tokens):
            return {"error": 10}
        return getattr(self, verb)(self.tokens[args[0]], *args[1:])

    def getDeviceInfo(self, token: Token, what: int) -> Any:  # noqa: N802 - the vendor's name
        return {"value": {1: token.label, 2: token.serial, 3: {"retriesLeft": token.left}}[what]}

    def enumerateCertificates(self, token: Token, category: int) -> Any:  # noqa: N802
        assert category == 1
        return {"value": [one.digest("sha1") for one in token.held]}

    def getCertificate(self, token: Token, name: str) -> Any:  # noqa: N802
        held = next(one for one in token.held if one.digest("sha1") == name)
        return {"value": f"-----BEGIN CERTIFICATE-----\n{held.base64}\n-----END CERTIFICATE-----\n"}

    def login(self, token: Token, pin: str) -> Any:
        if self.logged_in:
            return {"error": 93}
        try:
            token.enter(pin)
        except Wrong as wrong:
            return {"error": 20 if wrong.left else 21}
        self.logged_in = True
        return {"value": None}

    def logout(self, token: Token) -> Any:
        self.logged_in = False
        return {"value": None}

    def sign(self, token: Token, name: str, content: str, form: int, options: dict[str, bool]) -> Any:
        assert self.logged_in
        assert form == 1
        assert options == {
            "detached": True,
            "addUserCertificate": True,
            "addSignTime": True,
            "addEssCert": True,
        }
        if self.fails:
            self.tokens.remove(token)
            return {"error": self.fails.pop(0)}
        held = next(one for one in token.held if one.digest("sha1") == name)
        return {"value": held.sign(content)}
