// What a person reads of a certificate: X.509 (RFC 5280 §4.1) as far as names and dates. It is shown, never trusted:
// the site judges the certificate when the signature comes.

const COMMON_NAME = "2.5.4.3";
const LAST_NAME = "2.5.4.4";
const GIVEN_NAME = "2.5.4.42";
const ORGANISATION = "2.5.4.10";

const SEQUENCE = 0x30;
const VERSION = 0xa0;
const UTC_TIME = 0x17;
const BMP_STRING = 0x1e;
const UTF8_STRING = 0x0c;

// One element at `at`: its tag, its content and where the next begins. RangeError when it does not fit.
const element = (bytes, at) => {
  const tag = bytes[at];
  let length = bytes[at + 1];
  let from = at + 2;
  if (length > 0x80) {
    const octets = length & 0x7f;
    length = 0;
    for (let i = 0; i < octets; i += 1) length = length * 256 + bytes[from + i];
    from += octets;
  }
  const next = from + length;
  if (!(next <= bytes.length)) throw new RangeError("cut off");
  return { tag, body: bytes.subarray(from, next), next };
};

const elements = (bytes) => {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const one = element(bytes, at);
    found.push(one);
    at = one.next;
  }
  return found;
};

const oid = (body) => {
  const arcs = [];
  let value = 0;
  for (const octet of body) {
    value = value * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      arcs.push(value);
      value = 0;
    }
  }
  const first = Math.min(2, Math.floor(arcs[0] / 40));
  return [first, arcs[0] - 40 * first, ...arcs.slice(1)].join(".");
};

const ENCODINGS = { [UTF8_STRING]: "utf-8", [BMP_STRING]: "utf-16be" };
const text = ({ tag, body }) => new TextDecoder(ENCODINGS[tag] ?? "windows-1252").decode(body).trim();

const names = (name) => {
  const found = {};
  for (const set of elements(name.body)) {
    for (const pair of elements(set.body)) {
      const [type, value] = elements(pair.body);
      found[oid(type.body)] ??= text(value);
    }
  }
  return found;
};

// UTCTime has two digits of the year: up to 49 they are of this century (RFC 5280 §4.1.2.5.1).
const moment = ({ tag, body }) => {
  const digits = new TextDecoder().decode(body);
  const short = Number(digits.slice(0, 2));
  const whole = tag === UTC_TIME ? `${short < 50 ? 20 : 19}${digits}` : digits;
  const [, year, month, day, hour, minute, second] = whole.match(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/);
  return new Date(Date.UTC(+year, +month - 1, +day, +hour, +minute, +second));
};

// base64: DER. {owner, organisation, issuer, from, until}, dates as Date; null when it cannot be read.
export const read = (base64) => {
  try {
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const outer = element(bytes, 0);
    if (outer.tag !== SEQUENCE) return null;
    const fields = elements(element(outer.body, 0).body);
    if (fields[0].tag === VERSION) fields.shift();
    const [, , issuer, validity, subject] = fields;
    const of = names(subject);
    const by = names(issuer);
    const [from, until] = elements(validity.body).map(moment);
    const person = [of[LAST_NAME], of[GIVEN_NAME]].filter(Boolean).join(" ");
    const owner = (of[LAST_NAME] && of[GIVEN_NAME] ? person : of[COMMON_NAME]) || person || of[ORGANISATION] || "";
    const organisation = of[ORGANISATION] && of[ORGANISATION] !== owner ? of[ORGANISATION] : "";
    return { owner, organisation, issuer: by[COMMON_NAME] || by[ORGANISATION] || "", from, until };
  } catch {
    return null;
  }
};
