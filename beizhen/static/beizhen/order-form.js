// Makes the order form smooth: plus and minus, the total while choosing, nothing lost, nothing ordered unseen.
import { countdown } from "./countdown.js";
import { stepper } from "./count.js";
import { keep, kept } from "./draft.js";
import { fillIn } from "./paste.js";

const form = document.querySelector("[data-order]");
const sum = form.querySelector("[data-sum]");
const go = form.querySelector("[data-go]");
const offline = document.querySelector("[data-offline]");
const language = document.querySelector("[data-language]");
const cutOff = form.querySelector("[data-cut-off]");
const isNew = form.querySelector("[data-new]");
const count = countdown(form, () => showTotal().catch(() => {}));
const agreed = () => sum.querySelector("[name=agreed_fen]")?.value;
let waiting, latest = 0, asked = wish(), answered = asked, read;

// All that the total depends on.
function wish() {
  const chosen = [...new FormData(form)].filter(([name]) => /^(box-|ship_date|province|city|district)/.test(name));
  return new URLSearchParams(chosen).toString();
}

function mark() {
  go.textContent = agreed() ? go.dataset.place : go.dataset.look;
  go.classList.remove("button--busy");
  sum.ariaBusy = wish() !== answered;
}

async function showTotal() {
  const mine = ++latest, about = wish();
  asked = about;
  let words;
  try {
    const answer = await fetch(form.dataset.total, { method: "POST", body: new FormData(form) });
    if (answer.ok) words = await answer.text();
  } finally {
    if (mine === latest) {
      answered = about; // or cannot be had: then the farm decides when it is sent
      if (words !== undefined) sum.innerHTML = words;
      mark();
    }
  }
}

// The bar keeps its old total, and so its place under the finger, until the new one is there.
function follow() {
  if (wish() === asked) return;
  isNew.hidden = true;
  mark();
  clearTimeout(waiting);
  waiting = setTimeout(() => showTotal().catch(() => {}), 250);
}

// Who pressed beside a total that holds no more has not read the new one: it waits for another press.
async function askAgain(total) {
  if (wish() !== answered) await showTotal().catch(() => {});
  if (agreed() === total) form.requestSubmit(go);
  else isNew.hidden = !agreed();
}

function keepInAddressBar() {
  const chosen = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const isChosen = (name.startsWith("box-") && Number(value)) || name === "ship_date" || (name === "live" && value);
    if (isChosen) chosen.set(name, value);
  }
  history.replaceState(history.state, "", `${form.action}?${chosen}`);
  language.href = `${new URL(language.href).pathname}?${chosen}`;
}

function showShortDays() {
  const boxes = [...form.querySelectorAll("[data-units]")];
  const units = boxes.reduce((sum, box) => sum + box.dataset.units * (Number(box.value) || 0), 0);
  const short = [...form.querySelectorAll("[data-room]")].filter((day) => {
    const isShort = Number(day.dataset.room) < units;
    day.closest(".day").classList.toggle("day--short", isShort);
    return isShort;
  });
  form.querySelector("[data-short]").hidden = short.length === 0;
}

function showCutOff() {
  const day = form.querySelector("[name=ship_date]:checked");
  if (!cutOff || !day) return;
  cutOff.querySelector("[data-which]").textContent = cutOff.dataset.words;
  cutOff.querySelector("[data-closes]").textContent = day.dataset.closes;
  cutOff.querySelector("[data-until]").dataset.until = day.dataset.cutOffAt;
  count();
}

// The calendar's own choice of another date keeps the page, and with it all that was typed.
function pickInCalendar(event) {
  const picked = event.target.closest("[name=other_date]");
  const day = picked && form.querySelector(`[name=ship_date][value="${picked.value}"]`);
  if (!day) return;
  event.preventDefault();
  day.checked = true;
  day.focus({ preventScroll: true });
  day.dispatchEvent(new Event("change", { bubbles: true }));
}

// Ends with a draft in any case: by it Back knows whose words the page shows.
async function restore() {
  const words = kept();
  if (!form.hasAttribute("data-sent") && words.key) await bringBack(words);
  keep(form);
}

async function bringBack(words) {
  form.elements.key.value = words.key;
  form.elements.gift_message.value ||= words.gift_message ?? "";
  form.elements.hides_price.checked ||= Boolean(words.hides_price);
  if (!form.elements.province.value) await fillIn(form, words);
}

function send(event) {
  const total = read ?? agreed();
  read = undefined;
  offline.hidden = navigator.onLine;
  if (!navigator.onLine) {
    event.preventDefault();
    offline.scrollIntoView({ block: "center" });
  } else if (event.submitter === go && agreed()) {
    if (wish() !== answered || total !== agreed()) {
      event.preventDefault();
      askAgain(total);
      return;
    }
    isNew.hidden = true;
    go.textContent = go.dataset.busy;
    go.classList.add("button--busy");
  }
}

form.querySelectorAll("[data-count]").forEach(stepper);
go.addEventListener("pointerdown", () => { read = agreed() ?? ""; });
go.addEventListener("click", ({ detail }) => { if (!detail) read = undefined; }); // by a key: no finger came down for it
form.addEventListener("input", ({ target }) => {
  keep(form);
  if (target.name?.startsWith("box-")) follow();
});
form.addEventListener("submit", send);
sum.addEventListener("click", pickInCalendar);
form.addEventListener("change", ({ target }) => {
  keep(form);
  keepInAddressBar();
  if (target.name === "ship_date") showCutOff();
  if (target.name?.startsWith("box-")) showShortDays();
  follow();
});
addEventListener("online", () => { offline.hidden = true; showTotal().catch(() => {}); });
addEventListener("pageshow", mark);
showCutOff();
count();
setInterval(count, 1000);
restore().then(showTotal).catch(() => {});
