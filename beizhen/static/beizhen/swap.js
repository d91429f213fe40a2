// Sends a form without leaving the page and puts the answer's <main> in the place of ours.
export async function send(form, submitter) {
  const said = new FormData(form);
  if (submitter?.name) said.set(submitter.name, submitter.value);
  const address = submitter?.getAttribute("formaction") ?? form.action;
  const answer = await fetch(address, { method: "POST", body: said });
  return { answer, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

export function swap(page) {
  const [old, fresh] = [document.querySelector("main"), page.querySelector("main")];
  const focused = document.activeElement?.id;
  old.replaceWith(fresh);
  (fresh.querySelector("[autofocus]") ?? document.getElementById(focused))?.focus();
  document.title = page.title;
  return fresh;
}
