import { formatAmount } from "../../../protocol/money.ts";
import type { Core } from "../core.ts";
import { type RefusalKey, refusals } from "../day/refusal.ts";
import type { Search } from "../day/search.ts";
import type { Actor, Commands, Notice } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import type { Challenge } from "../service/challenge.ts";
import type { Service } from "../service/service.ts";
import { refusalZhCn } from "../text/refusal-zh-cn.ts";
import { screenEn } from "../text/screen-en.ts";
import { type ScreenText, screenZhCn } from "../text/screen-zh-cn.ts";

/** Figures that are not in the state: where link, journal and printer stand. */
export interface Standing {
	readonly terminal: string;
	readonly epoch: number;
	readonly online: boolean;
	readonly frozen: boolean;
	readonly pending: number;
	readonly usedPercent: number;
	/** Of the room for sales, taken by what cannot be given free, and who holds it. */
	readonly heldPercent: number;
	readonly heldBy: "host" | "day";
	readonly paper: "ok" | "low" | "out" | "unknown";
	readonly printerOnline: boolean;
}

/** Checks a manager's PIN; "locked" after too many wrong ones. */
export type PinCheck = (pin: string) => "right" | "wrong" | "locked";

/** What a view may look at and ask for. */
export interface ViewContext {
	readonly core: Core;
	readonly commands: Commands;
	readonly text: ScreenText;
	readonly language: Screen["language"];
	readonly notices: readonly Notice[];
	/** The person has read a notice; it is not shown again while it stays the same. */
	dismiss(notice: Notice): void;
	standing(): Standing;
	checkPin: PinCheck;
	/** Finds the newest transaction with this trace number; undefined when the journal has none. */
	findTrace(trace: number): number | undefined;
	readonly service: Service;
	readonly search: Search;
	/** The one-time code that allows a copy where the host is not reached. */
	readonly copyCode: Pick<Challenge, "digits" | "lockedMs" | "answer">;
}

/** Where a key leads: nowhere, to the screen before, to the resting screen, or on to another screen. */
export type Move<C = ViewContext> = "stay" | "back" | "home" | View<C>;

/** A screen that is open: draws itself and says where a key leads. `C` is what it may look at and ask for. */
export interface View<C = ViewContext> {
	render(context: C): Screen;
	press(context: C, key: Key): Move<C>;
}

/** The screens that are open after a key, the topmost last. */
export function moved<C>(open: readonly View<C>[], to: Move<C>): readonly View<C>[] {
	if (to === "stay") return open;
	if (to === "home") return [];
	return to === "back" ? open.slice(0, -1) : [...open, to];
}

export function screenText(language: string): ScreenText {
	return language === "en" ? screenEn : screenZhCn;
}

/** The sentence of a refusal in the language of the screen. */
export function refusalText(language: Screen["language"], key: RefusalKey): string {
	return language === "en" ? refusals[key] : refusalZhCn[key];
}

export function plain(text: string): ScreenLine {
	return { text };
}

/** A line that wants attention begins with a sign, so that it does not depend on colour. */
export function marked(text: string): ScreenLine {
	return text.startsWith("!") ? { text, style: "alert" } : { text };
}

export function strong(text: string): ScreenLine {
	return { text, style: "strong", align: "center" };
}

export function input(text: string): ScreenLine {
	return { text, style: "input", align: "center" };
}

export function money(context: ViewContext, amountMinor: number): string {
	const { currency } = context.core.configuration;
	return `${currency} ${formatAmount(amountMinor, currency)}`;
}

/** What the batch holds that is not settled: how many transactions and how much moves to the merchant. */
export function unsettled(context: ViewContext): {
	readonly count: number;
	readonly amountMinor: number;
} {
	const { batch, settlement } = context.core.state;
	let count = 0;
	let amountMinor = 0;
	for (const group of [...batch.groups, ...(settlement?.groups ?? [])]) {
		count += group.debitCount + group.creditCount + group.voidCount;
		amountMinor += group.debitMinor - group.creditMinor - group.voidMinor;
	}
	return { count, amountMinor };
}

export function operatorOf(context: ViewContext): Actor {
	return { name: context.core.state.shift?.operator ?? "-", role: "operator" };
}

/** `0471 1234`, as people read it out. */
export function grouped(digits: string): string {
	return digits.replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** `000123`, as on paper. */
export function sixDigits(value: number): string {
	return String(value).padStart(6, "0");
}

/** The trace number as on paper, or the record of a transaction that has none. */
export function named(trace: number | null, transaction: number): string {
	return trace === null ? `#${transaction}` : sixDigits(trace);
}

const digitKeys = "0123456789";

/** The typed text after a key: digits append up to `max`, `clear` empties. Undefined for other keys. */
export function typed(before: string, key: Key, max: number): string | undefined {
	if (key === "clear") return "";
	if (key === "00") return (before + key).slice(0, max);
	return digitKeys.includes(key) ? (before + key).slice(0, max) : undefined;
}
