// Boxes that are offered: time runs down, and the total shows as soon as the address is chosen.
import { countdown } from "./countdown.js";
import "./paste.js";

const form = document.querySelector("[data-offer]");
const sum = form.querySelector("[data-sum]");
const button = form.querySelector("[data-order]");
const over = document.querySelector("[data-over]");
const count = countdown(document, () => { over.hidden = false; });
let waiting, latest = 0;

async function showTotal() {
  const mine = ++latest;
  const answer = await fetch(form.dataset.total, { method: "POST", body: new FormData(form) });
  if (!answer.ok || mine !== latest) return;
  sum.innerHTML = await answer.text();
  if (sum.querySelector("[name=seen]")) button.textContent = button.dataset.order;
}

form.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => showTotal().catch(() => {}), 250);
});
count();
setInterval(count, 1000);
