import { formatDate, formatDateTime } from "../../protocol/time.ts";
import type { WholeCaseView } from "../api/case-view.ts";
import { SYSTEM } from "../core/case.ts";
import { html, pageOf, tableOf } from "../report/page.ts";
import { moneyText } from "../report/slip.ts";
import { fill, type Language, word } from "../report/text.ts";
import { claimText } from "./text.ts";

/** A record that the claim points to. */
export interface ClaimRecord {
	readonly journal: string;
	readonly sequence: number;
	readonly kind: string;
	/** What the signed head covers; null for a record behind it. */
	readonly head: { readonly first: number; readonly last: number } | null;
}

export interface Claim {
	readonly view: WholeCaseView;
	readonly records: readonly ClaimRecord[];
	/** SVG documents of the slips. */
	readonly slips: readonly string[];
	readonly hostKey: string;
}

/** The claim as a page that prints on any printer and needs nothing but itself. */
export function claimPage({ view, records, slips, hostKey }: Claim, language: Language): string {
	const text = claimText(language);
	const { words } = text;
	const { id, reason, state, terminal, businessDate, reference, atStake, deadline, why } = view;
	const facts: readonly (readonly [string, string])[] = [
		[text.reason, word(words.reasons, reason)],
		[text.terminal, terminal ?? "–"],
		[text.date, businessDate === null ? "–" : formatDate(businessDate)],
		[text.reference, reference || "–"],
		[text.amount, moneyText(atStake)],
		[text.state, words.states[state]],
		[text.deadline, deadline === null ? "–" : formatDate(deadline.date)],
		[text.why, why],
	];
	const rows = view.evidence.map((row) => [
		word(words.leg, row.leg),
		row.file,
		row.line,
		row.reference || "–",
		moneyText(row.amount),
		row.status,
	]);
	const held = records.map(({ journal, sequence, kind, head }) => [
		journal,
		sequence,
		kind,
		head === null ? text.unproven : fill(text.proven, head),
	]);
	const parts = [
		section(text.about, tableOf([], facts)),
		section(text.rows, tableOf(text.rowColumns, rows)),
		held.length === 0 ? "" : section(text.records, tableOf(text.recordColumns, held)),
		slips.length === 0 ? "" : section(text.slip, slips.join("\n")),
		section(text.history, tableOf(text.historyColumns, historyOf(view, language))),
		section(
			text.answer,
			text.answerLines.map((line) => `<p class="sign">${html(line)}</p>`).join(""),
		),
		`<p>${html(text.masked)}</p><p>${html(fill(text.verify, { key: hostKey }))}</p>`,
	];
	return pageOf(fill(text.title, { id }), language, parts.join("\n"));
}

function section(title: string, body: string): string {
	return `<h2>${html(title)}</h2>\n${body}`;
}

function historyOf(view: WholeCaseView, language: Language): readonly (readonly string[])[] {
	const text = claimText(language);
	return view.steps.map(({ type, state, atS, by, text: said, about }) => {
		const what =
			type === "state"
				? text.words.states[state]
				: fill(text.steps[type], { about: about || text.nobody });
		const who = by === SYSTEM ? text.system : by;
		return [formatDateTime(atS, 0), who, said === "" ? what : `${what}: ${said}`];
	});
}
