// Somebody has signed out: the day's list goes from this device. What waits to be told stays.
import {wipeDay} from "./keeping.js";

wipeDay();
