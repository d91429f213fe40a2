// The basket counts again by itself; when the network is away, the form goes the ordinary way.
import { show } from "./basket.js";
import { stepper } from "./count.js";
import { send, swap } from "./swap.js";

let waiting;

async function change(form, submitter) {
  try {
    const { answer, page } = await send(form, submitter);
    if (!answer.ok) throw new Error(answer.status);
    begin(swap(page));
    show();
  } catch {
    if (submitter) form.requestSubmit(submitter);
    else form.submit();
  }
}

function begin(main) {
  const form = main.querySelector("[data-changes]");
  if (!form) return;
  form.querySelectorAll("[data-count]").forEach((count) => stepper(count));
  form.querySelector("[data-again]")?.setAttribute("hidden", "");
  let isPlain = false;
  form.addEventListener("submit", (event) => {
    if (isPlain) return;
    event.preventDefault();
    isPlain = true;
    change(form, event.submitter);
  });
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(), 400);
  });
}

begin(document.querySelector("main"));
