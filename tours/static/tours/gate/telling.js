// Tells the farm of queued scans, again and again until it has heard them, and fetches the day's list.
import {ask} from "./farm.js";
import {forget, keepDay, keptDay, queued} from "./keeping.js";

const AT_ONCE = 25;

// How many scans were told. A scan leaves the queue only when the farm has answered for its nonce.
export async function tell(places) {
  const waiting = (await queued()).sort((one, other) => one.at.localeCompare(other.at)).slice(0, AT_ONCE);
  if (!waiting.length) return 0;
  const {status, body} = await ask(places.scans, {scans: waiting});
  if (status !== 200) return 0;
  for (const told of body.told) await forget(told.nonce);
  return body.told.length;
}

export async function fetchDay(places) {
  const {status, body} = await ask(places.day);
  if (status === 200) await keepDay(body);
  return keptDay();
}

// What the farm just said of a booking is known at once, should the network go now.
export async function noteInside(number, inside) {
  const day = await keptDay();
  const booking = day && day.bookings.find(one => one.number === number);
  if (!booking) return;
  for (const ticket of booking.tickets) ticket.is_in ||= inside.includes(ticket.key);
  await keepDay(day);
}
