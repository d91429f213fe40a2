// Seats that are offered to a party in line: shows how long they are kept, and says when the time is over.
import { countdown } from "./countdown.js";
import { forgiving } from "./forgive.js";

const over = document.querySelector("[data-over]");
const count = countdown(document, () => { over.hidden = false; });

forgiving(document.querySelector("[data-answers]"));
count();
setInterval(count, 1000);
