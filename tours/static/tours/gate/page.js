// The gate's page: a code comes in by camera, scanner or keys; the verdict fills the screen; people are let in.
import {heedOwn, judge} from "./alone.js";
import {canRead, watch} from "./camera.js";
import {ask, csrf, NoNetwork, SignedOut} from "./farm.js";
import {claim, entries, forget, forgetSale, keepSale, keptDay, keptSale, queued, used, wipeDay} from "./keeping.js";
import {showSale, takeUpAgain} from "./sale.js";
import {fetchDay, noteInside, tell} from "./telling.js";
import {drawAside, drawConflicts, drawList, drawVerdict} from "./drawing.js";

const LOOK_AGAIN_MS = 15000, SOON_MS = 1000;
const LOOKED = "looked", REFUSED = "refused";
const places = document.body.dataset;
const words = JSON.parse(document.getElementById("words").textContent);
const find = name => document.querySelector(`[data-part="${name}"]`);
const field = find("code"), gate = find("gate");
let shown = null, stopCamera = null, isBusy = false, next = "", timer = 0, pause = SOON_MS;

const say = (text, facts = {}) => Object.entries(facts).reduce((said, [name, fact]) => said.replace(`{${name}}`, fact), text);

// One thing after the other: what is tapped meanwhile does nothing, so an act is over when it shows what became of it.
// A code that is scanned meanwhile waits. It waits for nothing when somebody was refused who stood there as let in or
// paid: that must be read, and the code be scanned again.
async function once(act) {
  if (isBusy) return;
  isBusy = true;
  let mayGoOn = false;
  try {
    const did = await act();
    mayGoOn = did === LOOKED || (did !== REFUSED && Boolean(shown?.verdict.green));
  } catch (error) {
    if (error instanceof SignedOut) {
      await wipeDay();
      drawVerdict({code: "signed_out", green: false, words: words.signIn}, words, {});
      await refresh();
    } else drawVerdict({code: "broken", green: false, words: words.again}, words, {});
  } finally {
    isBusy = false;
    field.focus();
  }
  const code = next;
  next = "";
  if (code && mayGoOn) hear(code);
}

function hear(code) {
  if (isBusy) next = code;
  else once(() => look(code));
}

async function look(code) {
  let verdict;
  try {
    await tellFirst();
    const {status, body} = await ask(places.looks, {code});
    verdict = status === 200 ? await heedOwn(body, words) : refusal(body);
    setOnline(true);
    if (verdict.inside) await know(verdict);
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    verdict = await judge(code, words);
    setOnline(false);
  }
  show(code, verdict);
  return LOOKED;
}

// The farm judges better when it knows what this telephone did alone.
async function tellFirst() {
  if ((await queued()).some(scan => !scan.aside)) await tell(places);
}

async function know(heard) {
  await noteInside(heard);
  await refresh();
}

function show(code, verdict) {
  shown = {code, verdict, nonce: crypto.randomUUID()};
  drawVerdict(verdict, words, {letIn, takeBalance});
}

// `keys` are the tickets that come in; none: the party of a code that this telephone knows no tickets of.
const letIn = keys => once(async () => {
  if (!shown) return;
  const {code, verdict, nonce} = shown;
  const scan = {nonce, code: code.replace(/\s+/g, "").toUpperCase(), keys, people: null, despite: verdict.code, gate: gateName()};
  if (verdict.alone) return letInAlone(scan);
  try {
    const {status, body} = await ask(places.admissions, scan);
    if (body.inside) await know(body);
    if (status !== 200) return show(code, body.look ?? refusal(body));
    show(code, {...body, code: "let_in", green: true, words: say(words.letIn, {n: body.let_in}), waiting: []});
    emptyField(code);
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    setOnline(false);
    // The farm may have heard it or not: told again with the same number and tickets, it counts once.
    await letInAlone(scan);
  }
});

async function letInAlone(scan) {
  const {code, verdict} = shown, at = new Date().toISOString();
  const isMine = await claim({...scan, at}, entries(scan.keys, verdict, scan.nonce, at));
  if (!isMine) return show(code, await judge(code, words));
  const said = scan.keys.length ? say(words.letInAlone, {n: scan.keys.length}) : words.partyInAlone;
  const inside = [...verdict.inside, ...scan.keys];
  await refresh();
  show(code, {...verdict, code: "let_in", green: true, words: said, advice: "", inside, waiting: [], isParty: false});
  emptyField(code);
  lookSoon();
}

// Of the code that is done with, never of the next one, which a scanner may be typing at this moment.
function emptyField(code) {
  if (field.value.trim() === code) field.value = "";
}

const gateName = () => gate.value.trim() || gate.defaultValue;

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
  return REFUSED;
});

const refusal = body => ({code: body.code, green: false, words: body.detail});

// The sale is kept before it is sent, so that no lost answer and no reload makes a second one of it.
const sell = (sale, begun) => once(async () => {
  if (await keptSale()) return refresh();
  const {what, ...asked} = sale;
  await keepSale({what, asked: {...asked, gate: gateName()}});
  begun();
  await askForSale();
});

async function askForSale() {
  const open = await keptSale();
  if (!open) return refresh();
  try {
    const {status, body} = await ask(places.walkIns, open.asked);
    const isSold = status === 201;
    await forgetSale();
    if (!isSold) takeUpAgain(open.asked, body.amount_fen);
    await refresh();
    show("", isSold ? {...body, code: "let_in", green: true, words: say(words.soldFor, {n: body.let_in}), waiting: []} : refusal(body));
    lookIn(0);
  } catch (error) {
    await refresh();
    if (!(error instanceof NoNetwork)) throw error;
    setOnline(false);
    show("", {code: "needs_network", green: false, words: words.noAnswer});
  }
}

// They have left: a sale that was heard all the same is shown, one that was not is never made.
async function giveUpSale() {
  const {asked} = await keptSale();
  try {
    const {status, body} = await ask(places.withdrawals, {nonce: asked.nonce});
    await forgetSale();
    await refresh();
    if (status === 409 && body.number) await look(body.number);
    if (status !== 201) drawVerdict({...shown?.verdict, ...refusal(body)}, words, {});
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    setOnline(false);
    show("", {code: "needs_network", green: false, words: words.noAnswer});
  }
}

const selling = {sell, askAgain: () => once(askForSale), giveUp: () => once(giveUpSale)};

function setOnline(isOnline) {
  document.body.classList.toggle("is-alone", !isOnline);
  find("network").textContent = isOnline ? words.online : words.offline;
}

// Tell what waits, fetch the day, draw both; without network only draw what is kept. True when nothing is left to do.
async function lookAgain() {
  let isHeard = true;
  try {
    const told = await tell(places);
    await fetchDay(places);
    setOnline(true);
    if (told) find("told").textContent = say(words.sent, {n: told});
  } catch (error) {
    if (error instanceof SignedOut) {
      await wipeDay();
      find("told").textContent = words.signIn;
    } else if (error instanceof NoNetwork) setOnline(isHeard = false);
    else throw error;
  }
  return await refresh() === 0 && isHeard;
}

// Four times a minute, and soon when that failed: a network is often said to be back before it is.
async function keepLooking() {
  let wait = LOOK_AGAIN_MS;
  try {
    if (await lookAgain()) pause = SOON_MS;
    else [wait, pause] = [pause, Math.min(2 * pause, LOOK_AGAIN_MS)];
  } finally {
    lookIn(wait);
  }
}

function lookIn(wait) {
  clearTimeout(timer);
  timer = setTimeout(keepLooking, wait);
}

function lookSoon() {
  pause = SOON_MS;
  lookIn(SOON_MS);
}

// How many scans wait to be told.
async function refresh() {
  const [day, scans, known] = [await keptDay(), await queued(), await used()];
  const waiting = scans.filter(scan => !scan.aside);
  find("queue").textContent = waiting.length ? say(words.queued, {n: waiting.length}) : "";
  document.body.dataset.queued = waiting.length;
  drawAside(find("aside"), scans.filter(scan => scan.aside), words, nonce => once(() => forget(nonce).then(refresh)));
  drawList(find("list"), day?.bookings ?? [], known, hear);
  drawConflicts(find("conflicts"), day?.conflicts ?? [], words);
  showSale(find("sale"), day?.walk_ins ?? [], await keptSale(), words, selling);
  return waiting.length;
}

async function toggleCamera() {
  const video = find("video");
  if (!canRead()) {
    find("told").textContent = words.noCamera;
    return;
  }
  if (stopCamera) stopCamera();
  stopCamera = stopCamera ? null : await watch(video, hear);
  video.hidden = !stopCamera;
}

find("look").addEventListener("submit", event => {
  event.preventDefault();
  const code = field.value.trim();
  field.select();
  if (code) hear(code);
});
find("camera").addEventListener("click", () => toggleCamera().catch(() => { find("told").textContent = words.noCamera; }));
// The list goes first; scans and a sale that wait stay, and are sent when somebody signs in again.
find("leave").addEventListener("submit", event => {
  event.preventDefault();
  const form = event.target;
  once(async () => {
    try {
      await tell(places);
      await ask(places.day);
    } catch (error) {
      if (error instanceof NoNetwork) return show("", {code: "needs_network", green: false, words: words.needsNetwork});
    }
    await wipeDay();
    form.elements.csrfmiddlewaretoken.value = csrf();
    form.submit();
  });
});
gate.value = localStorage.getItem("gate") || gate.value;
gate.addEventListener("change", () => localStorage.setItem("gate", gate.value));
addEventListener("online", () => { pause = SOON_MS; keepLooking(); });
document.addEventListener("keydown", event => {
  const isTyping = event.target.closest("input, select, textarea");
  if (!isTyping && event.key.length === 1 && !event.ctrlKey && !event.metaKey) field.focus();
});
if ("serviceWorker" in navigator) {
  const note = () => { if (navigator.serviceWorker.controller) document.body.dataset.kept = "yes"; };
  navigator.serviceWorker.addEventListener("controllerchange", note);
  navigator.serviceWorker.register(places.worker).then(note, () => {});
}
keepLooking();
field.focus();
