import { CloseoutError } from "../../protocol/error.ts";
import type { MoneyRow } from "../core/row.ts";
import type { DatasetSale } from "./dataset.ts";
import type { Booking, Emulator, TillState } from "./emulator.ts";

/** A sale of the data set as the terminal has lived it. */
interface Played {
	readonly sale: DatasetSale;
	readonly trace: number;
	readonly state: string;
	/** Trace of the void that took it back. */
	readonly voidTrace: number | undefined;
}

export interface PlayedDay {
	readonly businessDate: number;
	readonly approved: number;
	readonly voided: number;
	readonly refused: number;
	/** What the acquirer should report of the day: amounts of the data set, references of the acquirer. */
	readonly rows: readonly MoneyRow[];
}

export interface PlayOptions {
	readonly emulator: Emulator;
	readonly terminal: string;
	readonly currency: string;
	readonly sales: readonly DatasetSale[];
	readonly onSale: (done: number) => void;
	readonly onClosing: () => void;
}

/** The virtual day begins in the morning, long before automatic settlement. */
const OPENING = "09:00";
const TRADING_MS = 12 * 3_600_000;
const PAUSE_MS_MAX = 60_000;
/** Time a payment may take by itself, printing included. */
const PAYMENT_MS = 15_000;
const STEP_MS = 10_000;
/** Virtual time in which settlement, prints and records must come to their end. */
const STEPS_MAX = 180;

const openShift = ["menu", "1", "0", "1", "ok"];
const settle = ["menu", "2"];
const closeDay = ["menu", "4"];

/**
 * Lives the sales through a terminal as one business day: opens a shift, takes the payments one after another,
 * settles, prints and closes. Throws `REFUSED` when the terminal does not let itself be closed.
 */
export async function playDay(options: PlayOptions): Promise<PlayedDay> {
	const { emulator, terminal, sales } = options;
	await emulator.holdTime();
	await emulator.advance({ to: OPENING });
	const { businessDate, batch } = await open(emulator, terminal);
	const before = (await emulator.bookings()).length;
	const pauseMs = Math.min(PAUSE_MS_MAX, Math.floor(TRADING_MS / Math.max(1, sales.length)));
	const played: Played[] = [];
	for (const sale of sales) {
		played.push(await playSale(options, sale));
		await emulator.advance({ ms: Math.max(0, pauseMs - PAYMENT_MS) });
		options.onSale(played.length);
	}
	options.onClosing();
	await close(emulator, terminal);
	const bookings = (await emulator.bookings()).slice(before);
	const place = { terminal, businessDate, batch, currency: options.currency };
	const rows = rowsOf(played, bookings, place);
	return {
		businessDate,
		approved: played.filter(({ state }) => state === "approved").length,
		voided: played.filter(({ voidTrace }) => voidTrace !== undefined).length,
		refused: played.filter(({ state }) => state !== "approved").length,
		rows,
	};
}

async function open(
	emulator: Emulator,
	terminal: string,
): Promise<{ readonly businessDate: number; readonly batch: number }> {
	let state = await emulator.state(terminal);
	if (state.shift === null) {
		await emulator.press(terminal, ["cancel", ...openShift]);
		state = await emulator.state(terminal);
	}
	const { day, shift, batch } = state;
	if (day !== null && shift !== null) {
		return { businessDate: day.businessDate, batch: batch.number };
	}
	throw refused(terminal, "does not open a shift");
}

async function playSale(
	{ emulator, terminal, currency }: PlayOptions,
	sale: DatasetSale,
): Promise<Played> {
	const { kind, amountMinor, cancelled, line } = sale;
	const isWallet = sale.method === "qr";
	const { trace, state } = await emulator.pay(terminal, {
		type: kind,
		method: isWallet ? "qr" : "card",
		amountMinor,
		currency,
		...(isWallet
			? { order: `REPLAY-${line}` }
			: { lastFour: String(line % 10_000).padStart(4, "0") }),
	});
	if (!cancelled || state !== "approved") return { sale, trace, state, voidTrace: undefined };
	const taken = await emulator.pay(terminal, { type: "void", originalTrace: trace });
	const isTaken = taken.state === "approved";
	return { sale, trace, state, voidTrace: isTaken ? taken.trace : undefined };
}

async function close(emulator: Emulator, terminal: string): Promise<void> {
	const isQuiet = async () => (await emulator.blockers(terminal)).length === 0;
	await emulator.press(terminal, ["cancel", ...settle]);
	if (!(await passes(emulator, isQuiet))) {
		const open = (await emulator.blockers(terminal)).map(({ type }) => type).join(", ");
		throw refused(terminal, `cannot close its day because of ${open}`);
	}
	await emulator.press(terminal, ["cancel", ...closeDay, "ok"]);
	const isClosed = async () => (await emulator.state(terminal)).day === null;
	if (!(await passes(emulator, isClosed))) throw refused(terminal, "does not close its day");
	const isSent = async () => {
		const { pending, head, watermark } = await emulator.status(terminal);
		return pending === 0 && head === watermark && (await isQuiet());
	};
	if (!(await passes(emulator, isSent))) throw refused(terminal, "cannot send its records");
}

/** Lets virtual time pass until something is so; false when it never is. */
async function passes(emulator: Emulator, isSo: () => Promise<boolean>): Promise<boolean> {
	for (let step = 0; step < STEPS_MAX; step++) {
		if (await isSo()) return true;
		await emulator.advance({ ms: STEP_MS });
	}
	return false;
}

function refused(terminal: string, what: string): CloseoutError {
	return new CloseoutError("REFUSED", `terminal ${terminal} ${what}; look at its screen`);
}

interface Place {
	readonly terminal: string;
	readonly businessDate: NonNullable<TillState["day"]>["businessDate"];
	readonly batch: number;
	readonly currency: string;
}

function rowsOf(
	played: readonly Played[],
	bookings: readonly Booking[],
	{ terminal, businessDate, batch, currency }: Place,
): MoneyRow[] {
	const mine = bookings.filter((booking) => booking.terminal === terminal);
	const byTrace = new Map(mine.map((booking) => [booking.trace, booking]));
	const rows: MoneyRow[] = [];
	for (const { sale, trace, voidTrace } of played) {
		const booking = byTrace.get(trace);
		if (booking === undefined) continue;
		const amountMinor = sale.kind === "refund" ? -sale.amountMinor : sale.amountMinor;
		const common = {
			leg: "acquirer",
			terminalId: terminal,
			reference: booking.reference,
			trace,
			batch,
			currency,
			businessDate,
			source: { file: "replay", line: rows.length + 1 },
			status: "approved",
		} as const;
		const at = Math.floor(booking.wallMs / 1000);
		const { authorisation } = booking;
		rows.push({ ...common, authorisation, at, kind: sale.kind, amountMinor });
		if (voidTrace !== undefined)
			rows.push({ ...common, at, kind: "void", amountMinor: -amountMinor });
	}
	return rows;
}
