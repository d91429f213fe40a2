// Counts down and looks again by itself until nothing more will happen; a dead network loses nothing.
import { countdown } from "./countdown.js";
import { forget } from "./draft.js";

const place = document.querySelector("[data-now]");
const said = document.querySelector("[data-said]");
const offline = document.querySelector("[data-offline]");
let pause = 3000, count = countdown(place, lookNow);

async function look() {
  if (document.hidden) return;
  const answer = await fetch(place.dataset.now);
  offline.hidden = true;
  if (answer.ok) show(await answer.text());
}

function lookNow() {
  look().catch(() => {});
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-version]");
  if (!fresh || fresh.dataset.version === place.firstElementChild.dataset.version) return;
  place.replaceChildren(fresh);
  count = countdown(place, lookNow);
  pause = 3000;
  count();
  said.textContent = fresh.querySelector("h1").textContent;
}

function again() {
  if (place.firstElementChild.hasAttribute("data-final")) return;
  setTimeout(() => look().catch(() => { offline.hidden = false; }).finally(again), pause);
  pause = Math.min(60000, pause * 1.1);
}

function busy({ target }) {
  const button = target.querySelector("[data-busy]");
  if (!button) return;
  button.dataset.idle ??= button.textContent;
  button.textContent = button.dataset.busy;
  button.classList.add("button--busy");
}

function idle() {
  for (const button of place.querySelectorAll(".button--busy")) {
    button.textContent = button.dataset.idle;
    button.classList.remove("button--busy");
  }
}

place.addEventListener("submit", busy);
addEventListener("pageshow", () => { idle(); lookNow(); });
addEventListener("offline", () => { offline.hidden = false; idle(); });
addEventListener("online", () => { pause = 3000; lookNow(); });
forget();
count();
setInterval(() => count(), 1000);
again();
