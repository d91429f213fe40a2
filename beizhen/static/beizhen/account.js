// On every page: whoever is signed in finds the account where others find their order. Pages stay the same for all.
const link = document.querySelector("[data-account]");

export function show() {
  if (!/(?:^|; )signed_in=1/.test(document.cookie)) return;
  link.href = link.dataset.account;
  link.querySelector("span").textContent = link.dataset.says;
}

if (link) window.addEventListener("pageshow", show);
