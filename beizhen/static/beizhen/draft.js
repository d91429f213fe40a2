// What is typed into the order form is kept for this tab alone: a reload, a dead network or another page in between
// loses nothing until it is ordered, and Back not even then. The form's key is kept with it, so that the same order sent
// again stays one order. What was typed while somebody was signed in is theirs alone: it ends when they sign out.
const KEPT = "order";
const NOT_KEPT = /^(csrf|pasted|agreed_fen|live|box-|ship_date)/;
const typist = whose();
let isLeaving = false;

export function whose() {
  return document.cookie.match(/(?:^|; )signed_in=([^;]+)/)?.[1] ?? "";
}

export function keep(form) {
  if (isLeaving) return;
  const words = Object.fromEntries([...new FormData(form)].filter(([name]) => !NOT_KEPT.test(name)));
  const draft = { typist, words };
  history.replaceState({ ...history.state, [KEPT]: draft }, "");
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(draft));
  } catch {
    // a browser that keeps nothing only loses more on a reload
  }
}

export function kept() {
  return draft().words ?? {};
}

export function forget() {
  history.replaceState({ ...history.state, [KEPT]: undefined }, "");
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // nothing was kept
  }
}

// A page that the browser kept may still show what they typed; it is asked for anew.
export function forgetAnothers() {
  const author = draft().typist;
  if (!author || author === whose()) return;
  isLeaving = Boolean(history.state?.[KEPT]);
  forget();
  if (isLeaving) location.replace(location.pathname + location.search);
}

function draft() {
  try {
    return history.state?.[KEPT] ?? JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}
