// The basket counts again by itself; when the network is away, the form goes the ordinary way.
import { show } from "./basket.js";
import { stepper } from "./count.js";
import { send, swap } from "./swap.js";

let waiting = 0;

async function change(form, submitter) {
  try {
    const { answer, page } = await send(form, submitter);
    if (!answer.ok) throw new Error(answer.status);
    if (waiting) return; // changed again meanwhile: that has an answer of its own
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
  form.addEventListener("submit", async (event) => {
    clearTimeout(waiting);
    waiting = 0;
    if (isPlain || event.submitter?.name === "order") return;
    event.preventDefault();
    isPlain = true;
    await change(form, event.submitter);
    isPlain = false;
  });
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(), 400);
  });
}

begin(document.querySelector("main"));
