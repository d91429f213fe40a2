// Takes away what is said against a field as soon as somebody mends it, and the notice on top with the last of them.
const WRONG = ["field--wrong", "shelf__box--wrong", "tick--wrong"];
const PLACES = WRONG.map((name) => `.${name}`).join(", ");
const SAID = ".field__problem, .notice--problem";

export function forgive(form, target) {
  const wrong = target.closest(`${PLACES}, .step--calendar`);
  wrong?.classList.remove(...WRONG);
  wrong?.querySelectorAll(SAID).forEach((problem) => problem.remove());
  target.removeAttribute("aria-invalid");
  if (!form.querySelector(`${PLACES}, ${SAID}`)) document.querySelector("[data-wrong]")?.remove();
}
