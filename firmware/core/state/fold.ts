import { CLOSED_PERIODS_MAX } from "../../../protocol/limits.ts";
import type { AnyRecord, RecordBody, Stamp } from "../../../protocol/record.ts";
import type { GroupTotals, OpenDay, OpenTransaction, ReminderStanding, State } from "./state.ts";

/**
 * The state after one more record. Pure: the same records give the same state on every engine and after every
 * power cut. Records that change nothing here (uploads of others, pulls, gaps) only move the sequence on.
 */
export function fold(state: State, sequence: number, record: AnyRecord): State {
	const next = foldBody(state, sequence, record);
	return { ...next, sequence, lastWallS: record.stamp.wallS };
}

function foldBody(state: State, sequence: number, record: AnyRecord): State {
	switch (record.kind) {
		case "start":
			return { ...state, boot: record.stamp.boot };
		case "clock":
			return { ...state, clockTrusted: record.body.source !== "jump" };
		case "configuration":
			return foldConfiguration(state, record.body);
		case "dayOpen":
			return {
				...state,
				day: newDay(sequence, record.body),
				lastDay: record.body.day,
				carried: [],
			};
		case "dayClose":
			return foldDayClose(state, sequence, record.body);
		case "shiftOpen":
			return foldShiftOpen(state, sequence, record.body);
		case "shiftClose":
			return { ...state, shift: null, overrides: [] };
		case "override":
			return foldOverride(state, record.body);
		case "reminder":
			return { ...state, reminders: remind(state.reminders, record.stamp, record.body) };
		case "intent":
			return { ...state, open: [...state.open, opened(sequence, record.stamp, record.body)] };
		case "outcome":
			return foldOutcome(state, record.stamp, record.body);
		case "reversal":
			return { ...state, open: reversed(state.open, record.body) };
		case "settleBegin":
			return foldSettleBegin(state, sequence, record.body);
		case "settleSent":
		case "settleVerdict":
		case "uploadSent":
			return foldSettlementStep(state, record);
		case "settleEnd":
			return foldSettleEnd(state, sequence, record.stamp, record.body);
		case "printDue":
			return foldPrintDue(state, sequence, record.body);
		case "printProgress":
			return foldPrintProgress(state, record.body);
		case "command":
			return { ...state, lastHostSequence: record.body.hostSequence };
		case "recovery":
		case "gap":
		case "enrolment":
		case "scrub":
		case "pull":
			return state;
	}
}

function foldConfiguration(state: State, body: RecordBody<"configuration">): State {
	const changed = body.settings.map(({ name }) => name);
	const kept = state.changedSettings.filter(({ name }) => !changed.includes(name));
	return {
		...state,
		configurationVersion: body.version,
		changedSettings: [...kept, ...body.settings],
	};
}

function newDay(sequence: number, body: RecordBody<"dayOpen">): OpenDay {
	return {
		day: body.day,
		businessDate: body.businessDate,
		first: sequence,
		groups: [],
		declinedCount: 0,
		reprintCount: 0,
		overrideCount: 0,
	};
}

function foldDayClose(state: State, sequence: number, body: RecordBody<"dayClose">): State {
	const { day, businessDate, first, exceptions } = body;
	const closed = {
		day,
		businessDate,
		first,
		last: sequence,
		listConfirmed: false,
		clean: exceptions.length === 0,
	};
	return {
		...state,
		day: null,
		days: [...state.days, closed].slice(-CLOSED_PERIODS_MAX),
		carried: exceptions,
		overrides: [],
		reminders: [],
	};
}

function foldShiftOpen(state: State, sequence: number, body: RecordBody<"shiftOpen">): State {
	const shift = {
		shift: body.shift,
		operator: body.operator,
		first: sequence,
		transactionCount: 0,
	};
	return { ...state, shift, lastShift: body.shift, overrides: [] };
}

function foldOverride(state: State, body: RecordBody<"override">): State {
	const { blocker, subject, by, role } = body;
	const day = state.day && { ...state.day, overrideCount: state.day.overrideCount + 1 };
	const others = state.overrides.filter(
		(other) => other.blocker !== blocker || other.subject !== subject,
	);
	return { ...state, day, overrides: [...others, { blocker, subject, by, role }] };
}

function remind(
	standing: readonly ReminderStanding[],
	stamp: Stamp,
	{ reminder, step, action }: RecordBody<"reminder">,
): readonly ReminderStanding[] {
	const before = standing.find((other) => other.reminder === reminder);
	const snoozes = (before?.snoozes ?? 0) + (action === "snoozed" ? 1 : 0);
	const others = standing.filter((other) => other.reminder !== reminder);
	return [...others, { reminder, step, snoozes, wallS: stamp.wallS, obeyed: action === "obeyed" }];
}

function opened(sequence: number, stamp: Stamp, body: RecordBody<"intent">): OpenTransaction {
	return {
		...body,
		transaction: sequence,
		wallS: stamp.wallS,
		phase: "inFlight",
		reversalAttempts: 0,
	};
}

function foldOutcome(state: State, stamp: Stamp, body: RecordBody<"outcome">): State {
	const transaction = state.open.find((open) => open.transaction === body.transaction);
	if (transaction === undefined) return state;
	if (body.outcome === "unknown") {
		const phase = transaction.phase === "reversing" ? "reversing" : "unknown";
		return { ...state, open: replaced(state.open, { ...transaction, phase }) };
	}
	const open = state.open.filter((other) => other !== transaction);
	const day = state.day;
	if (body.outcome === "declined") {
		return { ...state, open, day: day && { ...day, declinedCount: day.declinedCount + 1 } };
	}
	const { shift, batch } = state;
	return {
		...state,
		open,
		day: day && { ...day, groups: added(day.groups, body.group, transaction) },
		shift: shift && { ...shift, transactionCount: shift.transactionCount + 1 },
		batch: {
			...batch,
			oldestWallS: batch.oldestWallS ?? stamp.wallS,
			groups: added(batch.groups, body.group, transaction),
		},
	};
}

/** Totals with one approved transaction more. A pre-authorisation moves no money until its completion. */
export function added(
	groups: readonly GroupTotals[],
	group: GroupTotals["group"],
	{ type, amountMinor }: Pick<OpenTransaction, "type" | "amountMinor">,
): readonly GroupTotals[] {
	if (type === "preAuthorisation") return groups;
	const before = groups.find((other) => other.group === group) ?? emptyTotals(group);
	const after =
		type === "refund"
			? {
					...before,
					creditCount: before.creditCount + 1,
					creditMinor: before.creditMinor + amountMinor,
				}
			: type === "void"
				? { ...before, voidCount: before.voidCount + 1, voidMinor: before.voidMinor + amountMinor }
				: {
						...before,
						debitCount: before.debitCount + 1,
						debitMinor: before.debitMinor + amountMinor,
					};
	if (!groups.includes(before)) return [...groups, after];
	return groups.map((other) => (other === before ? after : other));
}

function emptyTotals(group: GroupTotals["group"]): GroupTotals {
	return {
		group,
		debitCount: 0,
		debitMinor: 0,
		creditCount: 0,
		creditMinor: 0,
		voidCount: 0,
		voidMinor: 0,
	};
}

function replaced(
	open: readonly OpenTransaction[],
	changed: OpenTransaction,
): readonly OpenTransaction[] {
	return open.map((other) => (other.transaction === changed.transaction ? changed : other));
}

function reversed(
	open: readonly OpenTransaction[],
	body: RecordBody<"reversal">,
): readonly OpenTransaction[] {
	const transaction = open.find((other) => other.transaction === body.transaction);
	if (transaction === undefined) return open;
	if (body.result === "reversed") return open.filter((other) => other !== transaction);
	const reversalAttempts = Math.max(transaction.reversalAttempts, body.attempt);
	return replaced(open, { ...transaction, phase: "reversing", reversalAttempts });
}

function foldSettleBegin(state: State, sequence: number, body: RecordBody<"settleBegin">): State {
	const settlement = {
		...body,
		settlement: sequence,
		phase: "begun" as const,
		attempts: 0,
		verdicts: [],
		uploadedTo: 0,
		uploadedCount: 0,
	};
	const number = body.batch === 999_999 ? 1 : body.batch + 1;
	return {
		...state,
		settlement,
		batch: { number, first: sequence + 1, oldestWallS: null, groups: [] },
	};
}

type SettlementStep = Extract<AnyRecord, { kind: "settleSent" | "settleVerdict" | "uploadSent" }>;

function foldSettlementStep(state: State, record: SettlementStep): State {
	const { settlement } = state;
	if (settlement === null || settlement.settlement !== record.body.settlement) return state;
	if (record.kind === "settleSent") {
		const phase = settlement.phase === "begun" ? "sent" : settlement.phase;
		return { ...state, settlement: { ...settlement, phase, attempts: record.body.attempt } };
	}
	if (record.kind === "settleVerdict") {
		const { verdicts } = record.body;
		const phase = verdicts.every(({ verdict }) => verdict === "agreed") ? "answered" : "upload";
		return { ...state, settlement: { ...settlement, verdicts, phase } };
	}
	return {
		...state,
		settlement: {
			...settlement,
			uploadedTo: record.body.transaction,
			uploadedCount: settlement.uploadedCount + 1,
		},
	};
}

function foldSettleEnd(
	state: State,
	sequence: number,
	stamp: Stamp,
	body: RecordBody<"settleEnd">,
): State {
	const { settlement } = state;
	if (settlement === null || settlement.settlement !== body.settlement) return state;
	const { batch, first, last } = settlement;
	const agreed = body.verdicts.every(({ verdict }) => verdict === "agreed");
	const ended = {
		settlement: settlement.settlement,
		batch,
		first,
		last,
		end: sequence,
		wallS: stamp.wallS,
		agreed,
	};
	return {
		...state,
		settlement: null,
		settlements: [...state.settlements, ended].slice(-CLOSED_PERIODS_MAX),
		reminders: state.reminders.filter(({ reminder }) => reminder === "shiftEnd"),
	};
}

function foldPrintDue(state: State, sequence: number, body: RecordBody<"printDue">): State {
	const { document, subject, copy, by } = body;
	const debt = { debt: sequence, document, subject, copy, state: "due" as const, row: 0, by };
	const day =
		state.day && copy > 0 ? { ...state.day, reprintCount: state.day.reprintCount + 1 } : state.day;
	return { ...state, day, debts: [...state.debts, debt] };
}

function foldPrintProgress(state: State, body: RecordBody<"printProgress">): State {
	const debt = state.debts.find((other) => other.debt === body.debt);
	if (debt === undefined) return state;
	if (body.state !== "confirmed" && body.state !== "waived") {
		const changed = { ...debt, state: body.state, row: body.row };
		return { ...state, debts: state.debts.map((other) => (other === debt ? changed : other)) };
	}
	const debts = state.debts.filter((other) => other !== debt);
	if (debt.document !== "dailyList" || body.state !== "confirmed") return { ...state, debts };
	const days = state.days.map((day) =>
		day.first === debt.subject ? { ...day, listConfirmed: true } : day,
	);
	return { ...state, debts, days };
}
