// Draws verdicts and lists; every word goes in as text, never as markup.
import {isIn} from "./alone.js";

const find = name => document.querySelector(`[data-part="${name}"]`);
const say = (text, facts) => Object.entries(facts).reduce((said, [name, fact]) => said.replace(`{${name}}`, fact), text);

export function element(kind, className, text = "") {
  const made = document.createElement(kind);
  made.className = className;
  made.textContent = text;
  return made;
}

export function button(text, className, press) {
  const made = element("button", `button ${className}`, text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

export function drawVerdict(verdict, words, acts) {
  const place = find("verdict");
  place.className = `verdict verdict--${colour(verdict)}`;
  place.hidden = false;
  place.dataset.code = verdict.code;
  const lines = [element("h2", "verdict__words", verdict.words), element("p", "verdict__advice", verdict.advice || "")];
  if (verdict.number) lines.push(...facts(verdict, words));
  if (verdict.note) lines.push(element("p", "verdict__note", verdict.note));
  lines.push(buttons(verdict, words, acts));
  place.replaceChildren(...lines.filter(line => line.textContent));
}

// Amber: our people may let them in all the same.
function colour(verdict) {
  if (verdict.green) return "green";
  return (verdict.waiting || []).length ? "amber" : "red";
}

function facts(verdict, words) {
  const lines = [
    element("p", "verdict__who", [verdict.who, verdict.number].filter(Boolean).join(" · ")),
    element("p", "verdict__party", [verdict.experience, verdict.time, verdict.party].filter(Boolean).join(" · ")),
  ];
  if (verdict.expected) {
    const inside = say(words.inside, {inside: verdict.inside.length, all: verdict.expected});
    lines.push(element("p", "verdict__inside", inside));
  }
  for (const answer of verdict.to_know || []) lines.push(element("p", "verdict__answer", answer));
  if (verdict.balance_fen) lines.push(element("p", "verdict__balance", say(words.toPay, {yuan: verdict.balance})));
  return lines;
}

const MOST_BUTTONS = 8;

// Whom the code stands for first, then the others of its party: in this order people come in.
export const inOrder = ({waiting, outside = []}) => [...waiting, ...outside.filter(key => !waiting.includes(key))];

function buttons(verdict, words, {letIn, takeBalance}) {
  const row = element("div", "verdict__buttons");
  const shown = (verdict.waiting || []).length, all = shown ? inOrder(verdict).length : 0;
  if (verdict.isParty) row.append(button(words.party, "button--in", () => letIn([])));
  if (shown === 1) row.append(button(words.this, "button--in", () => letIn(verdict.waiting)));
  if (all > 1) row.append(button(say(words.all, {n: all}), "button--in", () => letIn(inOrder(verdict))));
  if (all > 1 && !(shown === 1 && all === 2)) row.append(some(verdict, words, letIn, shown === 1 ? 2 : 1, all - 1));
  if (verdict.balance_fen && takeBalance && !verdict.alone) {
    for (const how of document.querySelectorAll("[data-how]")) {
      row.append(button(how.textContent, "button--quiet button--pay", () => takeBalance(how.dataset.how)));
    }
  }
  return row;
}

// Some of the party: one tap on how many for a family, a number to set for a school class.
function some(verdict, words, letIn, least, most) {
  const row = element("div", "verdict__some");
  const come = count => letIn(inOrder(verdict).slice(0, count));
  row.append(element("p", "verdict__only", words.some));
  if (most - least < MOST_BUTTONS) {
    for (let count = least; count <= most; count++) {
      const tap = button(String(count), "button--quiet button--count", () => come(count));
      tap.setAttribute("aria-label", say(words.letSome, {n: count}));
      row.append(tap);
    }
    return row;
  }
  const field = element("input", "verdict__count");
  Object.assign(field, {type: "number", inputMode: "numeric", min: least, max: most, value: least});
  field.setAttribute("aria-label", words.some);
  const count = () => Math.min(most, Math.max(least, Math.round(Number(field.value)) || least));
  const step = by => () => { field.value = count() + by; field.value = count(); };
  const [less, more] = [button("−", "button--quiet", step(-1)), button("+", "button--quiet", step(1))];
  less.setAttribute("aria-label", words.fewer);
  more.setAttribute("aria-label", words.more);
  row.append(less, field, more, button(words.go, "button--quiet button--go", () => come(count())));
  return row;
}

export function drawList(place, bookings, used, look) {
  place.replaceChildren(...bookings.map(booking => {
    const known = used.filter(one => one.number === booking.number);
    const inside = booking.tickets.filter(ticket => ticket.is_in || isIn(ticket.key, known)).length;
    const line = element("li", inside === booking.tickets.length ? "guest guest--in" : "guest");
    const words = `${booking.starts_at.slice(11, 16)} ${booking.who} ${booking.number} ${inside}/${booking.tickets.length}`;
    line.append(button(words, "guest__button", () => look(booking.number)));
    return line;
  }));
}

// Scans that the farm cannot take: somebody reads them, mends the list by hand, and strikes them out.
export function drawAside(place, scans, words, strikeOut) {
  place.replaceChildren(...scans.map(scan => {
    const made = new Date(scan.at);
    const at = isNaN(made) ? "?" : made.toLocaleTimeString("en-GB", {timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit"});
    const line = element("li", "conflict", say(words.aside, {at, code: scan.code.slice(0, 24), why: scan.aside}));
    line.append(button(words.done, "button--quiet", () => strikeOut(scan.nonce)));
    return line;
  }));
  place.closest("section").hidden = !scans.length;
}

export function drawConflicts(place, conflicts, words) {
  place.replaceChildren(...conflicts.map(one => element("li", "conflict", say(words.conflict, one))));
  place.closest("section").hidden = !conflicts.length;
}
