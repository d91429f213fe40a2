// Asks the farm. Without network, or when no answer comes in time, it throws NoNetwork; Broken when the farm stumbles.
export class NoNetwork extends Error {}
export class Broken extends NoNetwork {}
export class SignedOut extends Error {}

const PATIENCE_MS = 5000;

export function csrf() {
  const found = document.cookie.split("; ").find(one => /^(__Host-)?csrftoken=/.test(one));
  return found ? found.slice(found.indexOf("=") + 1) : "";
}

// The status and the body of the answer. The language of the page goes along by its cookie.
export async function ask(place, said) {
  let answer;
  try {
    answer = await fetch(place, {
      method: said ? "POST" : "GET",
      headers: said ? {"Content-Type": "application/json", "X-CSRFToken": csrf()} : {},
      body: said ? JSON.stringify(said) : undefined,
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new NoNetwork();
  }
  if (answer.status === 401 || answer.status === 403) throw new SignedOut();
  if (answer.status === 429) throw new NoNetwork();
  if (answer.status >= 500) throw new Broken();
  try {
    return {status: answer.status, body: await answer.json()};
  } catch {
    throw new NoNetwork();
  }
}
