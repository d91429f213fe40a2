// Keeps the numbers of a livestream's page fresh without taking a box from under a finger.
import { countdown } from "./countdown.js";

const place = document.querySelector("[data-stage]");
const offline = document.querySelector("[data-offline]");
const clock = document.querySelector("[data-until]");
const pause = Number(place.dataset.seconds) * 1000;

// While only the numbers differ, only the numbers change; else all of it, with the focus where it was.
function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-state]");
  const old = place.firstElementChild;
  if (!fresh || fresh.outerHTML === old.outerHTML) return;
  if (bare(fresh) === bare(old)) {
    const numbers = fresh.querySelectorAll("[data-left-words]");
    old.querySelectorAll("[data-left-words]").forEach((left, n) => {
      left.textContent = numbers[n].textContent;
      left.className = numbers[n].className;
    });
    return;
  }
  const focused = document.activeElement?.closest("[data-offer]")?.dataset.offer;
  place.replaceChildren(fresh);
  if (focused) place.querySelector(`[data-offer="${focused}"] a`)?.focus();
  if (clock) clock.hidden = fresh.dataset.state !== "to-come";
}

function bare(stage) {
  const copy = stage.cloneNode(true);
  for (const left of copy.querySelectorAll("[data-left-words]")) {
    left.textContent = "";
    left.className = "";
  }
  return copy.outerHTML;
}

async function look() {
  if (document.hidden) return;
  const answer = await fetch(place.dataset.now);
  offline.hidden = true;
  if (answer.ok) show(await answer.text());
}

function lookNow() {
  look().catch(() => { offline.hidden = false; });
}

// A little earlier or later for each phone, so that a thousand do not ask in the same moment.
function again() {
  setTimeout(() => { lookNow(); again(); }, pause * (0.8 + Math.random() * 0.4));
}

if (clock) {
  const count = countdown(clock.parentElement, lookNow);
  count();
  setInterval(count, 1000);
}
addEventListener("pageshow", ({ persisted }) => { if (persisted) lookNow(); });
addEventListener("online", lookNow);
document.addEventListener("visibilitychange", lookNow);
again();
