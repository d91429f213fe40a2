// Draws verdicts and lists; every word goes in as text, never as markup.
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
  for (const answer of verdict.answers || []) lines.push(element("p", "verdict__answer", answer));
  if (verdict.balance_fen) lines.push(element("p", "verdict__balance", say(words.toPay, {yuan: verdict.balance})));
  return lines;
}

function buttons(verdict, words, {letIn, takeBalance}) {
  const row = element("div", "verdict__buttons");
  const waiting = (verdict.waiting || []).length, outside = verdict.expected - (verdict.inside || []).length;
  if (waiting === 1) row.append(button(words.this, "button--in", () => letIn("this")));
  if (waiting && outside > 1) row.append(button(say(words.all, {n: outside}), "button--in", () => letIn("all")));
  if (waiting > 1) row.append(button(words.one, "button--quiet", () => letIn("one")));
  if (verdict.balance_fen && takeBalance && !verdict.alone) {
    for (const how of document.querySelectorAll("[data-how]")) {
      row.append(button(how.textContent, "button--quiet button--pay", () => takeBalance(how.dataset.how)));
    }
  }
  return row;
}

export function drawList(place, bookings, used, look) {
  place.replaceChildren(...bookings.map(booking => {
    const inside = booking.tickets.filter(ticket => ticket.is_in || used.has(ticket.key)).length;
    const line = element("li", inside === booking.tickets.length ? "guest guest--in" : "guest");
    const words = `${booking.starts_at.slice(11, 16)} ${booking.who} ${booking.number} ${inside}/${booking.tickets.length}`;
    line.append(button(words, "guest__button", () => look(booking.number)));
    return line;
  }));
}

export function drawConflicts(place, conflicts, words) {
  place.replaceChildren(...conflicts.map(one => element("li", "conflict", say(words.conflict, one))));
  place.closest("section").hidden = !conflicts.length;
}
