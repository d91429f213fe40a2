// Sells places to walk-ins: one tap on who comes, one on how they pay. A sale without an answer stands until it has one.
import {button, element} from "./drawing.js";

let offered = [], chosen = null, party = {}, agreed = null, drawnFor = "";

// The farm sold nothing: the party stands again to be mended, at the sum that is told now when the farm named another.
export function takeUpAgain(sale, fen) {
  chosen = sale.slot;
  party = {...sale.party};
  agreed = fen ? {fen, of: nameOf(chosen)} : null;
  drawnFor = "";
}

const nameOf = slot => JSON.stringify([slot, Object.entries(party).sort()]);

// `acts` are sell, askAgain and giveUp; `open` is the sale that waits for its answer, if one does. Where only the places
// left are others, only they are written anew: a finger that is on a button at that moment presses it.
export function showSale(place, slots, open, words, acts) {
  offered = slots;
  const now = JSON.stringify([slots.map(({left, ...rest}) => rest), open]);
  if (now === drawnFor) return tellLeft(place, words);
  drawnFor = now;
  place.closest("section").hidden = !slots.length && !open;
  if (slots.length && !open) draw(place, words, acts.sell);
  else place.replaceChildren(...open ? waiting(open, words, acts) : []);
}

function tellLeft(place, words) {
  for (const option of place.querySelectorAll("option")) {
    option.textContent = named(offered.find(slot => String(slot.slot) === option.value), words);
  }
}

const named = (slot, words) => `${slot.time} ${slot.experience} · ${words.left.replace("{n}", slot.left)}`;

function waiting(open, words, {askAgain, giveUp}) {
  return [
    element("p", "sale__open", words.saleOpen.replace("{what}", open.what)),
    button(words.askAgain, "button--pay", askAgain),
    button(words.giveUp, "button--quiet", giveUp),
  ];
}

function draw(place, words, sell) {
  const slot = offered.find(one => one.slot === chosen) || offered[0];
  if (!slot) return place.replaceChildren();
  const again = () => draw(place, words, sell);
  chosen = slot.slot;
  const choice = element("select", "sale__slot");
  for (const one of offered) choice.append(new Option(named(one, words), one.slot, false, one === slot));
  choice.addEventListener("change", () => { chosen = Number(choice.value); party = {}; again(); });
  const kinds = element("div", "sale__kinds");
  for (const kind of slot.kinds) {
    const count = party[kind.code] ? ` ×${party[kind.code]}` : "";
    kinds.append(button(`${kind.name} ¥${kind.price}${count}`, "button--quiet sale__kind", () => {
      party[kind.code] = (party[kind.code] || 0) + 1;
      again();
    }));
  }
  place.replaceChildren(choice, kinds, payRow(slot, again, sell));
}

function payRow(slot, again, sell) {
  const coming = slot.kinds.filter(kind => party[kind.code]);
  const listed = coming.reduce((sum, kind) => sum + kind.fen * party[kind.code], 0);
  const fen = agreed?.of === nameOf(slot.slot) ? agreed.fen : listed;
  const row = element("div", "sale__pay");
  for (const how of document.querySelectorAll("[data-how]")) {
    const price = `${how.textContent} ¥${(fen / 100).toFixed(2)}`;
    const pay = button(price, "button--pay", () => {
      const what = [slot.time, slot.experience, ...coming.map(kind => `${kind.name} ×${party[kind.code]}`), price].join(" · ");
      const sale = {slot: slot.slot, party, how: how.dataset.how, amount_fen: fen, nonce: crypto.randomUUID(), what};
      sell(sale, () => { party = {}; agreed = null; drawnFor = ""; again(); });
    });
    pay.disabled = !coming.length;
    row.append(pay);
  }
  const clear = button("×", "button--quiet sale__clear", () => { party = {}; agreed = null; again(); });
  clear.disabled = !coming.length;
  row.append(clear);
  return row;
}
