// Counts down to the moment that the server named, by the page's own clock: a phone's clock may be wrong.
export function countdown(place) {
  const drawn = performance.now();
  return () => {
    const hold = place.querySelector("[data-until]");
    if (!hold) return;
    const gone = (performance.now() - drawn) / 1000;
    const left = Math.max(0, Math.ceil(hold.dataset.until - hold.dataset.from - gone));
    hold.hidden = false;
    hold.classList.toggle("countdown--short", left < 120);
    hold.querySelector("[data-left]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  };
}
