// Plus and minus on pages of visits that ask for a party.
import { stepper } from "./count.js";

document.querySelectorAll("[data-count]").forEach(stepper);
