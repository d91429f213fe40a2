// Takes away what is said against a field as soon as somebody mends it, and the notice on top with the last of them.
const WRONG = ["field--wrong", "shelf__box--wrong", "tick--wrong"];
const PLACES = WRONG.map((name) => `.${name}`).join(", ");
const SAID = ".field__problem, .notice--problem:not([data-stays])";

function forgive(form, target) {
  if (target.name?.startsWith("ticket-")) form.querySelector("#id_party_error")?.remove();
  if (target.name === "waiver") form.querySelector("#id_waiver_error")?.remove();
  const wrong = target.closest(`${PLACES}, .step--calendar`);
  wrong?.classList.remove(...WRONG);
  wrong?.querySelectorAll(SAID).forEach((problem) => problem.remove());
  target.removeAttribute("aria-invalid");
  if (!form.querySelector(`${PLACES}, ${SAID}`)) document.querySelector("[data-wrong]")?.remove();
}

export function forgiving(form) {
  for (const kind of ["input", "change"]) form.addEventListener(kind, ({ target }) => forgive(form, target));
}
