{% load static %}// Says that there is no network, instead of the browser's own page. Keeps only that page and what it is drawn with;
// no order, no person, nothing that is asked. The gate and the staff's tools look after themselves.
const KEPT = "shop-{{ version }}";
const PAGE_MS = 8000, FILE_MS = 3000; // a network that only hangs is none
const TOOLS = ["/gate/", "/staff/", "/api/", "/healthz/", "/payments/"];
const FILES = [{% for name in files %}"{% static name %}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PAGES = { {% for page in pages %}"{{ page.name }}": "{{ page.address }}"{% if not forloop.last %}, {% endif %}{% endfor %} };

self.addEventListener("install", event => event.waitUntil(keepAll().then(() => self.skipWaiting())));
self.addEventListener("activate", event => event.waitUntil(begin()));
self.addEventListener("fetch", event => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (origin !== self.location.origin || TOOLS.some(tool => pathname.startsWith(tool))) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.method === "GET" && FILES.includes(pathname)) event.respondWith(orKept(fetch(request), FILE_MS, request));
});

async function keepAll() {
  const kept = await caches.open(KEPT);
  await kept.addAll([...FILES, ...Object.values(PAGES)].map(address => new Request(address, { cache: "reload" })));
}

async function begin() {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name.startsWith("shop-") && name !== KEPT).map(name => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

function page(event) {
  const isAsked = event.request.method === "GET";
  const language = new URL(event.request.url).pathname.startsWith("{{ english }}") ? "en" : "zh";
  // what is being sent is waited for as long as the browser does: it may have arrived
  return orKept(answerTo(event), isAsked ? PAGE_MS : 0, PAGES[`${language}-${isAsked ? "asked" : "sent"}`]);
}

async function answerTo(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

function inTime(answer, ms) {
  return Promise.race([answer, new Promise((_, tooLate) => setTimeout(tooLate, ms))]);
}

async function orKept(answer, ms, address) {
  try {
    return await (ms ? inTime(answer, ms) : answer);
  } catch {
    const kept = await inTheCache(address);
    if (!kept) return answer; // nothing else to show: it may still come
    answer.then(late => late.body?.cancel()).catch(() => {}); // nobody reads it any more
    return kept;
  }
}

async function inTheCache(address) {
  try {
    return await (await caches.open(KEPT)).match(address, { ignoreVary: true });
  } catch {
    return undefined; // a browser that keeps nothing
  }
}
