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

// A page that the browser kept (`persisted`) may still show what they typed, or what the farm filled in for them; it is
// asked for anew, whether a draft tells of it or not.
export function forgetAnothers({ persisted } = {}) {
  if (isLeaving) return;
  const isTheirDraft = isAnothers(draft().typist);
  isLeaving = (persisted && isAnothers(typist)) || (isTheirDraft && Boolean(history.state?.[KEPT]));
  if (isTheirDraft) forget();
  if (isLeaving) location.replace(location.pathname + location.search);
}

function isAnothers(author) {
  return Boolean(author) && author !== whose();
}

function draft() {
  try {
    return history.state?.[KEPT] ?? JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}
