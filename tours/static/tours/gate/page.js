// The gate's page: a code comes in by camera, scanner or keys; the verdict fills the screen; people are let in.
import {judge, usedKeys} from "./alone.js";
import {canRead, watch} from "./camera.js";
import {ask, NoNetwork, SignedOut} from "./farm.js";
import {enqueue, keptDay, queued} from "./keeping.js";
import {showSale} from "./sale.js";
import {fetchDay, noteInside, tell} from "./telling.js";
import {drawConflicts, drawList, drawVerdict} from "./drawing.js";

const LOOK_AGAIN_MS = 15000;
const places = document.body.dataset;
const words = JSON.parse(document.getElementById("words").textContent);
const find = name => document.querySelector(`[data-part="${name}"]`);
const field = find("code"), gate = find("gate");
let shown = null, stopCamera = null, isBusy = false;

const say = (text, facts = {}) => Object.entries(facts).reduce((said, [name, fact]) => said.replace(`{${name}}`, fact), text);

// Scans one after the other: a second one waits until the first is answered.
async function once(act) {
  if (isBusy) return;
  isBusy = true;
  try {
    await act();
  } catch (error) {
    if (error instanceof SignedOut) drawVerdict({code: "signed_out", green: false, words: words.signIn}, words, {});
    else drawVerdict({code: "broken", green: false, words: words.again}, words, {});
  } finally {
    isBusy = false;
    field.focus();
  }
}

async function look(code) {
  let verdict;
  try {
    const {status, body} = await ask(places.looks, {code});
    verdict = status === 200 ? body : refusal(body);
    setOnline(true);
    if (verdict.inside) await know(verdict);
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    verdict = await judge(code, words);
    setOnline(false);
  }
  show(code, verdict);
}

async function know({number, inside}) {
  await noteInside(number, inside);
  await refresh();
}

function show(code, verdict) {
  shown = {code, verdict, nonce: crypto.randomUUID()};
  drawVerdict(verdict, words, {letIn, takeBalance});
}

// `chosen` is "this" (all whom the code stands for), "one" or "all" of the party.
const letIn = chosen => once(async () => {
  if (!shown) return;
  const {code, verdict, nonce} = shown;
  const outside = verdict.expected - verdict.inside.length;
  const people = chosen === "this" ? null : chosen === "one" ? 1 : outside;
  if (verdict.alone) return letInAlone(chosen);
  try {
    const {status, body} = await ask(places.admissions, {code, nonce, gate: gate.value, people, despite: verdict.code});
    shown = null;
    if (body.inside) await know(body);
    if (status !== 200) return show(code, body.look ?? refusal(body));
    show(code, {...body, code: "let_in", green: true, words: say(words.letIn, {n: body.let_in}), waiting: []});
    field.value = "";
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    setOnline(false);
    // The farm may have heard it or not: told again with the same nonce, it counts once.
    await letInAlone(chosen);
  }
});

async function letInAlone(chosen) {
  const {code, nonce} = shown;
  const verdict = await judge(code, words);
  if (!verdict.waiting || !verdict.waiting.length) return show(code, verdict);
  const keys = chosen === "one" ? verdict.waiting.slice(0, 1) : chosen === "all" ? verdict.outside ?? verdict.waiting : verdict.waiting;
  const isWholeParty = verdict.unlisted && !keysOfToken(code);
  await enqueue({nonce, code: code.replace(/\s+/g, "").toUpperCase(), keys: isWholeParty ? [] : keys, people: null, despite: verdict.code, gate: gate.value, at: new Date().toISOString()});
  const inside = [...verdict.inside, ...keys];
  show(code, {...verdict, code: "let_in", green: true, words: say(words.letInAlone, {n: keys.length}), inside, waiting: []});
  field.value = "";
  await refresh();
}

const keysOfToken = code => code.split(".")[4] || !code.includes(".");

const takeBalance = how => once(async () => {
  const {code, verdict} = shown;
  try {
    const {status, body} = await ask(places.balances, {number: verdict.number, amount_fen: verdict.balance_fen, how});
    if (status === 200) return show(code, {...body, note: words.paid});
    await look(code);
    drawVerdict(shown.verdict = {...shown.verdict, note: body.detail}, words, {letIn, takeBalance});
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    setOnline(false);
    drawVerdict({...verdict, note: words.needsNetwork}, words, {letIn, takeBalance});
  }
});

const refusal = body => ({code: body.code, green: false, words: body.detail});

const sell = sale => once(async () => {
  try {
    const {status, body} = await ask(places.walkIns, {...sale, gate: gate.value});
    if (status !== 201) return show("", refusal(body));
    show("", {...body, code: "let_in", green: true, words: say(words.soldFor, {n: body.let_in}), waiting: []});
    await lookAgain();
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    setOnline(false);
    show("", {code: "needs_network", green: false, words: words.needsNetwork});
  }
});

function setOnline(isOnline) {
  document.body.classList.toggle("is-alone", !isOnline);
  find("network").textContent = isOnline ? words.online : words.offline;
}

// Tell what waits, fetch the day, draw both; without network only draw what is kept.
async function lookAgain() {
  try {
    let told = 0;
    for (let more = await tell(places); more; more = await tell(places)) told += more;
    await fetchDay(places);
    setOnline(true);
    if (told) find("told").textContent = say(words.sent, {n: told});
  } catch (error) {
    if (error instanceof SignedOut) find("told").textContent = words.signIn;
    else if (error instanceof NoNetwork) setOnline(false);
    else throw error;
  }
  await refresh();
}

async function refresh() {
  const [day, waiting, used] = [await keptDay(), await queued(), await usedKeys()];
  find("queue").textContent = waiting.length ? say(words.queued, {n: waiting.length}) : "";
  document.body.dataset.queued = waiting.length;
  if (!day) return;
  drawList(find("list"), day.bookings, used, number => once(() => look(number)));
  drawConflicts(find("conflicts"), day.conflicts, words);
  showSale(find("sale"), day.walk_ins, words, sell);
}

async function toggleCamera() {
  const video = find("video");
  if (!canRead()) {
    find("told").textContent = words.noCamera;
    return;
  }
  if (stopCamera) stopCamera();
  stopCamera = stopCamera ? null : await watch(video, code => once(() => look(code)));
  video.hidden = !stopCamera;
}

find("look").addEventListener("submit", event => {
  event.preventDefault();
  const code = field.value.trim();
  field.select();
  if (code) once(() => look(code));
});
find("camera").addEventListener("click", () => toggleCamera().catch(() => { find("told").textContent = words.noCamera; }));
gate.value = localStorage.getItem("gate") || gate.value;
gate.addEventListener("change", () => localStorage.setItem("gate", gate.value));
addEventListener("online", () => lookAgain());
document.addEventListener("keydown", event => {
  const isTyping = event.target.closest("input, select, textarea");
  if (!isTyping && event.key.length === 1 && !event.ctrlKey && !event.metaKey) field.focus();
});
if ("serviceWorker" in navigator) {
  const note = () => { if (navigator.serviceWorker.controller) document.body.dataset.kept = "yes"; };
  navigator.serviceWorker.addEventListener("controllerchange", note);
  navigator.serviceWorker.register(places.worker).then(note, () => {});
}
setInterval(() => lookAgain(), LOOK_AGAIN_MS);
lookAgain();
field.focus();
