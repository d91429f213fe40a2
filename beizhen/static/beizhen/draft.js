// What is typed into the order form is kept for this tab alone: a reload, a dead network or another page in between
// loses nothing until it is ordered, and Back not even then. The form's key is kept with it, so that the same order sent
// again stays one order.
const KEPT = "order";
const NOT_KEPT = /^(csrf|pasted|agreed_fen|live|box-|ship_date)/;

export function keep(form) {
  const words = Object.fromEntries([...new FormData(form)].filter(([name]) => !NOT_KEPT.test(name)));
  history.replaceState({ ...history.state, [KEPT]: words }, "");
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(words));
  } catch {
    // a browser that keeps nothing only loses more on a reload
  }
}

export function kept() {
  try {
    return history.state?.[KEPT] ?? JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // nothing was kept
  }
}
