import { type ListRow, netMinor } from "../../../protocol/list-hash.ts";
import type { Core } from "../core.ts";
import type { GroupTotals } from "../state/state.ts";
import { entersTotals } from "../state/totals.ts";
import { listReaderOf, SequenceSet } from "./journal-reader.ts";
import type { ListPeriod } from "./list-period.ts";
import type { ListIntent, ListRecord } from "./list-record.ts";
import { type EntryStanding, type ListEntry, PeriodRows } from "./period-rows.ts";

const surveyedKinds = [
	...(["intent", "outcome", "reversal"] as const),
	...(["printDue", "override", "gap", "recovery", "supplement"] as const),
];

export interface TypeTotals {
	count: number;
	amountMinor: number;
}

/** What a group adds up to, as `GroupTotals` has it. */
interface Sums {
	readonly debit: TypeTotals;
	readonly credit: TypeTotals;
	readonly void: TypeTotals;
}

const nothing = (): TypeTotals => ({ count: 0, amountMinor: 0 });

function newSums(groups: Map<GroupTotals["group"], Sums>, group: GroupTotals["group"]): Sums {
	const sums = { debit: nothing(), credit: nothing(), void: nothing() };
	groups.set(group, sums);
	return sums;
}

/**
 * What the head of a list has to say before its first row is printed, and its foot after the last: one pass
 * over the period, of which sums and three bits a record are kept.
 */
export class ListSurvey {
	rowCount = 0;
	netMinor = 0;
	/** Transactions listed apart from the rows. */
	otherCount = 0;
	gapCount = 0;
	reprintCount = 0;
	overrideCount = 0;
	/** Entries of sales made without this terminal, withdrawn ones as well. */
	supplementCount = 0;
	/** The same by how they stand. */
	readonly others = new Map<EntryStanding, number>();
	readonly types = new Map<ListRow["type"], TypeTotals>();
	readonly #groups = new Map<GroupTotals["group"], Sums>();
	/** Transactions of the period that were voided in it. */
	readonly voided: SequenceSet;
	/** Transactions of the period that ended in it. */
	readonly ended: SequenceSet;
	readonly #rows: PeriodRows;

	constructor(core: Core, period: ListPeriod) {
		this.#rows = new PeriodRows(core, period.filter, period);
		this.ended = this.#rows.ended;
		this.voided = new SequenceSet(period);
	}

	/** Reads the period; yields between portions of it. */
	*read(core: Core, period: ListPeriod): Generator<undefined, void, void> {
		const reader = listReaderOf(core, period, {
			kinds: surveyedKinds,
			withOperator: isByOperator(period),
			onMissing: () => {
				this.gapCount++;
			},
		});
		while (!reader.done) {
			for (const [sequence, record] of reader.read()) this.#take(sequence, record);
			yield undefined;
		}
		this.#other("unknown", this.#rows.openCount);
	}

	#take(sequence: number, record: ListRecord): void {
		if (record.kind === "printDue" && record.body.copy > 0) this.reprintCount++;
		if (record.kind === "override") this.overrideCount++;
		if (record.kind === "supplement") this.supplementCount++;
		if (isGapReport(record)) this.gapCount++;
		const entry = this.#rows.take(sequence, record);
		if (entry === undefined) return;
		if (entry.standing === "approved" && entry.intent !== null) this.#row(entry, entry.intent);
		else this.#other(entry.standing, 1);
	}

	#other(standing: EntryStanding, count: number): void {
		this.otherCount += count;
		if (count > 0) this.others.set(standing, (this.others.get(standing) ?? 0) + count);
	}

	#row({ outcome }: ListEntry, intent: ListIntent): void {
		const { type, amountMinor, original } = intent;
		this.rowCount++;
		this.netMinor += netMinor(type, amountMinor);
		if (type === "void" && original !== null) this.voided.add(original);
		let totals = this.types.get(type);
		if (totals === undefined) {
			totals = nothing();
			this.types.set(type, totals);
		}
		totals.count++;
		totals.amountMinor += amountMinor;
		if (outcome === null || !entersTotals(type)) return;
		const sums = this.#groups.get(outcome.group) ?? newSums(this.#groups, outcome.group);
		const kind = type === "refund" ? sums.credit : type === "void" ? sums.void : sums.debit;
		kind.count++;
		kind.amountMinor += amountMinor;
	}

	/** Totals of each scheme group, in the order in which they were first met. */
	get groups(): readonly GroupTotals[] {
		return [...this.#groups].map(([group, { debit, credit, void: voids }]) => ({
			group,
			debitCount: debit.count,
			debitMinor: debit.amountMinor,
			creditCount: credit.count,
			creditMinor: credit.amountMinor,
			voidCount: voids.count,
			voidMinor: voids.amountMinor,
		}));
	}
}

/** True where the intents of a list are read with their operators. */
export function isByOperator({ filter }: ListPeriod): boolean {
	return filter !== null && filter.operator !== null;
}

/** True for a record that says that others were lost. */
export function isGapReport(record: ListRecord): boolean {
	return record.kind === "gap" || (record.kind === "recovery" && record.body.tornBytes > 0);
}
