// Sells places to walk-ins: one tap on who comes, one on how they pay.
import {button, element} from "./drawing.js";

let chosen = null, party = {}, drawnFor = "";

export function showSale(place, slots, words, sell) {
  const now = JSON.stringify(slots);
  if (now === drawnFor) return;
  drawnFor = now;
  place.closest("section").hidden = !slots.length;
  if (slots.length) draw(place, slots, words, sell);
}

function draw(place, slots, words, sell) {
  const slot = slots.find(one => one.slot === chosen) || slots[0];
  const again = () => draw(place, slots, words, sell);
  chosen = slot.slot;
  const choice = element("select", "sale__slot");
  for (const one of slots) {
    const text = `${one.time} ${one.experience} · ${words.left.replace("{n}", one.left)}`;
    choice.append(new Option(text, one.slot, false, one === slot));
  }
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
  const fen = slot.kinds.reduce((sum, kind) => sum + kind.fen * (party[kind.code] || 0), 0);
  const row = element("div", "sale__pay");
  const isEmpty = !Object.keys(party).length;
  for (const how of document.querySelectorAll("[data-how]")) {
    const pay = button(`${how.textContent} ¥${(fen / 100).toFixed(2)}`, "button--pay", () => {
      const sale = {slot: slot.slot, party, how: how.dataset.how, nonce: crypto.randomUUID()};
      party = {};
      again();
      sell(sale);
    });
    pay.disabled = isEmpty;
    row.append(pay);
  }
  const clear = button("×", "button--quiet sale__clear", () => { party = {}; again(); });
  clear.disabled = isEmpty;
  row.append(clear);
  return row;
}
