// Makes the order form smooth: plus and minus, the total while choosing, nothing lost, nothing ordered unseen.
import { countdown } from "./countdown.js";
import { stepper } from "./count.js";
import { keep, kept } from "./draft.js";
import { forgive } from "./forgive.js";
import { fillIn } from "./paste.js";

const form = document.querySelector("[data-order]");
const sum = form.querySelector("[data-sum]");
const go = form.querySelector("[data-go]");
const offline = document.querySelector("[data-offline]");
const language = document.querySelector("[data-language]");
const cutOff = form.querySelector("[data-cut-off]");
const count = countdown(form, () => showTotal().catch(() => {}));
let waiting, latest = 0;

function mark() {
  go.textContent = sum.querySelector("[name=agreed_fen]") ? go.dataset.place : go.dataset.look;
  go.classList.remove("button--busy");
}

async function showTotal() {
  const mine = ++latest;
  const answer = await fetch(form.dataset.total, { method: "POST", body: new FormData(form) });
  const words = await answer.text();
  if (!answer.ok || mine !== latest) return;
  sum.innerHTML = words;
  mark();
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

async function restore() {
  const words = kept();
  if (form.hasAttribute("data-sent") || !words.key) return keep(form);
  form.elements.key.value = words.key;
  form.elements.gift_message.value ||= words.gift_message ?? "";
  form.elements.hides_price.checked ||= Boolean(words.hides_price);
  if (!form.elements.province.value) await fillIn(form, words);
}

function send(event) {
  offline.hidden = navigator.onLine;
  if (!navigator.onLine) {
    event.preventDefault();
    offline.scrollIntoView({ block: "center" });
  } else if (event.submitter === go && sum.querySelector("[name=agreed_fen]")) {
    go.textContent = go.dataset.busy;
    go.classList.add("button--busy");
  }
}

form.querySelectorAll("[data-count]").forEach(stepper);
form.addEventListener("input", ({ target }) => { forgive(form, target); keep(form); });
form.addEventListener("submit", send);
sum.addEventListener("click", pickInCalendar);
form.addEventListener("change", ({ target }) => {
  forgive(form, target);
  keep(form);
  keepInAddressBar();
  if (target.name === "ship_date") showCutOff();
  if (target.name?.startsWith("box-")) showShortDays();
  if (!/^(box-|ship_date|province|city|district)/.test(target.name ?? "province")) return;
  sum.querySelector("[name=agreed_fen]")?.remove();
  mark();
  clearTimeout(waiting);
  waiting = setTimeout(() => showTotal().catch(() => {}), 250);
});
addEventListener("online", () => { offline.hidden = true; showTotal().catch(() => {}); });
addEventListener("pageshow", mark);
showCutOff();
count();
setInterval(count, 1000);
restore().then(showTotal).catch(() => {});
