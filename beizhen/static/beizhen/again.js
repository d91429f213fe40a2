// After a form that could not be taken: leads to the page it stood on, loaded anew.
const link = document.querySelector("[data-again]");

if (document.referrer && new URL(document.referrer).origin === location.origin) {
  link.href = document.referrer;
  link.parentElement.hidden = false;
}
