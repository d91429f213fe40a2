// A pasted address is taken apart at once and fills the fields around it; what was not understood is said.
import { choose } from "./divisions.js";
import { forgiving } from "./forgive.js";

const paste = document.querySelector("[data-paste]");

export async function fillIn(form, words) {
  for (const name of ["name", "phone", "street"]) {
    if (words[name] === undefined) continue;
    form.elements[name].value = words[name];
    form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (words.province === undefined) return;
  await choose(words);
  for (const name of ["province", "city", "district"]) {
    const field = form.elements[name];
    if (field.value) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

async function take() {
  const said = paste.querySelector("[data-pasted]");
  try {
    const answer = await fetch(paste.dataset.paste, { method: "POST", body: new FormData(paste.closest("form")) });
    if (!answer.ok) throw new Error(answer.status);
    const pasted = await answer.json();
    await fillIn(paste.closest("form"), pasted.fields);
    said.textContent = pasted.said;
  } catch {
    said.textContent = said.dataset.failed;
  }
}

if (paste) {
  forgiving(paste.closest("form"));
  paste.querySelector("button").addEventListener("click", (event) => { event.preventDefault(); take(); });
  paste.querySelector("textarea").addEventListener("paste", () => setTimeout(take));
}
