// Makes the booking form smooth: plus and minus, and the total while choosing.
import "./visit-steps.js";

const form = document.querySelector("[data-visit]");
const sum = form.querySelector("[data-sum]");
let waiting, latest = 0;

async function showTotal() {
  const mine = ++latest;
  const answer = await fetch(form.dataset.total, { method: "POST", body: new FormData(form) });
  if (answer.ok && mine === latest) sum.innerHTML = await answer.text();
}

function forgive({ target }) {
  const wrong = target.closest(".field--wrong, .shelf__box--wrong, .tick--wrong");
  wrong?.classList.remove("field--wrong", "shelf__box--wrong", "tick--wrong");
  wrong?.querySelectorAll(".field__problem").forEach((problem) => problem.remove());
  if (target.name.startsWith("ticket-")) form.querySelector("#id_party_error")?.remove();
  if (target.name === "waiver") form.querySelector("#id_waiver_error")?.remove();
  target.removeAttribute("aria-invalid");
}

form.querySelector("[data-look]").hidden = true;
form.addEventListener("input", forgive);
form.addEventListener("change", (event) => {
  forgive(event);
  clearTimeout(waiting);
  waiting = setTimeout(() => showTotal().catch(() => {}), 200);
});
