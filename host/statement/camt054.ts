import { camtParser } from "./camt.ts";

/** ISO 20022 camt.054, notification of single credits and debits; the camt.053 of the day books them as well. */
export const camt054 = camtParser({
	format: "camt.054",
	element: "Ntfctn",
	name: "notification",
	closing: [],
});
