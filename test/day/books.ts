import type { Difference } from "../../host/core/difference.ts";
import { reconcile } from "../../host/import/reconcile.ts";
import { importStatements } from "../../host/import/statement.ts";
import type { Store } from "../../host/store/store.ts";
import { assert } from "../../protocol/error.ts";
import { clearingFile } from "../emulator/bank.ts";
import type { SeededEntropy } from "../emulator/random.ts";
import type { Plan } from "./plan.ts";
import { CURRENCY, type Shop, TENANT } from "./shop.ts";

/** What the bank was told to get wrong, or what a comparison has found. */
export interface Fault {
	readonly reason: Difference["reason"];
	readonly leg: Difference["leg"];
	readonly reference: string;
	readonly atStakeMinor: number;
}

/** The files that come in after the day, as text. */
export interface Files {
	readonly acquirer: string;
	readonly bank: string;
}

/** Lets the bank forget one sale, and by the plan book another amount for a second one. */
export function plantFaults(shop: Shop, dice: SeededEntropy, change: Plan["bankChange"]): Fault[] {
	const { bank } = shop.world;
	const forgotten = drawOwed(shop, dice, []);
	const faults = [
		planted("missing-at-bank", bank.forget(forgotten.trace).reference, forgotten.amountMinor),
	];
	if (change === "none") return faults;
	const changed = drawOwed(shop, dice, [forgotten.trace]);
	const bookedMinor = change === "fee" ? lessFee(changed.amountMinor) : changed.amountMinor * 2 + 1;
	const { reference } = bank.change(changed.trace, bookedMinor);
	return [...faults, planted(change, reference, Math.abs(changed.amountMinor - bookedMinor))];
}

/** An unplanned fault, to see that the comparison and the promises notice. */
export function bookTwice(shop: Shop, dice: SeededEntropy, faults: readonly Fault[]): void {
	const { bookings } = shop.world.acquirer.books;
	const taken = bookings.filter(({ reference }) =>
		faults.some((fault) => fault.reference === reference),
	);
	shop.world.bank.double(
		drawOwed(
			shop,
			dice,
			taken.map(({ trace }) => trace ?? 0),
		).trace,
	);
}

function drawOwed(shop: Shop, dice: SeededEntropy, except: readonly number[]) {
	const owed = shop.ledger.owed.filter(({ status }) => !except.includes(status.trace));
	const drawn = owed[dice.below(Math.max(1, owed.length))];
	assert(drawn !== undefined, "a day has sales that the bank can get wrong");
	return { trace: drawn.status.trace, amountMinor: drawn.sale.amountMinor };
}

/** Three percent less: what an acquirer keeps without saying so. */
function lessFee(amountMinor: number): number {
	return amountMinor - Math.max(1, Math.floor((amountMinor * 3) / 100));
}

function planted(reason: Fault["reason"], reference: string, atStakeMinor: number): Fault {
	return { reason, leg: "bank", reference, atStakeMinor };
}

export function makeFiles({ world }: Shop): Files {
	const { wallMs } = world.timeline;
	return {
		acquirer: clearingFile(world.acquirer, { currency: CURRENCY }),
		bank: world.bank.statement({ currency: CURRENCY }, wallMs),
	};
}

/** Imports both files and compares them with the journal, as the host does it for the office. */
export async function compareBooks(
	{ host }: Shop,
	files: Files,
): Promise<{ readonly differences: readonly Fault[]; readonly findings: number }> {
	const acquirer = await importFile(host.store, "acquirer.csv", files.acquirer);
	const bank = await importFile(host.store, "bank.xml", files.bank);
	const compared = await reconcile(host.store, { tenant: TENANT });
	const differences = compared.differences.map(({ reason, leg, reference, atStakeMinor }) => {
		return { reason, leg, reference, atStakeMinor };
	});
	return { differences, findings: acquirer + bank };
}

/** Gives the number of findings in the file itself. */
async function importFile(store: Store, name: string, text: string): Promise<number> {
	const bytes = (async function* () {
		yield new Uint8Array(Buffer.from(text));
	})();
	const { statements } = await importStatements(store, {
		tenant: TENANT,
		source: { name, bytes },
		dryRun: false,
	});
	return statements.reduce((sum, { summary }) => sum + summary.findings.length, 0);
}

/** True when both name the same faults, in whatever order. */
export function isSameFaults(some: readonly Fault[], others: readonly Fault[]): boolean {
	const keyOf = ({ reason, leg, reference, atStakeMinor }: Fault) =>
		[reason, leg, reference, atStakeMinor].join("|");
	return some.map(keyOf).sort().join() === others.map(keyOf).sort().join();
}
