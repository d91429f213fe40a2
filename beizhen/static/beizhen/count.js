// Plus and minus beside a quantity.
export function stepper(count) {
  const input = count.querySelector("input");
  const name = input.labels[0].querySelector(".shelf__name") ?? input.labels[0];
  const least = Number(input.min) || 0;
  const [less, more] = ["−", "+"].map((sign, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", `${sign} ${name.textContent.trim()}`);
    button.addEventListener("click", () => {
      input.value = Math.min(Number(input.max), Math.max(least, Number(input.value) + (n ? 1 : -1)));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  });
  const mark = () => {
    less.disabled = Number(input.value) <= least;
    more.disabled = Number(input.value) >= Number(input.max);
  };
  if (!input.value) input.value = least;
  count.classList.add("count--steps");
  count.prepend(less);
  count.append(more);
  input.addEventListener("change", mark);
  mark();
}
