import { CLOSED_PERIODS_MAX } from "../../../protocol/limits.ts";
import { decodeRecord, recordKinds } from "../../../protocol/record.ts";
import { formatDate, formatDateTime } from "../../../protocol/time.ts";
import type { Core } from "../core.ts";
import type { Key, Screen } from "../port.ts";
import { fill } from "../text/fill.ts";
import {
	type Move,
	marked,
	plain,
	sixDigits,
	strong,
	type View,
	type ViewContext,
} from "./view.ts";

export type PeriodKind = "day" | "shift" | "batch";

/** A period to choose: its subject, and what to call it. */
interface Choice {
	readonly subject: number;
	readonly line: string;
}

/** Records looked at in one go. */
const SKIM_RECORDS_MAX = 256;

/** One of the last days, shifts or batches, the newest first. */
export class ListPeriodView implements View {
	readonly #kind: PeriodKind;
	readonly #onPeriod: (subject: number) => View;
	#place = 0;
	#choices: readonly Choice[] | undefined;

	constructor(kind: PeriodKind, onPeriod: (subject: number) => View) {
		this.#kind = kind;
		this.#onPeriod = onPeriod;
	}

	render(context: ViewContext): Screen {
		const { text, language } = context;
		const { title, which, move, nothing } = text.reports;
		const cancel = { key: "cancel", label: text.keys.cancel } as const;
		this.#choices ??= choicesOf(context, this.#kind);
		const choice = this.#choices[this.#place];
		const common = { name: "report-period", title, language };
		if (choice === undefined) return { ...common, lines: [marked(nothing)], softKeys: [cancel] };
		const lines = [plain(which), strong(choice.line), plain(move)];
		return { ...common, lines, softKeys: [{ key: "ok", label: text.keys.ok }, cancel] };
	}

	press(_context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		const choices = this.#choices ?? [];
		if (key === "down") this.#place = Math.min(this.#place + 1, Math.max(0, choices.length - 1));
		if (key === "up") this.#place = Math.max(0, this.#place - 1);
		const choice = choices[this.#place];
		return key === "ok" && choice !== undefined ? this.#onPeriod(choice.subject) : "stay";
	}
}

function choicesOf(context: ViewContext, kind: PeriodKind): readonly Choice[] {
	const { core, text } = context;
	const words = text.reports;
	if (kind === "day") {
		const { day, days } = core.state;
		const known = day === null ? days : [...days, day];
		return [...known].reverse().map(({ first: subject, businessDate }) => {
			return { subject, line: fill(words.dayLine, { date: formatDate(businessDate) }) };
		});
	}
	if (kind === "shift") return shiftsOf(core, words.shiftLine).reverse();
	const { zoneMinutes } = core.stamp();
	return [...core.state.settlements].reverse().map(({ settlement: subject, batch, wallS }) => {
		const time = formatDateTime(wallS, zoneMinutes).slice(0, 16);
		return { subject, line: fill(words.batchLine, { batch: sixDigits(batch), time }) };
	});
}

/** The shifts of the open day and of the last that was closed, by their records. */
function shiftsOf(core: Core, line: string): Choice[] {
	const { day, days, sequence } = core.state;
	const found: Choice[] = [];
	let next = days.at(-1)?.first ?? day?.first ?? sequence + 1;
	while (next <= sequence) {
		next = core.skim(next, sequence, {
			kinds: new Set([recordKinds.shiftOpen.number]),
			checksAll: false,
			recordsMax: SKIM_RECORDS_MAX,
			visit: (subject, record) => {
				const opened = decodeRecord(record);
				if (opened.kind !== "shiftOpen") return;
				const { shift, operator } = opened.body;
				found.push({ subject, line: fill(line, { shift, operator }) });
			},
			onMissing: () => {},
		});
	}
	return found.slice(-CLOSED_PERIODS_MAX);
}
