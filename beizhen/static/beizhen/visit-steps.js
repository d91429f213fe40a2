// Plus and minus on pages of visits that ask for a party; and no answer stands beside a wish that it does not answer.
import { stepper } from "./count.js";

document.querySelectorAll("[data-count]").forEach(stepper);

document.querySelectorAll("[data-answer-to]").forEach((answer) => {
  const wish = document.getElementById(answer.dataset.answerTo);
  const now = () => new URLSearchParams(new FormData(wish)).toString();
  const answered = now();
  const compare = () => {
    answer.hidden = now() !== answered;
    answer.nextElementSibling.hidden = !answer.hidden;
  };
  wish.addEventListener("input", compare);
  wish.addEventListener("change", compare);
});
