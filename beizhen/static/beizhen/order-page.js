// Counts the hold down and looks again by itself until nothing more will happen.
import { countdown } from "./countdown.js";

const place = document.querySelector("[data-now]");
const said = document.querySelector("[data-said]");
let pause = 3000, count = countdown(place);

async function look() {
  if (!document.hidden) {
    const answer = await fetch(place.dataset.now);
    if (answer.ok) show(await answer.text());
  }
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-version]");
  if (!fresh || fresh.dataset.version === place.firstElementChild.dataset.version) return;
  place.replaceChildren(fresh);
  count = countdown(place);
  pause = 3000;
  count();
  said.textContent = fresh.querySelector("h1").textContent;
}

function again() {
  if (place.firstElementChild.hasAttribute("data-final")) return;
  setTimeout(() => look().catch(() => {}).finally(again), pause);
  pause = Math.min(60000, pause * 1.1);
}

place.classList.add("looks-again");
count();
setInterval(() => count(), 1000);
again();
