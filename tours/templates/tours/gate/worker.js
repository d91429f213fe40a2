{% load static %}// Keeps the gate's page, so that it opens without network. Only its own files; what it asks is never kept.
const KEPT = "gate";
const PAGE = "{% url "gate:page" %}";
const FILES = [
  "{% static "beizhen/tokens.css" %}", "{% static "beizhen/site.css" %}", "{% static "beizhen/drawings/mark.svg" %}",
  "{% static "tours/gate/gate.css" %}", "{% static "tours/gate/page.js" %}", "{% static "tours/gate/tokens.js" %}",
  "{% static "tours/gate/alone.js" %}", "{% static "tours/gate/keeping.js" %}", "{% static "tours/gate/farm.js" %}",
  "{% static "tours/gate/telling.js" %}", "{% static "tours/gate/camera.js" %}", "{% static "tours/gate/sale.js" %}",
  "{% static "tours/gate/drawing.js" %}",
];
const PATIENCE_MS = 4000;

self.addEventListener("install", event => event.waitUntil(keepAll().then(() => self.skipWaiting())));
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", event => {
  const {pathname, origin} = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === PAGE || FILES.includes(pathname)) event.respondWith(freshOrKept(event.request));
});

async function keepAll() {
  const kept = await caches.open(KEPT);
  await kept.addAll(FILES);
  const page = await fetch(PAGE, {credentials: "same-origin"});
  if (page.ok && !page.redirected) await kept.put(PAGE, page);
}

// The newest while there is network, so that an upgrade needs no second visit; else what was kept.
async function freshOrKept(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request, {signal: AbortSignal.timeout(PATIENCE_MS)});
    if (answer.ok && !answer.redirected) await kept.put(request, answer.clone());
    if (answer.redirected || answer.type === "opaqueredirect") wipeDay();
    if (answer.status < 500) return answer;
  } catch {
    // without network the page is the kept one
  }
  return await kept.match(request, {ignoreVary: true, ignoreSearch: true}) || Response.error();
}

// Sent away to sign in: nobody of ours holds the telephone any more, so the day's list goes.
function wipeDay() {
  indexedDB.open("beizhen-gate").onsuccess = ({target}) => {
    const base = target.result;
    if (base.objectStoreNames.contains("kept")) base.transaction("kept", "readwrite").objectStore("kept").delete("day");
    base.close();
  };
}
