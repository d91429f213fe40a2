// The shelf searches as soon as something is chosen, and quantities get a plus and a minus.
import { stepper } from "./count.js";

document.querySelectorAll("[data-count]").forEach((count) => stepper(count));
const search = document.querySelector("[data-search]");
if (search) {
  search.addEventListener("change", () => {
    for (const field of search.elements) field.disabled = !field.value;
    search.submit();
  });
  window.addEventListener("pageshow", () => { for (const field of search.elements) field.disabled = false; });
}
