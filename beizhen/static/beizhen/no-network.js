// Without network: opens the page as soon as there is one again; what was being sent is sent again by a person only.
const page = document.querySelector("[data-no-network]");
const PAUSE_MS = 5000;

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { method: "HEAD", signal: AbortSignal.timeout(PAUSE_MS) });
  if (answer.status < 500) location.reload();
}

page.querySelector("[data-back]")?.addEventListener("click", () => history.back());
if (page.dataset.noNetwork === "asked") {
  addEventListener("online", () => location.reload());
  setInterval(() => look().catch(() => {}), PAUSE_MS);
}
