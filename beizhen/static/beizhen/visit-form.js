// Makes the booking form smooth: plus and minus, and the total while choosing.
import { forgiving } from "./forgive.js";
import "./visit-steps.js";

const form = document.querySelector("[data-visit]");
const sum = form.querySelector("[data-sum]");
let waiting, latest = 0;

async function showTotal() {
  const mine = ++latest;
  const answer = await fetch(form.dataset.total, { method: "POST", body: new FormData(form) });
  if (answer.ok && mine === latest) sum.innerHTML = await answer.text();
}

form.querySelector("[data-look]").hidden = true;
forgiving(form);
form.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => showTotal().catch(() => {}), 200);
});
