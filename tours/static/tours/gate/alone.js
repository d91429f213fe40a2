// Judges a code without the farm: by its signature, the day's list, and what this telephone let in itself.
import {isGenuine, parse, typedNumber} from "./tokens.js";
import {keptDay, queued} from "./keeping.js";

const MINUTE = 60000;

const localDate = moment => moment.toLocaleDateString("sv", {timeZone: "Asia/Shanghai"});
const localTime = moment => moment.toLocaleTimeString("en-GB", {timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit"});

// A verdict in the shape in which the farm answers, in the words of the page.
export async function judge(text, words, now = new Date()) {
  const day = await keptDay();
  if (!day) return red("no_list", words.noBundle);
  const token = parse(text);
  const number = token ? token.number : typedNumber(text);
  if (!number) return red("not_our_ticket", words.notOurs, words.notOursAdvice);
  const genuine = token ? await isGenuine(token, day.keys) : null;
  if (token && genuine === false) return red("not_our_ticket", words.notOurs, words.notOursAdvice);
  const used = await usedKeys();
  const booking = day.bookings.find(one => one.number === number);
  const gone = (day.gone || []).find(one => one.number === number);
  if (gone && !booking && (!token || token.issue <= gone.issue)) return red("dead", words.dead, words.deadAdvice.replace("{number}", number));
  const verdict = booking && (!token || token.issue <= booking.issue)
    ? listed(booking, token, day, used, words, now)
    : unlisted(token, genuine, used, words, now);
  return token && genuine === null ? {...verdict, note: words.cannotVerify} : verdict;
}

// The tickets that scans in the queue let in; a party without a list counts by its number.
export async function usedKeys() {
  const used = new Set();
  for (const scan of await queued()) {
    for (const key of scan.keys) used.add(key);
    if (!scan.keys.length) used.add(scan.code);
  }
  return used;
}

function listed(booking, token, day, used, words, now) {
  const isIn = ticket => ticket.is_in || used.has(ticket.key);
  const inside = booking.tickets.filter(isIn).map(ticket => ticket.key);
  const shown = booking.tickets.filter(ticket => !token || !token.key || token.key === ticket.key);
  const waiting = shown.filter(ticket => !isIn(ticket)).map(ticket => ticket.key);
  const facts = {
    number: booking.number, who: booking.who, experience: booking.experience, time: span(booking),
    party: kinds(booking.tickets), expected: booking.tickets.length, inside, waiting: [], alone: true,
    balance_fen: booking.balance_fen, balance: (booking.balance_fen / 100).toFixed(2),
    answers: booking.answers, outside: booking.tickets.filter(ticket => !isIn(ticket)).map(ticket => ticket.key),
  };
  if (token && token.issue < booking.issue) return red("dead", words.dead, words.deadAdvice.replace("{number}", booking.number), facts);
  if (!waiting.length) return red("already_in", words.alreadyIn, words.alreadyAdvice, facts);
  const starts = new Date(booking.starts_at), ends = new Date(booking.ends_at);
  if (localDate(starts) !== localDate(now)) return red("wrong_day", words.wrongDay.replace("{time}", `${localDate(starts)} ${localTime(starts)}`), "", facts);
  if (booking.closed) return red("closed", booking.closed, words.closedAdvice, {...facts, waiting});
  if (now < starts - day.early_minutes * MINUTE || now >= ends) {
    const said = words.wrongTime.replace("{experience}", booking.experience).replace("{time}", span(booking));
    return red("wrong_time", said, words.askGuide, {...facts, waiting});
  }
  return {code: "welcome", green: true, words: words.welcome, advice: "", ...facts, waiting};
}

// Signed by the farm, but newer than the list: it was booked or changed since. Never without a signature.
function unlisted(token, genuine, used, words, now) {
  if (!token) return red("unknown_ticket", words.unknownNumber, words.notOursAdvice);
  if (genuine !== true) return red("not_our_ticket", words.cannotVerify, words.notOursAdvice);
  const when = `${localDate(token.startsAt)} ${localTime(token.startsAt)}`;
  if (localDate(token.startsAt) !== localDate(now)) return red("wrong_day", words.wrongDay.replace("{time}", when));
  const key = token.key || token.code;
  const facts = {number: token.number, who: "", experience: "", time: when, party: "", expected: 0, inside: [], alone: true, balance_fen: 0};
  if (used.has(key)) return red("already_in", words.alreadyIn, words.alreadyAdvice, {...facts, waiting: []});
  return {code: "not_listed", green: true, words: words.notListed, advice: words.notListedAdvice, ...facts, waiting: [key], unlisted: true};
}

function red(code, words, advice = "", facts = {}) {
  return {code, green: false, words, advice, ...facts};
}

function kinds(tickets) {
  const counts = new Map();
  for (const ticket of tickets) counts.set(ticket.kind, (counts.get(ticket.kind) || 0) + 1);
  return [...counts].map(([name, count]) => `${name} ×${count}`).join(", ");
}

const span = booking => `${localTime(new Date(booking.starts_at))}-${localTime(new Date(booking.ends_at))}`;
