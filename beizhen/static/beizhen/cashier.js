// The time to pay runs down; when it is over the page says so.
import { countdown } from "./countdown.js";

const count = countdown(document.querySelector("[data-cashier]"), () => setTimeout(() => location.reload(), 1000));
count();
document.querySelector(".slip__until")?.setAttribute("hidden", "");
setInterval(count, 1000);
