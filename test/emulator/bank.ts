import type { MoneyRow, RowKind } from "../../host/core/row.ts";
import { writeAcquirerCsv } from "../../host/statement/write-acquirer-csv.ts";
import { writeCamt053 } from "../../host/statement/write-camt053.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { addDays } from "../../protocol/time.ts";
import type { Acquirer, Booking } from "./payment/acquirer.ts";

/** What the bank does with the credit of one settled transaction besides booking it. */
export interface BankFault {
	/** The acquirer's reference of the transaction. */
	readonly reference: string;
	readonly fault: "forget" | "change" | "double";
	/** The amount booked instead, signed as in the books of the merchant; only for `change`. */
	readonly amountMinor: number | null;
}

export interface ClearingOptions {
	/** `yyyymmdd`: business date in a clearing file, booking date in a statement. All dates when left out. */
	readonly date?: number;
	readonly currency: string;
}

const ACQUIRER = "emulated-acquirer";
const MERCHANT = "000000000000001";
const ACCOUNT = "CLOSEOUT-EMULATOR";

/** The merchant's bank: it credits what the acquirer has settled, one bank day later, and makes mistakes on order. */
export class Bank {
	readonly faults: BankFault[];
	readonly #acquirer: Acquirer;

	constructor(acquirer: Acquirer, faults: readonly BankFault[] = []) {
		this.#acquirer = acquirer;
		this.faults = [...faults];
	}

	/** The bank never books this credit. */
	forget(trace: number, terminal?: string): BankFault {
		return this.#fail(trace, terminal, "forget", null);
	}

	/** The bank books another amount. */
	change(trace: number, amountMinor: number, terminal?: string): BankFault {
		return this.#fail(trace, terminal, "change", amountMinor);
	}

	/** The bank books this credit twice. */
	double(trace: number, terminal?: string): BankFault {
		return this.#fail(trace, terminal, "double", null);
	}

	/** The entries of the account, in the order of the acquirer's books. */
	entries({ date, currency }: ClearingOptions): readonly MoneyRow[] {
		return settled(this.#acquirer, currency)
			.flatMap((booking) => this.#entriesOf(booking))
			.filter((row) => date === undefined || row.businessDate === date);
	}

	/** The day's statement as camt.053. */
	statement(options: ClearingOptions, wallMs: number): string {
		const { currency } = options;
		const rows = this.entries(options);
		const date = options.date ?? rows.at(-1)?.businessDate ?? 20_000_101;
		const id = `STATEMENT-${date}`;
		const at = Math.floor(wallMs / 1000);
		const pieces = writeCamt053(rows, {
			id,
			account: ACCOUNT,
			currency,
			date,
			at,
			openingMinor: 0,
		});
		return [...pieces].join("");
	}

	#entriesOf(booking: Booking): readonly MoneyRow[] {
		const { fault, amountMinor } = this.faults.findLast(
			({ reference }) => reference === booking.reference,
		) ?? { fault: undefined, amountMinor: null };
		if (fault === "forget") return [];
		const changed = amountMinor ?? signed(booking);
		const row: MoneyRow = {
			leg: "bank",
			reference: (originalOf(this.#acquirer, booking) ?? booking).reference,
			kind: changed < 0 ? "debit" : "credit",
			amountMinor: changed,
			currency: booking.currency,
			businessDate: addDays(booking.businessDate, 1),
			text: `${ACQUIRER} ${booking.terminal} ${traceText(booking)}`,
			source: { file: "bank", line: 1 },
			status: "approved",
		};
		return fault === "double" ? [row, row] : [row];
	}

	#fail(
		trace: number,
		terminal: string | undefined,
		fault: BankFault["fault"],
		amountMinor: number | null,
	): BankFault {
		const booking = this.#acquirer.books.bookings.findLast(
			(known) => known.trace === trace && (terminal ?? known.terminal) === known.terminal,
		);
		if (booking === undefined) {
			throw new CloseoutError(
				"NOT_FOUND",
				`the acquirer has no transaction with trace number ${trace}; look at GET /v1/acquirer/bookings`,
			);
		}
		const made = { reference: booking.reference, fault, amountMinor };
		this.faults.push(made);
		return made;
	}
}

/** The acquirer's own clearing file of what was settled. */
export function clearingFile(acquirer: Acquirer, { date, currency }: ClearingOptions): string {
	const rows = settled(acquirer, currency)
		.filter((booking) => date === undefined || booking.businessDate === date)
		.map((booking) => clearingRow(acquirer, booking));
	const pieces = writeAcquirerCsv(rows, { acquirer: ACQUIRER, merchant: MERCHANT, currency });
	return [...pieces].join("");
}

function settled({ books }: Acquirer, currency: string): readonly Booking[] {
	return books.bookings.filter(
		(booking) =>
			booking.batch !== null &&
			booking.status === "approved" &&
			!booking.lost &&
			booking.currency === currency &&
			booking.type !== "preAuthorisation" &&
			booking.type !== "cancellation",
	);
}

/** What a void takes back: a void stands in files under the reference and the trace number of that. */
function originalOf({ books }: Acquirer, { type, terminal, originalTrace }: Booking) {
	if (type !== "void" || originalTrace === null) return undefined;
	return books.bookings.find(
		(booking) => booking.terminal === terminal && booking.trace === originalTrace,
	);
}

function clearingRow(acquirer: Acquirer, booking: Booking): MoneyRow {
	const { reference, trace } = originalOf(acquirer, booking) ?? booking;
	return {
		leg: "acquirer",
		terminalId: booking.terminal,
		reference,
		authorisation: booking.authorisation,
		kind: kindOf(booking),
		amountMinor: signed(booking),
		currency: booking.currency,
		at: Math.floor(booking.wallMs / 1000),
		businessDate: booking.businessDate,
		...(trace === null ? {} : { trace }),
		...(booking.batch === null ? {} : { batch: booking.batch }),
		...(booking.instrument.lastFour === null ? {} : { lastFour: booking.instrument.lastFour }),
		source: { file: "acquirer", line: 1 },
		status: "approved",
	};
}

function kindOf({ type }: Booking): RowKind {
	return type === "preAuthorisation" || type === "cancellation" || type === "tip" ? "sale" : type;
}

function signed({ type, amountMinor }: Booking): number {
	return type === "refund" || type === "void" ? -amountMinor : amountMinor;
}

function traceText({ trace }: Booking): string {
	return trace === null ? "" : String(trace).padStart(6, "0");
}
