// Lets the browser keep the page that says when there is no network.
const address = document.body.dataset.worker;

if (address && "serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register(address).catch(() => {}));
}
