// Judges a code without the farm: by its signature, the day's list, and what this telephone let in itself.
import {isGenuine, parse, typedNumber} from "./tokens.js";
import {entries, clashes, keptDay, used} from "./keeping.js";

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
  const known = (await used()).filter(one => one.number === number);
  const booking = day.bookings.find(one => one.number === number);
  const gone = (day.gone || []).find(one => one.number === number);
  if (gone && !booking && (!token || token.issue <= gone.issue)) return red("dead", words.dead, words.deadAdvice.replace("{number}", number));
  const verdict = booking && (!token || token.issue <= booking.issue)
    ? listed(booking, token, day, known, words, now)
    : unlisted(token, genuine, day, known, words, now);
  return token && genuine === null ? {...verdict, note: words.cannotVerify} : verdict;
}

// Whether somebody is in by what this telephone did or heard; a party that came by its code alone is in with all.
export const isIn = (key, known) => known.some(one => one.key === key || !one.key);

// What the farm says of a code may be older than what waits in the queue: nobody comes in who is in by that.
export async function heedOwn(verdict, words) {
  if (!verdict.waiting?.length) return verdict;
  const known = (await used()).filter(one => one.number === verdict.number);
  const stillOut = keys => keys.filter(key => !isIn(key, known));
  const waiting = stillOut(verdict.waiting), outside = stillOut(verdict.outside);
  if (!waiting.length) return {...verdict, ...red("already_in", words.alreadyIn, words.alreadyAdvice), waiting, outside};
  return {...verdict, waiting, outside};
}

function listed(booking, token, day, known, words, now) {
  const isInside = ticket => ticket.is_in || isIn(ticket.key, known);
  const keys = tickets => tickets.map(ticket => ticket.key);
  const shown = booking.tickets.filter(ticket => !token || !token.key || token.key === ticket.key);
  const waiting = keys(shown.filter(ticket => !isInside(ticket)));
  const facts = {
    number: booking.number, issue: booking.issue, who: booking.who, experience: booking.experience, time: span(booking),
    party: kinds(booking.tickets), expected: booking.tickets.length, inside: keys(booking.tickets.filter(isInside)), waiting: [], alone: true,
    balance_fen: booking.balance_fen, balance: (booking.balance_fen / 100).toFixed(2),
    to_know: booking.to_know, outside: keys(booking.tickets.filter(ticket => !isInside(ticket))),
  };
  if (token && token.issue < booking.issue) return red("dead", words.dead, words.deadAdvice.replace("{number}", booking.number), facts);
  if (!waiting.length) return red("already_in", words.alreadyIn, words.alreadyAdvice, facts);
  if (known.some(one => one.issue > booking.issue)) return red("already_in", words.newerIn, words.ownTickets, facts);
  const starts = new Date(booking.starts_at), ends = new Date(booking.ends_at);
  const isOn = now >= starts - day.early_minutes * MINUTE && now < ends; // over midnight, too
  if (!isOn && localDate(starts) !== localDate(now)) return red("wrong_day", words.wrongDay.replace("{time}", `${localDate(starts)} ${localTime(starts)}`), "", facts);
  if (booking.closed) return red("closed", booking.closed, words.closedAdvice, {...facts, waiting});
  if (!isOn) {
    const said = words.wrongTime.replace("{experience}", booking.experience).replace("{time}", span(booking));
    return red("wrong_time", said, words.askGuide, {...facts, waiting});
  }
  return {code: "welcome", green: true, words: words.welcome, advice: "", ...facts, waiting};
}

// Signed by the farm, but newer than the list: it was booked or changed since. Never without a signature.
// How many belong to it is unknown, so a party's code and single tickets of one booking shut each other out.
function unlisted(token, genuine, day, known, words, now) {
  if (!token) return red("unknown_ticket", words.unknownNumber, words.notOursAdvice);
  if (genuine !== true) return red("not_our_ticket", words.cannotVerify, words.notOursAdvice);
  const when = `${localDate(token.startsAt)} ${localTime(token.startsAt)}`;
  const beginsSoon = now >= token.startsAt - day.early_minutes * MINUTE && now < token.startsAt;
  if (!beginsSoon && localDate(token.startsAt) !== localDate(now)) return red("wrong_day", words.wrongDay.replace("{time}", when));
  const keys = token.key ? [token.key] : [];
  const facts = {
    number: token.number, issue: token.issue, who: "", experience: "", time: when, party: "", expected: 0, inside: [],
    alone: true, balance_fen: 0, waiting: [], outside: [],
  };
  const [mine] = entries(keys, token, null, "");
  if (known.some(one => one.key && !token.key)) return red("already_in", words.someIn.replace("{n}", known.length), words.ownTickets, facts);
  if (known.some(one => clashes(mine, one))) return red("already_in", words.alreadyIn, words.alreadyAdvice, facts);
  return {code: "not_listed", green: true, words: words.notListed, advice: words.notListedAdvice, ...facts, waiting: keys, isParty: !token.key};
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
