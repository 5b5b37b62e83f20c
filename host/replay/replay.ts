import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloseoutError } from "../../protocol/error.ts";
import type { Difference } from "../core/difference.ts";
import { reconcile } from "../import/reconcile.ts";
import { importStatements } from "../import/statement.ts";
import { writeAcquirerCsv } from "../statement/write-acquirer-csv.ts";
import type { Store } from "../store/store.ts";
import { type Planted, perturb } from "./perturb.ts";
import type { PlayedDay } from "./play.ts";

export interface CheckOptions {
	readonly terminal: string;
	readonly currency: string;
	readonly seed: number;
	/** Rows to take out, to double and to change, each. */
	readonly plant: number;
	/** Folder for the statement that is made. */
	readonly folder: string;
}

/** One thing that is expected or was found: book, reason and reference. */
export interface Named {
	readonly leg: string;
	readonly reason: string;
	readonly reference: string;
}

export interface CheckResult {
	/** True when the host calls the day complete. */
	readonly complete: boolean;
	readonly planted: readonly (Named & { readonly action: Planted["action"] })[];
	readonly differences: readonly Difference[];
	readonly missing: readonly Named[];
	readonly extra: readonly Named[];
}

const FOLD_MS_MAX = 60_000;
const FOLD_POLL_MS = 100;

/**
 * Makes a statement of what was played, spoils it by the seed, imports it into the host that the terminal talked
 * to and compares. `missing` and `extra` are both empty when exactly what was planted came out.
 */
export async function checkDay(
	store: Store,
	day: PlayedDay,
	options: CheckOptions,
): Promise<CheckResult> {
	const { terminal, currency, seed, plant, folder } = options;
	const { businessDate } = day;
	await folded(store);
	const [judged] = await store.judgeDays({ terminal, businessDate });
	const { tenant } = await store.getTerminal(terminal);
	const spoilt = perturb(day.rows, { seed, remove: plant, double: plant, change: plant });
	const path = join(folder, `replay-${terminal}-${businessDate}-${seed}.csv`);
	const lines = writeAcquirerCsv(spoilt.rows, { acquirer: "replay", merchant: "replay", currency });
	await writeFile(path, [...lines].join(""));
	const source = { name: path, bytes: createReadStream(path) };
	await importStatements(store, { tenant, source, dryRun: false });
	const { differences } = await reconcile(store, { tenant, businessDate, terminal });
	const played = new Set(day.rows.map(({ reference }) => reference));
	const found = differences.filter(({ reference }) => played.has(reference));
	const planted = spoilt.planted.map(expectedOf);
	return {
		complete: judged?.complete ?? false,
		planted,
		differences: found,
		missing: lacking(planted, found),
		extra: lacking(found, planted),
	};
}

/** Waits until the host has folded everything that it holds. */
async function folded(store: Store): Promise<void> {
	for (let waited = 0; waited < FOLD_MS_MAX; waited += FOLD_POLL_MS) {
		if ((await store.listUnprojected()).length === 0) return;
		await sleep(FOLD_POLL_MS);
	}
	const message = "the host has not folded the records it holds; is it still running?";
	throw new CloseoutError("STORE", message);
}

const reasons = {
	removed: "missing-at-acquirer",
	doubled: "duplicate",
	changed: "amount",
} as const satisfies Record<Planted["action"], Difference["reason"]>;

function expectedOf({ action, row }: Planted): Named & { readonly action: Planted["action"] } {
	return { action, leg: "acquirer", reason: reasons[action], reference: row.reference };
}

/** What of the first the second does not have; a thing that is there twice must be there twice. */
function lacking(wanted: readonly Named[], others: readonly Named[]): Named[] {
	const left = others.map(keyOf);
	const lacks: Named[] = [];
	for (const one of wanted) {
		const place = left.indexOf(keyOf(one));
		if (place >= 0) left.splice(place, 1);
		else lacks.push({ leg: one.leg, reason: one.reason, reference: one.reference });
	}
	return lacks;
}

function keyOf({ leg, reason, reference }: Named): string {
	return `${leg} ${reason} ${reference}`;
}
