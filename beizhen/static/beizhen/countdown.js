// Counts down to the moments that the server named, by the page's own clock: a phone's clock may be wrong.
const number = (unit) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" });

function said(seconds) {
  const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24, minutes = Math.floor(seconds / 60) % 60;
  if (days) return `${number("day").format(days)} ${number("hour").format(hours)}`;
  if (seconds >= 3600) return `${number("hour").format(hours)} ${number("minute").format(minutes)}`;
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

// Returns what is to be called each second; `over` is called once for each moment that comes. Each is shown when it is
// counted first: what a page hides afterwards stays hidden.
export function countdown(place, over) {
  const drawn = performance.now();
  const begun = new WeakSet(), done = new WeakSet();
  return () => {
    for (const hold of place.querySelectorAll("[data-until]")) {
      const gone = (performance.now() - drawn) / 1000;
      const left = Math.max(0, Math.ceil(hold.dataset.until - hold.dataset.from - gone));
      if (!begun.has(hold)) hold.hidden = false;
      begun.add(hold);
      hold.classList.toggle("countdown--short", left < 120);
      hold.querySelector("[data-left]").textContent = said(left);
      if (left || done.has(hold)) continue;
      done.add(hold);
      over();
    }
  };
}
