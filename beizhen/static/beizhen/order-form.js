// Makes the order form smooth: plus and minus, the total while choosing, choices kept in the address bar.
import "./divisions.js";
import { stepper } from "./count.js";

const form = document.querySelector("[data-order]");
const sum = form.querySelector("[data-sum]");
let waiting, latest = 0;

async function showTotal() {
  const mine = ++latest;
  const answer = await fetch(form.dataset.total, { method: "POST", body: new FormData(form) });
  if (answer.ok && mine === latest) sum.innerHTML = await answer.text();
}

function keepInAddressBar() {
  const kept = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if ((name.startsWith("box-") && Number(value)) || name === "ship_date" || (name === "live" && value)) kept.set(name, value);
  }
  history.replaceState(null, "", `${location.pathname.replace(/(choices|review)\/$/, "")}?${kept}`);
  const language = document.querySelector("[data-language]");
  language.href = `${new URL(language.href).pathname}?${kept}`;
}

function forgive({ target }) {
  const wrong = target.closest(".field--wrong, .shelf__box--wrong, .step--calendar");
  wrong?.classList.remove("field--wrong", "shelf__box--wrong");
  wrong?.querySelectorAll(".field__problem, .notice--problem").forEach((problem) => problem.remove());
  target.removeAttribute("aria-invalid");
}

form.querySelectorAll("[data-count]").forEach(stepper);
form.addEventListener("input", forgive);
form.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(showTotal, 250);
  keepInAddressBar();
});
showTotal();
