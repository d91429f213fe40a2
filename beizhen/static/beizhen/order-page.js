// Counts the hold down and looks again by itself until nothing more will happen.
const place = document.querySelector("[data-now]");
const said = document.querySelector("[data-said]");
const drawn = performance.now();
let pause = 3000, shownAt = drawn;

function count() {
  const hold = place.querySelector("[data-until]");
  if (!hold) return;
  const gone = (performance.now() - shownAt) / 1000;
  const left = Math.max(0, Math.ceil(hold.dataset.until - hold.dataset.from - gone));
  const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  hold.hidden = false;
  hold.querySelector("[data-left]").textContent = text;
}

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
  shownAt = performance.now();
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
setInterval(count, 1000);
again();
