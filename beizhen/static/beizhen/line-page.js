// Looks from time to time whether the place in line has changed, and shows the page anew when it has.
const page = document.querySelector("[data-line]");
let pause = 10000;

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-line]");
  if (answer.ok && fresh?.dataset.line !== page.dataset.line) location.reload();
}

function again() {
  setTimeout(() => look().catch(() => {}).finally(again), pause);
  pause = Math.min(60000, pause * 1.1);
}

document.addEventListener("visibilitychange", () => look().catch(() => {}));
again();
