// Makes the order form smooth: plus and minus, the total while choosing, choices kept in the address bar.
import "./divisions.js";

const form = document.querySelector("[data-order]");
const sum = form.querySelector("[data-sum]");
let waiting, latest = 0;

function stepper(count) {
  const input = count.querySelector("input");
  const [less, more] = ["−", "+"].map((sign, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", `${sign} ${input.labels[0].querySelector(".shelf__name").textContent}`);
    button.addEventListener("click", () => {
      input.value = Math.min(Number(input.max), Math.max(0, Number(input.value) + (n ? 1 : -1)));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  });
  const mark = () => {
    less.disabled = Number(input.value) <= 0;
    more.disabled = Number(input.value) >= Number(input.max);
  };
  if (!input.value) input.value = 0;
  count.classList.add("count--steps");
  count.prepend(less);
  count.append(more);
  input.addEventListener("change", mark);
  mark();
}

async function showTotal() {
  const mine = ++latest;
  const answer = await fetch(form.dataset.total, { method: "POST", body: new FormData(form) });
  if (answer.ok && mine === latest) sum.innerHTML = await answer.text();
}

function keepInAddressBar() {
  const kept = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if ((name.startsWith("box-") && Number(value)) || name === "ship_date") kept.set(name, value);
  }
  history.replaceState(null, "", `${location.pathname.replace(/(choices|review)\/$/, "")}?${kept}`);
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
