// Reads a ticket's code and checks its signature by the farm's public keys, without asking anybody.
const TOKEN = /^B1\.([0-9A-Z]{1,4})\.([TP])\.([0-9A-Z]{1,20})\.([0-9A-Z]{0,20})\.(\d{1,5})\.(\d{1,10})\.([0-9A-HJKMNP-TV-Z]{103})$/;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SPARE_BITS = 3n;

// What the code says, or null when it is none of ours by its form.
export function parse(text) {
  const code = text.replace(/\s+/g, "").toUpperCase();
  const parts = TOKEN.exec(code);
  if (!parts || (parts[2] === "P") !== (parts[4] === "")) return null;
  const [, keyId, , number, key, issue, minutes, signature] = parts;
  const startsAt = new Date(Number(minutes) * 60000);
  return {code, keyId, number, key, issue: Number(issue), startsAt, signature};
}

// A typed booking number, with or without its first letters; null when it is none.
export function typedNumber(text) {
  const typed = /^(?:BV)?([0-9A-Z]{10})$/.exec(text.replace(/[\s-]+/g, "").toUpperCase());
  return typed && "BV" + typed[1].replaceAll("O", "0").replace(/[IL]/g, "1");
}

// True or false; null when this browser cannot tell.
export async function isGenuine(token, keys) {
  if (!Object.hasOwn(keys, token.keyId)) return false;
  const signature = bytesOf(token.signature);
  if (!signature) return false;
  let key;
  try {
    const raw = Uint8Array.from(atob(keys[token.keyId]), letter => letter.charCodeAt(0));
    key = await crypto.subtle.importKey("raw", raw, {name: "Ed25519"}, false, ["verify"]);
  } catch {
    return null;
  }
  const words = token.code.slice(0, token.code.lastIndexOf("."));
  return crypto.subtle.verify({name: "Ed25519"}, key, signature, new TextEncoder().encode(words));
}

function bytesOf(spelled) {
  let number = 0n;
  for (const letter of spelled) number = number << 5n | BigInt(CROCKFORD.indexOf(letter));
  if (number & (1n << SPARE_BITS) - 1n) return null;
  number >>= SPARE_BITS;
  const bytes = new Uint8Array(64);
  for (let place = 63; place >= 0; place--, number >>= 8n) bytes[place] = Number(number & 255n);
  return bytes;
}
