import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlockerType } from "../../firmware/core/part.ts";
import { SeededEntropy } from "../emulator/random.ts";
import { bookTwice, compareBooks, type Fault, makeFiles, plantFaults } from "./books.ts";
import { findCardNumber, findInDatabase } from "./card-search.ts";
import { verifyImage } from "./image.ts";
import { keepDay } from "./keep.ts";
import { readList } from "./list-paper.ts";
import { drawPlan, type Plan } from "./plan.ts";
import { type Evidence, type Judged, judge } from "./promises.ts";
import { Shop } from "./shop.ts";
import { playDay } from "./story.ts";
import { askHost } from "./witness.ts";

export interface DayOptions {
	readonly seed: number;
	readonly engine: "xs" | "node";
	readonly brokerUrl?: string;
	/** Folder in which what the day leaves behind is kept; an empty one. */
	readonly keepDir?: string;
	/** A mishap that the day does not expect, to see that it is noticed. */
	readonly unplanned?: "bank-doubles";
}

/** A day in figures. The same seed gives the same, on any machine. */
export interface DayResult {
	readonly engine: "xs" | "node";
	readonly seed: number;
	readonly businessDate: number;
	readonly records: number;
	/** Approved transactions by type. */
	readonly sales: number;
	readonly refunds: number;
	readonly voids: number;
	/** Types of the blockers that a refused close has shown, in the order of their first appearance. */
	readonly blockersShown: readonly BlockerType[];
	readonly settlement: {
		readonly way: Plan["settlement"];
		readonly verdicts: readonly { readonly group: string; readonly verdict: string }[];
		readonly uploaded: number;
	};
	readonly list: {
		readonly pages: number;
		readonly rows: number;
		readonly resumedAtRow: number | null;
	};
	readonly host: {
		readonly watermark: number;
		readonly chainEqual: boolean;
		readonly dayComplete: boolean;
	};
	readonly differences: readonly Fault[];
	/** Null on Node, which does not count. */
	readonly meters: {
		/** Median over the sales that nothing disturbed, from the wish to pay to slip and acknowledgement. */
		readonly computronsPerSale: number | null;
		/**
		 * What is alive just before the power cut beyond what was alive before enrolment, when the firmware stood there
		 * without journal and state; an upper bound for a 32-bit terminal.
		 */
		readonly heapBytes: number | null;
	};
	readonly wire: { readonly bytesPerRecord: number };
	readonly promises: readonly Judged[];
}

/** Runs one day from enrolment to the comparison of the books. Throws `ASSERTION` when the story gets stuck. */
export async function runDay(options: DayOptions): Promise<DayResult> {
	const { seed, engine, brokerUrl, keepDir } = options;
	const dataDir = keepDir ?? (await mkdtemp(join(tmpdir(), "closeout-day-")));
	const plan = drawPlan(seed);
	const broker = brokerUrl === undefined ? {} : { brokerUrl };
	try {
		const shop = await Shop.open({ plan, engine, dataDir, ...broker });
		try {
			return await liveAndJudge(shop, options, dataDir);
		} finally {
			await shop.close();
			if (keepDir !== undefined) await keepDay(shop, keepDir);
		}
	} finally {
		if (keepDir === undefined) await rm(dataDir, { recursive: true, force: true });
	}
}

async function liveAndJudge(
	shop: Shop,
	{ engine, seed, unplanned }: DayOptions,
	dataDir: string,
): Promise<DayResult> {
	const told = await playDay(shop);
	const dice = new SeededEntropy(`closeout bank ${seed}`);
	const planted = plantFaults(shop, dice, shop.plan.bankChange);
	if (unplanned === "bank-doubles") bookTwice(shop, dice, planted);
	const host = await askHost(shop);
	const { terminal, world, machine, ledger } = shop;
	const files = makeFiles(shop);
	const { differences, findings } = await compareBooks(shop, files);
	const wire = { bytesPerRecord: rounded(shop.tap.batchBytes / host.head) };
	await shop.close();
	const list = readList(machine.parts.printer.paper.entries, shop.plan.language);
	const image = machine.parts.flash.image;
	const evidence: Evidence = {
		ledger,
		told,
		bookings: world.acquirer.books.bookings,
		host,
		list,
		planted,
		found: differences,
		fileFindings: findings,
		image: verifyImage(image, terminal),
		cardNumbers: [
			findCardNumber("the storage image", image),
			findCardNumber("the paper", machine.parts.printer.roll),
			findCardNumber("the acquirer's file", files.acquirer),
			findCardNumber("the bank's file", files.bank),
			findInDatabase(join(dataDir, "host.db")),
			shop.shownCardNumber,
			shop.tap.cardNumber,
		].filter((found) => found !== undefined),
	};
	return { ...figures(shop, engine, evidence), wire, promises: judge(evidence) };
}

function figures(
	{ ledger, plan }: Shop,
	engine: "xs" | "node",
	{ host, told, list, found, image }: Evidence,
): Omit<DayResult, "wire" | "promises"> {
	const count = (type: string) =>
		host.transactions.filter((one) => one.type === type && one.outcome === "approved").length;
	const costs = ledger.entries.flatMap(({ computrons }) => computrons ?? []);
	const { heapBytes: atStart } = told;
	const atEnd = told.powerCut?.heapBytes;
	return {
		engine,
		seed: plan.seed,
		businessDate: host.businessDate,
		records: image.lastSequence,
		sales: count("sale"),
		refunds: count("refund"),
		voids: count("void"),
		blockersShown: told.attempts.shown,
		settlement: {
			way: plan.settlement,
			verdicts: host.settlement.verdicts,
			uploaded: host.settlement.uploaded,
		},
		list: {
			pages: list?.pages ?? 0,
			rows: list?.seal?.rowCount ?? 0,
			resumedAtRow: list?.resumed?.atRow ?? null,
		},
		host: {
			watermark: host.watermark,
			chainEqual: host.chains[0] === host.chains[1] && host.chainProblems.length === 0,
			dayComplete: host.dayComplete,
		},
		differences: found,
		meters: {
			computronsPerSale: engine === "xs" ? median(costs) : null,
			heapBytes: atStart === undefined || atEnd === undefined ? null : atEnd - atStart,
		},
	};
}

/** The middle one, of two the lower; null of none. */
function median(values: readonly number[]): number | null {
	return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
}

function rounded(value: number): number {
	return Math.round(value * 10) / 10;
}
