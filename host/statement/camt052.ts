import { camtParser } from "./camt.ts";

/** ISO 20022 camt.052, the bank's report during the day. What it shows may change until the camt.053 of the day. */
export const camt052 = camtParser({
	format: "camt.052",
	element: "Rpt",
	name: "report",
	closing: ["CLBD", "ITBD"],
});
