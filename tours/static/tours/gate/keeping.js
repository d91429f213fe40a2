// What the telephone keeps while there is no network: the day's list, and scans that the farm has not heard of.
const opened = new Promise((done, failed) => {
  const asked = indexedDB.open("beizhen-gate", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("kept");
    asked.result.createObjectStore("queue", {keyPath: "nonce"});
  };
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});

async function on(store, mode, act) {
  const base = await opened;
  return new Promise((done, failed) => {
    const work = base.transaction(store, mode);
    const asked = act(work.objectStore(store));
    work.oncomplete = () => done(asked.result);
    work.onabort = work.onerror = () => failed(work.error);
  });
}

export const keepDay = day => on("kept", "readwrite", store => store.put(day, "day"));
export const keptDay = () => on("kept", "readonly", store => store.get("day"));
export const enqueue = scan => on("queue", "readwrite", store => store.put(scan));
export const queued = () => on("queue", "readonly", store => store.getAll());
export const forget = nonce => on("queue", "readwrite", store => store.delete(nonce));
