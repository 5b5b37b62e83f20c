import { Type } from "typebox";
import type { ShownCase } from "../case/desk.ts";
import { caseStates, stepTypes } from "../core/case.ts";
import type { Difference } from "../core/difference.ts";
import { readDifference } from "../import/stored.ts";
import { recordOf } from "../import/terminal-rows.ts";
import type { Case } from "../store/case.ts";
import { type DifferenceView, differenceView, moneyOf } from "./view.ts";

const seconds = Type.Integer({ description: "seconds since 1970-01-01T00:00:00Z" });

export const caseView = Type.Object({
	...differenceView.properties,
	state: Type.Enum([...caseStates]),
	/** True while the last comparison still finds the difference. */
	present: Type.Boolean(),
	assignee: Type.String(),
	deadline: Type.Union([
		Type.Object({
			date: Type.Integer({ description: "yyyymmdd, the last day on which something can be done" }),
			rule: Type.String(),
		}),
		Type.Null(),
	]),
});
export type CaseView = Type.Static<typeof caseView>;

export const wholeCaseView = Type.Object({
	...caseView.properties,
	/** Why the deadline is that one, where its line is still in the table. */
	deadlineRule: Type.Union([
		Type.Object({
			days: Type.Integer(),
			en: Type.String(),
			zhCn: Type.String(),
			source: Type.String(),
		}),
		Type.Null(),
	]),
	/** All that was done with it, oldest first. */
	steps: Type.Array(
		Type.Object({
			number: Type.Integer(),
			type: Type.Enum([...stepTypes]),
			state: Type.Enum([...caseStates]),
			atS: seconds,
			by: Type.String(),
			text: Type.String(),
			about: Type.String(),
		}),
	),
	attachments: Type.Array(
		Type.Object({
			number: Type.Integer(),
			name: Type.String(),
			digest: Type.String({ description: "SHA-256, hex" }),
			size: Type.Integer(),
			by: Type.String(),
			atS: seconds,
		}),
	),
});
export type WholeCaseView = Type.Static<typeof wholeCaseView>;

/** The difference of a case with where the case stands. */
export function differenceOfCase({ difference, state, foundS, changedS }: Case): DifferenceView {
	return { ...differenceOf(readDifference(difference)), state, foundS, changedS };
}

export function caseOf(one: Case): CaseView {
	const { state, isPresent: present, assignee, deadline } = one;
	return { ...differenceOfCase(one), state, present, assignee, deadline };
}

export function wholeCaseOf(one: ShownCase): WholeCaseView {
	const { rule, steps, attachments } = one;
	const why = rule && {
		days: rule.days,
		en: rule.why.en,
		zhCn: rule.why["zh-CN"],
		source: rule.source,
	};
	return {
		...caseOf(one),
		deadlineRule: why,
		steps: [...steps],
		attachments: [...attachments],
	};
}

function differenceOf(
	difference: Difference,
): Omit<DifferenceView, "state" | "foundS" | "changedS"> {
	const { id, reason, also, leg, terminalId, businessDate, reference, batch, why } = difference;
	return {
		id,
		reason,
		also: [...also],
		leg,
		terminal: terminalId ?? null,
		businessDate: businessDate ?? null,
		reference,
		batch: batch ?? null,
		atStake: moneyOf(difference.atStakeMinor, difference.currency),
		why,
		evidence: difference.evidence.map((row) => ({
			leg: row.leg,
			file: row.file,
			line: row.line,
			reference: row.reference,
			amount: moneyOf(row.amountMinor, row.currency),
			status: row.status,
			record: row.leg === "terminal" ? (recordOf(row) ?? null) : null,
		})),
	};
}
