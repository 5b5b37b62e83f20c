import { type MoneyRow, moneyText, type RowKind, type RowStatus } from "../core/row.ts";
import { maskCardNumbers } from "./mask.ts";
import type { Moment } from "./moment.ts";

/** A row with everything that may be absent given as undefined or empty. */
export interface RowDraft {
	readonly leg: MoneyRow["leg"];
	readonly file: string;
	readonly line: number;
	readonly kind: RowKind;
	readonly status: RowStatus;
	readonly amountMinor: number;
	readonly currency: string;
	/** The first one that is not empty is the reference, the others are further references. */
	readonly references: readonly string[];
	readonly moment?: Moment | undefined;
	readonly terminalId?: string | undefined;
	readonly trace?: number | undefined;
	readonly authorisation?: string | undefined;
	readonly batch?: number | undefined;
	/** Fee held back; one that was given back (negative) is told in the text, because a row has no place for it. */
	readonly feeMinor?: number | undefined;
	readonly lastFour?: string | undefined;
	readonly texts?: readonly string[];
}

/** Longest remark kept in a row, in characters. */
const TEXT_LENGTH_MAX = 2_000;

/** The row of a draft, without what is absent; card numbers in its texts are masked. */
export function makeRow(draft: RowDraft): MoneyRow {
	const { moment, feeMinor = 0 } = draft;
	const [reference = "", ...others] = new Set(
		draft.references.map((one) => one.trim()).filter(Boolean),
	);
	const texts = [...(draft.texts ?? [])];
	if (feeMinor < 0) texts.push(`fee given back: ${moneyText(-feeMinor, draft.currency)}`);
	const text = maskCardNumbers(texts.filter(Boolean).join(" ")).slice(0, TEXT_LENGTH_MAX);
	return {
		leg: draft.leg,
		...(draft.terminalId ? { terminalId: draft.terminalId } : {}),
		reference,
		...(others.length === 0 ? {} : { references: others }),
		...(draft.trace === undefined ? {} : { trace: draft.trace }),
		...(draft.authorisation ? { authorisation: draft.authorisation } : {}),
		...(draft.batch === undefined ? {} : { batch: draft.batch }),
		kind: draft.kind,
		amountMinor: draft.amountMinor,
		currency: draft.currency,
		...(moment?.at === undefined ? {} : { at: moment.at }),
		...(moment === undefined ? {} : { businessDate: moment.date }),
		...(feeMinor > 0 ? { feeMinor } : {}),
		...(draft.lastFour === undefined ? {} : { lastFour: draft.lastFour }),
		...(text === "" ? {} : { text }),
		source: { file: draft.file, line: draft.line },
		status: draft.status,
	};
}
