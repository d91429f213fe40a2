// What the telephone keeps: the day's list until the day is over, whom it let in, scans and a sale without an answer.
const STORES = {kept: {}, queue: {keyPath: "nonce"}, used: {keyPath: "id"}};
const REMEMBERED_MS = 36 * 3600000;

const opened = new Promise((done, failed) => {
  const asked = indexedDB.open("beizhen-gate", 2);
  asked.onupgradeneeded = () => {
    for (const [name, how] of Object.entries(STORES)) {
      if (!asked.result.objectStoreNames.contains(name)) asked.result.createObjectStore(name, how);
    }
  };
  asked.onsuccess = () => {
    asked.result.onversionchange = () => asked.result.close();
    done(asked.result);
  };
  asked.onerror = () => failed(asked.error);
});

// `act` works on the stores; what it returns is what a request found, or the value itself.
async function on(stores, mode, act) {
  const base = await opened;
  return new Promise((done, failed) => {
    const work = base.transaction(stores, mode);
    const asked = act(...stores.map(name => work.objectStore(name)));
    work.oncomplete = () => done(asked instanceof IDBRequest ? asked.result : asked);
    work.onabort = work.onerror = () => failed(work.error);
  });
}

export const keepDay = day => on(["kept"], "readwrite", kept => kept.put(day, "day"));
export const wipeDay = () => on(["kept"], "readwrite", kept => kept.delete("day"));

// The list goes when its day is over: nobody's name stays on a telephone overnight.
export async function keptDay() {
  const day = await on(["kept"], "readonly", kept => kept.get("day"));
  if (!day || new Date() < new Date(day.until)) return day;
  await wipeDay();
}

export const keepSale = sale => on(["kept"], "readwrite", kept => kept.put(sale, "sale"));
export const keptSale = () => on(["kept"], "readonly", kept => kept.get("sale"));
export const forgetSale = () => on(["kept"], "readwrite", kept => kept.delete("sale"));

export const queued = () => on(["queue"], "readonly", queue => queue.getAll());
export const requeue = scan => on(["queue"], "readwrite", queue => queue.put(scan));
export const forget = nonce => on(["queue"], "readwrite", queue => queue.delete(nonce));

// Whom this telephone let in, or heard to be in: tickets by their keys, and parties (no key) it knows no tickets of.
// They stay when their scan was told, until a list says the same or the day is long over.
export const used = () => on(["used"], "readonly", store => store.getAll());
export const noteUsed = entries => on(["used"], "readwrite", store => { for (const one of entries) store.put(one); });
export const dropUsed = ids => on(["used"], "readwrite", store => { for (const id of ids) store.delete(id); });

export async function dropOld(now = Date.now()) {
  const old = (await used()).filter(one => now - new Date(one.at) > REMEMBERED_MS);
  if (old.length) await dropUsed(old.map(one => one.id));
}

// Of two entries of one booking only tickets of one issue may both be in: a party's code stands for all its tickets.
export const clashes = (one, other) => one.number === other.number && one.nonce !== other.nonce
  && (!one.key || !other.key || one.key === other.key || one.issue !== other.issue);

export const entries = (keys, {number, issue}, nonce, at) =>
  (keys.length ? keys : [""]).map(key => ({id: key || `P:${number}`, key, number, issue, nonce, at}));

// Queue a scan and mark its people as in, all or none, in one step: of two windows one wins. False when it was not this.
export const claim = (scan, people) => on(["queue", "used"], "readwrite", (queue, store) => {
  const answer = {isMine: false};
  store.getAll().onsuccess = event => {
    answer.isMine = !people.some(one => event.target.result.some(other => clashes(one, other)));
    if (!answer.isMine) return;
    for (const one of people) store.put(one);
    queue.put(scan);
  };
  return answer;
}).then(answer => answer.isMine);
