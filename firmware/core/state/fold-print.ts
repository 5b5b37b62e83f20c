import type { RecordBody } from "../../../protocol/record.ts";
import { withoutOverride } from "./override.ts";
import type { ClosedDay, OpenDay, State } from "./state.ts";

/** What records about paper do to the state: debts, and which days have all their lists printed. */
export function foldPrintDue(state: State, sequence: number, body: RecordBody<"printDue">): State {
	const { document, subject, copy } = body;
	const debt = { debt: sequence, document, subject, copy, state: "due" as const, row: 0 };
	const reprinted =
		state.day && copy > 0 ? { ...state.day, reprintCount: state.day.reprintCount + 1 } : state.day;
	const owed = { ...state, day: reprinted, debts: [...state.debts, debt] };
	const next = withoutOverride(owed, "printDebt");
	if (document !== "dailyList" || copy > 0) return next;
	return withLists({ ...next, day: next.day && listed(next.day, sequence, subject, state) });
}

/** The open day after a list was owed: a list of the day reaches to here, one of a batch to the batch's end. */
function listed(day: OpenDay, sequence: number, subject: number, state: State): OpenDay {
	const settled = state.settlements.find(({ settlement }) => settlement === subject);
	const to = subject === day.first ? sequence : (settled?.last ?? 0);
	return { ...day, listedTo: Math.max(day.listedTo, to) };
}

export function foldPrintProgress(state: State, body: RecordBody<"printProgress">): State {
	const debt = state.debts.find((other) => other.debt === body.debt);
	if (debt === undefined) return state;
	if (body.state !== "confirmed" && body.state !== "waived") {
		const changed = { ...debt, state: body.state, row: body.row };
		return { ...state, debts: state.debts.map((other) => (other === debt ? changed : other)) };
	}
	const ended = { ...state, debts: state.debts.filter((other) => other !== debt) };
	if (debt.document !== "dailyList" || debt.copy > 0) return ended;
	return withLists(body.state === "waived" ? waivedList(ended, debt.subject) : ended);
}

function waivedList(state: State, subject: number): State {
	const day =
		state.day && subject >= state.day.first ? { ...state.day, listWaived: true } : state.day;
	const days = state.days.map((other) =>
		holds(other, subject) ? { ...other, listWaived: true } : other,
	);
	return { ...state, day, days };
}

/** Whether the lists of each closed day are all on paper, after anything about lists has changed. */
export function withLists(state: State): State {
	const owed = state.debts.filter(({ document, copy }) => document === "dailyList" && copy === 0);
	const days = state.days.map((day) => {
		const listConfirmed = !day.listWaived && !owed.some(({ subject }) => holds(day, subject));
		return listConfirmed === day.listConfirmed ? day : { ...day, listConfirmed };
	});
	return { ...state, days };
}

function holds(day: ClosedDay, sequence: number): boolean {
	return sequence >= day.first && sequence <= day.last;
}
