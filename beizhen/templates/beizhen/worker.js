{% load static %}// Says that there is no network, instead of the browser's own page. Keeps only that page and what it is drawn with;
// no order, no person, nothing that is asked. The gate and the staff's tools look after themselves.
const KEPT = "shop-{{ version }}";
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
  try {
    return (await event.preloadResponse) ?? await fetch(event.request);
  } catch {
    const language = new URL(event.request.url).pathname.startsWith("{{ english }}") ? "en" : "zh";
    const kept = await caches.open(KEPT);
    return await kept.match(PAGES[`${language}-${event.request.method === "GET" ? "asked" : "sent"}`]) ?? Response.error();
  }
}

async function freshOrKept(request) {
  try {
    return await fetch(request);
  } catch {
    const kept = await caches.open(KEPT);
    return await kept.match(request, { ignoreVary: true }) ?? Response.error();
  }
}
