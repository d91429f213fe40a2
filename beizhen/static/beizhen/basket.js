// On every page: how many boxes are in the basket, and putting boxes in without leaving the page.
const sign = document.querySelector("[data-basket]");
const toast = document.querySelector("[data-toast]");
const bar = document.querySelector(".buy");
let hiding;

export function count() {
  const contents = document.cookie.match(/(?:^|; )basket="?([^;"]*)/)?.[1] ?? "";
  return contents.split("|").reduce((sum, word) => sum + (Number(word.split(":")[1]) || 0), 0);
}

export function show() {
  const boxes = count();
  sign.textContent = boxes > 99 ? "99+" : boxes || "";
  sign.hidden = !boxes;
}

// The bar is one line or two, by language and size of text, and stands higher where the page ends.
function liftAbove({ top, bottom }) {
  const isCovered = bottom > innerHeight - toast.offsetHeight - 32;
  toast.style.setProperty("--lift", isCovered ? `${innerHeight - top}px` : "0px");
}

function say(what) {
  for (const words of toast.children) words.hidden = words.dataset.say !== what;
  toast.hidden = false;
  if (bar) liftAbove(bar.getBoundingClientRect());
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, 6000);
}

async function putIn(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const { said } = answer.ok ? await answer.json() : {};
    if (said) toast.querySelector("[data-cut]").textContent = said;
    say(!answer.ok ? "failed" : said ? "cut" : "added");
  } catch {
    say("offline");
  }
  show();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-to-basket]");
  if (!form || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  putIn(form);
});
window.addEventListener("pageshow", show);
