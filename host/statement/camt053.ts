import { camtParser } from "./camt.ts";

/** ISO 20022 camt.053, the bank's end-of-day statement. */
export const camt053 = camtParser({
	format: "camt.053",
	element: "Stmt",
	name: "statement",
	closing: ["CLBD"],
});
