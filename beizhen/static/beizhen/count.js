// Plus and minus beside a quantity.
export function stepper(count) {
  const input = count.querySelector("input");
  const [less, more] = ["−", "+"].map((sign, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", `${sign} ${input.labels[0].querySelector(".shelf__name").textContent}`);
    button.addEventListener("click", () => {
      input.value = Math.min(Number(input.max), Math.max(0, Number(input.value) + (n ? 1 : -1)));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  });
  const mark = () => {
    less.disabled = Number(input.value) <= 0;
    more.disabled = Number(input.value) >= Number(input.max);
  };
  if (!input.value) input.value = 0;
  count.classList.add("count--steps");
  count.prepend(less);
  count.append(more);
  input.addEventListener("change", mark);
  mark();
}
