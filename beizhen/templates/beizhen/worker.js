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
  else if (request.method === "GET" && FILES.includes(pathname)) event.respondWith(freshOrKept(request));
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

async function page(event) {
  const isAsked = event.request.method === "GET";
  try {
    // what is being sent is waited for as long as the browser does: it may have arrived
    return await (isAsked ? inTime(answerTo(event), PAGE_MS) : answerTo(event));
  } catch {
    const language = new URL(event.request.url).pathname.startsWith("{{ english }}") ? "en" : "zh";
    const kept = await caches.open(KEPT);
    return await kept.match(PAGES[`${language}-${isAsked ? "asked" : "sent"}`]) ?? Response.error();
  }
}

async function answerTo(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

function inTime(answer, ms) {
  return Promise.race([answer, new Promise((_, tooLate) => setTimeout(tooLate, ms))]);
}

async function freshOrKept(request) {
  try {
    return await inTime(fetch(request), FILE_MS);
  } catch {
    const kept = await caches.open(KEPT);
    return await kept.match(request, { ignoreVary: true }) ?? Response.error();
  }
}
