// Makes the booking form smooth: plus and minus, and the total while choosing.
import { forgive } from "./forgive.js";
import "./visit-steps.js";

const form = document.querySelector("[data-visit]");
const sum = form.querySelector("[data-sum]");
let waiting, latest = 0;

async function showTotal() {
  const mine = ++latest;
  const answer = await fetch(form.dataset.total, { method: "POST", body: new FormData(form) });
  if (answer.ok && mine === latest) sum.innerHTML = await answer.text();
}

function mended({ target }) {
  if (target.name.startsWith("ticket-")) form.querySelector("#id_party_error")?.remove();
  if (target.name === "waiver") form.querySelector("#id_waiver_error")?.remove();
  forgive(form, target);
}

form.querySelector("[data-look]").hidden = true;
form.addEventListener("input", mended);
form.addEventListener("change", (event) => {
  mended(event);
  clearTimeout(waiting);
  waiting = setTimeout(() => showTotal().catch(() => {}), 200);
});
