// Turns the three words of an address into three lists. When the lists cannot be had, the words stay.
const place = document.querySelector("[data-divisions]");
const WORDS = ["province", "city", "district"];
const READABLE = new Map([...document.querySelectorAll("#provinces option")].map(({ value, label }) => [value, label]));
const field = (word) => place.querySelector(`[name=${word}]`);

async function below(code) {
  const answer = await fetch(place.dataset.divisions + (code && `?parent=${code}`), { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`divisions: ${answer.status}`);
  const body = await answer.json();
  return body.results ?? body.divisions ?? body;
}

function listFor(word) {
  const input = field(word);
  const list = document.createElement("select");
  for (const name of ["name", "id", "autocomplete", "aria-describedby", "aria-invalid"]) {
    if (input.hasAttribute(name)) list.setAttribute(name, input.getAttribute(name));
  }
  list.dataset.wanted = input.value;
  input.replaceWith(list);
  return list;
}

function fill(list, rows) {
  list.replaceChildren(new Option(place.dataset.choose, ""));
  for (const { code, name } of rows) {
    const option = new Option(READABLE.get(name) ?? name, name);
    option.dataset.code = code;
    list.append(option);
  }
  list.closest(".field").hidden = rows.length === 0;
  const wanted = rows.length === 1 ? rows[0].name : list.dataset.wanted;
  list.value = rows.some(({ name }) => name === wanted) ? wanted : "";
}

async function fillBelow(lists, level) {
  if (level === lists.length) return;
  const code = lists[level - 1].selectedOptions[0]?.dataset.code;
  fill(lists[level], code ? await below(code) : []);
  lists[level].closest(".field").hidden &&= Boolean(code);
  await fillBelow(lists, level + 1);
}

async function begin() {
  const provinces = await below("");
  const lists = WORDS.map(listFor);
  fill(lists[0], provinces);
  lists.forEach((list, level) => list.addEventListener("change", () => {
    lists.slice(level + 1).forEach((lower) => { lower.dataset.wanted = ""; });
    fillBelow(lists, level + 1).then(changed);
  }));
  await fillBelow(lists, 1);
  return lists;
}

const changed = () => place.dispatchEvent(new Event("change", { bubbles: true }));
const ready = place ? begin().catch(() => null) : null;

// Puts a place into the lists, or into the words where there are none.
export async function choose(words) {
  const lists = await ready;
  for (const word of WORDS) {
    if (lists) field(word).dataset.wanted = words[word] ?? "";
    else field(word).value = words[word] ?? "";
  }
  if (lists) {
    lists[0].value = words.province ?? "";
    await fillBelow(lists, 1).catch(() => {});
  }
  changed();
}
