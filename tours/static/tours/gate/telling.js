// Tells the farm of queued scans, again and again until it has heard them, and fetches the day's list.
import {ask, Broken} from "./farm.js";
import {dropOld, dropUsed, entries, forget, keepDay, keptDay, noteUsed, queued, requeue, used} from "./keeping.js";

const AT_ONCE = 25;
let asked = 0, kept = 0;

// How many scans were told. A scan leaves the queue only when the farm has answered for its nonce; one that the farm
// cannot take is tried alone from then on, or set aside, so that it never stops the others.
export async function tell(places) {
  const waiting = (await queued()).filter(scan => !scan.aside);
  const fresh = waiting.filter(scan => !scan.tries).sort((one, other) => one.at.localeCompare(other.at));
  let told = 0;
  for (let first = 0; first < fresh.length; first += AT_ONCE) told += await tellSome(places, fresh.slice(first, first + AT_ONCE));
  for (const scan of waiting.filter(scan => scan.tries)) told += await tellOne(places, scan);
  return told;
}

async function tellSome(places, scans) {
  let told = 0;
  try {
    const {status, body} = await ask(places.scans, {scans: scans.map(plain)});
    if (status === 200) {
      const heard = new Set(body.told.map(one => one.nonce));
      scans = scans.filter(scan => !heard.has(scan.nonce));
      told += await settle(body.told);
    }
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    await ask(places.day); // is it the farm that is down? then nothing is wrong with the scans
  }
  for (const scan of scans) told += await tellOne(places, scan);
  return told;
}

async function tellOne(places, scan) {
  try {
    const {status, body} = await ask(places.scans, {scans: [plain(scan)]});
    if (status === 200) return await settle(body.told.map(one => ({...one, nonce: scan.nonce})));
    await requeue({...scan, aside: body.detail || String(status)});
    return 1;
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    await requeue({...scan, tries: (scan.tries || 0) + 1});
    return 0;
  }
}

const plain = ({tries, aside, ...scan}) => scan;

async function settle(told) {
  const waiting = await queued();
  for (const one of told) {
    const scan = waiting.find(scan => scan.nonce === one.nonce);
    if (scan && one.conflict === "unreadable") await requeue({...scan, aside: one.words});
    else await forget(one.nonce);
  }
  return told.length;
}

// Of two that came, the one that was asked for later is kept.
// A party that came in by its code alone is known by its tickets once a list is newer than the farm's answer for it.
export async function fetchDay(places) {
  await dropOld();
  const waiting = new Set((await queued()).map(scan => scan.nonce));
  const told = (await used()).filter(one => !one.key && !waiting.has(one.nonce)).map(one => one.id);
  const mine = ++asked;
  const {status, body} = await ask(places.day);
  if (status === 200 && mine > kept) {
    kept = mine;
    await keepDay(body);
    await dropUsed(told);
  }
  return keptDay();
}

// What the farm just said of a booking is known at once, should the network go now, and whatever list comes late.
export const noteInside = ({number, issue, inside}) =>
  inside.length ? noteUsed(entries(inside, {number, issue}, "", new Date().toISOString())) : null;
