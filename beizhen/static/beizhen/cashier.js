// The time to pay runs down; when it is over the page says so.
import { countdown } from "./countdown.js";

const count = countdown(document.querySelector("[data-cashier]"), () => setTimeout(() => location.reload(), 1000));
count();
setInterval(count, 1000);
