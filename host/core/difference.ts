import type { Leg, MoneyRow, RowStatus } from "./row.ts";
import { compareText } from "./row.ts";

/** Why two books do not agree; product terms, one case each. */
export const differenceReasons = [
	"missing-at-bank",
	"missing-at-acquirer",
	"missing-on-terminal",
	"missing-in-shop",
	"currency",
	"status",
	"amount",
	"fee",
	"duplicate",
	"kind",
	"reference",
	"terminal",
	"late",
] as const;
export type DifferenceReason = (typeof differenceReasons)[number];

/** A row that proves a difference, by where it stands and what it says. */
export interface Evidence {
	readonly leg: Leg;
	readonly file: string;
	readonly line: number;
	readonly reference: string;
	readonly amountMinor: number;
	readonly currency: string;
	readonly status: RowStatus;
}

/** One thing to work on. */
export interface Difference {
	/** Made of keys, not of positions, so that the same books give the same ids in every run. */
	readonly id: string;
	/** The transaction or batch it is about: terminal, business date and reference; without the reason. */
	readonly subject: string;
	readonly reason: DifferenceReason;
	/** Further reasons that hold for the same rows. */
	readonly also: readonly DifferenceReason[];
	/** The book in which it has to be put right: where the row is missing, doubled or different. */
	readonly leg: Leg;
	readonly terminalId?: string;
	readonly businessDate?: number;
	readonly reference: string;
	readonly batch?: number;
	/** What the merchant may win or lose by it, in minor units of `currency`; 0 when only a record is wrong. */
	readonly atStakeMinor: number;
	readonly currency: string;
	readonly why: string;
	readonly evidence: readonly Evidence[];
}

/** A difference before it has its id. */
export interface Finding {
	readonly reason: DifferenceReason;
	readonly also?: readonly DifferenceReason[];
	readonly leg: Leg;
	readonly atStakeMinor: number;
	readonly why: string;
	/** The rows that prove it; the first one names it. Never empty. */
	readonly rows: readonly [MoneyRow, ...MoneyRow[]];
	/** Set when it is about a whole batch. */
	readonly batch?: number;
}

/**
 * Findings as differences in one order, each with an id that a second run over the same books gives again,
 * whatever order the rows come in. Equal ids are told apart by a counter in the order of their evidence.
 */
export function nameDifferences(findings: readonly Finding[]): Difference[] {
	const drafts = findings.map(draft);
	drafts.sort(
		(a, b) =>
			compareText(a.id, b.id) ||
			a.atStakeMinor - b.atStakeMinor ||
			compareText(evidenceKey(a), evidenceKey(b)),
	);
	const seen = new Map<string, number>();
	return drafts.map((difference) => {
		const times = (seen.get(difference.id) ?? 0) + 1;
		seen.set(difference.id, times);
		return times === 1 ? difference : { ...difference, id: `${difference.id}~${times}` };
	});
}

function draft(finding: Finding): Difference {
	const [row] = finding.rows;
	const subject = subjectOf(row, finding.batch);
	return {
		id: `${subject}~${finding.reason}~${finding.leg}`,
		subject,
		reason: finding.reason,
		also: finding.also ?? [],
		leg: finding.leg,
		...(row.terminalId === undefined ? {} : { terminalId: row.terminalId }),
		...(row.businessDate === undefined ? {} : { businessDate: row.businessDate }),
		reference: finding.batch === undefined ? row.reference : "",
		...(finding.batch === undefined ? {} : { batch: finding.batch }),
		atStakeMinor: finding.atStakeMinor,
		currency: row.currency,
		why: finding.why,
		evidence: finding.rows.map(evidenceOf),
	};
}

/** `terminal~date~reference` with everything but plain characters escaped; `-` stands for what is not known. */
function subjectOf(row: MoneyRow, batch: number | undefined): string {
	const trace = row.trace === undefined ? "-" : `trace-${row.trace}`;
	const name = batch === undefined ? row.reference || trace : `batch-${batch}`;
	return [row.terminalId ?? "-", String(row.businessDate ?? "-"), name].map(escapePart).join("~");
}

function escapePart(text: string): string {
	return text.replaceAll(/[^A-Za-z0-9._-]/gu, (char) => `%${char.codePointAt(0)?.toString(16)}.`);
}

function evidenceOf(row: MoneyRow): Evidence {
	return {
		leg: row.leg,
		file: row.source.file,
		line: row.source.line,
		reference: row.reference,
		amountMinor: row.amountMinor,
		currency: row.currency,
		status: row.status,
	};
}

function evidenceKey(difference: Difference): string {
	return difference.evidence
		.map(({ leg, file, line }) => `${leg}:${file}:${String(line).padStart(12, "0")}`)
		.join("|");
}
