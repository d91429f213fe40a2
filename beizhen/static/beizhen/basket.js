// On every page: how many boxes are in the basket, and putting boxes in without leaving the page.
const sign = document.querySelector("[data-basket]");
const toast = document.querySelector("[data-toast]");
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

function say(what) {
  for (const words of toast.children) words.hidden = words.dataset.say !== what;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, 6000);
}

async function putIn(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    say(answer.ok ? "added" : "failed");
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
