import { inFolder } from "../folder.ts";
import { playMonth } from "../month/play.ts";
import type { Section } from "../section.ts";

const TERMINALS = 50;
const DAYS = 30;
const SALES = 20;
const EACH = 8;
const SHOWN_MAX = 10;

export const section: Section = {
	name: "month",
	about: "a month of a merchant with 50 terminals and every kind of mishap planted, reconciled",
	async *run(say, { seed = 1 } = {}) {
		const size = { terminals: TERMINALS, days: DAYS, sales: SALES, each: EACH };
		say(`${TERMINALS} terminals, ${DAYS} days, ${SALES} transactions each a day, seed ${seed}`);
		const { planted, found, missed, extra, transactions, reconcileS } = await inFolder((folder) =>
			playMonth({ ...size, seed, folder }),
		);
		const kinds = new Set(planted.map(({ mishap }) => mishap)).size;
		for (const one of missed.slice(0, SHOWN_MAX)) say(`missed: ${one}`);
		for (const one of extra.slice(0, SHOWN_MAX)) say(`extra: ${one}`);
		const right = planted.length - missed.length;
		const shared = { unit: "of 1", peer: 1, peerName: "everything" };
		yield {
			...shared,
			what: `precision: ${right} of ${found.length} found were planted, of the very kind`,
			ours: right / Math.max(1, found.length),
			note: `${transactions} transactions; ${missed.length} missed, ${extra.length} extra`,
		};
		yield {
			...shared,
			what: `recall: ${right} of ${planted.length} planted were found as what they are`,
			ours: right / planted.length,
			note: `${kinds} kinds of mishap; the comparison itself took ${reconcileS.toFixed(1)} s of processor time`,
		};
	},
};
