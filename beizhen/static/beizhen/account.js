// On every page: whoever is signed in finds the account where others find their order. Pages stay the same for all.
// And what was typed by somebody who has signed out is forgotten.
import { forgetAnothers, whose } from "./draft.js";

const link = document.querySelector("[data-account]");

export function show() {
  if (!whose()) return;
  link.href = link.dataset.account;
  link.querySelector("span").textContent = link.dataset.says;
}

if (link) window.addEventListener("pageshow", show);
window.addEventListener("pageshow", forgetAnothers);
forgetAnothers();
