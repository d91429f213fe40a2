// Plus and minus for boxes; photos are made smaller on the phone before they travel, and shown.
import { stepper } from "./count.js";

const LONGEST = 1600, MOST = 3;
const form = document.querySelector("[data-damage]");
const input = form.querySelector("input[type=file]");
const shown = form.querySelector("[data-photos]");
let chosen = 0;

form.querySelectorAll("[data-count]").forEach(stepper);
form.addEventListener("change", ({ target }) => {
  const kind = target.closest(".hurt__kind");
  if (kind) mark(kind);
});
form.querySelectorAll(".hurt__kind").forEach(mark);

function mark(kind) {
  const much = kind.querySelector(".hurt__much");
  much.hidden = Number(kind.querySelector("[data-count] input").value) < 1;
  much.removeAttribute("data-later");
}

async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  if (!blob) throw new Error("no picture");
  canvas.className = "hurt__photo";
  return { canvas, file: new File([blob], "photo.jpg", { type: "image/jpeg" }) };
}

async function show() {
  const mine = ++chosen;
  shown.textContent = shown.dataset.busy;
  const ready = await Promise.all([...input.files].slice(0, MOST + 1).map(smaller));
  if (mine !== chosen) return;
  const sent = new DataTransfer();
  ready.forEach(({ file }) => sent.items.add(file));
  input.files = sent.files;
  shown.replaceChildren(...ready.map(({ canvas }) => canvas));
}

input.addEventListener("change", () => {
  shown.replaceChildren();
  if (input.files.length) show().catch(() => shown.replaceChildren()); // as they are, then: the farm looks itself
});
