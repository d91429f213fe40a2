// A form for a waiting list: plus and minus, and what is said against a field goes as soon as it is mended.
import { forgiving } from "./forgive.js";
import "./visit-steps.js";

forgiving(document.querySelector("[data-wait]"));
