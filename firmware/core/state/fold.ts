import {
	CLOCK_DRIFT_SECONDS_MAX,
	CLOSED_PERIODS_MAX,
	OVERRIDES_MAX,
} from "../../../protocol/limits.ts";
import type { AnyRecord, RecordBody, Stamp } from "../../../protocol/record.ts";
import { foldScrub, withLost } from "./fold-check.ts";
import { foldEnded, foldHoldExpiry, foldTipOpen, withHold } from "./fold-held.ts";
import { foldPrintDue, foldPrintProgress, withLists } from "./fold-print.ts";
import { foldSettleBegin, foldSettleEnd, foldSettlementStep } from "./fold-settle.ts";
import { foldSupplement } from "./fold-supplement.ts";
import { withoutOverride } from "./override.ts";
import type { GroupTotals, OpenDay, OpenTransaction, ReminderStanding, State } from "./state.ts";
import { added, entersTotals } from "./totals.ts";

/**
 * The state after one more record. Pure: the same records give the same state on every engine and after every
 * power cut. Records that change nothing here (pulls, recoveries) only move the sequence on.
 */
export function fold(state: State, sequence: number, record: AnyRecord): State {
	const next = foldBody(state, sequence, record);
	// A clock record is stamped before the clock is moved; what follows is measured against the new time.
	const lastWallS = record.kind === "clock" ? record.body.newWallS : record.stamp.wallS;
	return { ...next, sequence, lastWallS };
}

function foldBody(state: State, sequence: number, record: AnyRecord): State {
	switch (record.kind) {
		case "start":
			return foldStart(state, record.stamp);
		case "clock":
			return { ...state, clockTrusted: record.body.source !== "jump", lastClock: sequence };
		case "configuration":
			return foldConfiguration(state, record.body);
		case "dayOpen":
			return {
				...state,
				day: newDay(sequence, record.body),
				lastDay: record.body.day,
				carried: [],
				supplements: { count: 0, amountMinor: 0 },
			};
		case "dayClose":
			return foldDayClose(state, sequence, record.body);
		case "shiftOpen":
			return foldShiftOpen(state, sequence, record.stamp, record.body);
		case "shiftClose":
			return { ...state, shift: null, overrides: [] };
		case "override":
			return foldOverride(state, record.body);
		case "reminder":
			return { ...state, reminders: remind(state.reminders, record.stamp, record.body) };
		case "intent":
			return {
				...state,
				open: [...state.open, opened(sequence, record.stamp, record.body)],
				lastIntent: { request: record.body.request, transaction: sequence },
			};
		case "reopened":
			return { ...state, open: [...state.open, reopened(record.stamp, record.body)] };
		case "outcome":
			return foldOutcome(state, sequence, record.stamp, record.body);
		case "supplement":
		case "supplementWithdrawn":
			return foldSupplement(state, sequence, record);
		case "reversal":
			return foldReversal(state, record.body);
		case "offlineApproval":
			return { ...state, open: offline(state.open, record.body) };
		case "tipOpen":
			return foldTipOpen(state, record.body);
		case "tipNone":
			return foldEnded(state, record.body.transaction);
		case "holdExpiry":
			return foldHoldExpiry(state, record.body);
		case "givenUp":
			return foldGivenUp(state, record.body);
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
			return foldCommand(state, record.body);
		case "signedHead": {
			const { size, root } = record.body;
			return { ...state, signedHead: { sequence, size, root } };
		}
		case "signingKey":
			return { ...state, signingKey: record.body.publicKey };
		case "gap":
			return { ...state, lost: withLost(state.lost, record.body) };
		case "scrub":
			return foldScrub(state, record.stamp, record.body);
		case "recovery":
		case "storageFault":
		case "enrolment":
		case "duplicateAnswer":
		case "reprintAsked":
		case "reprintAnswer":
		case "pull":
		case "service":
		case "releaseAsked":
			return state;
	}
}

/** A clock that went back while the power was off is not believed until somebody sets it. */
function foldStart(state: State, { boot, wallS }: Stamp): State {
	const wentBack = wallS < state.lastWallS - CLOCK_DRIFT_SECONDS_MAX;
	const clockTrusted = state.clockTrusted && !wentBack;
	return { ...state, boot, stoppedWallS: state.lastWallS, clockTrusted };
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
		lastApproved: 0,
		listedTo: 0,
		listWaived: false,
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
		listWaived: state.day?.listWaived ?? false,
	};
	return withLists({
		...state,
		day: null,
		days: [...state.days, closed].slice(-CLOSED_PERIODS_MAX),
		carried: exceptions,
		overrides: [],
	});
}

function foldShiftOpen(
	state: State,
	sequence: number,
	stamp: Stamp,
	body: RecordBody<"shiftOpen">,
): State {
	const shift = {
		shift: body.shift,
		operator: body.operator,
		first: sequence,
		transactionCount: 0,
		wallS: stamp.wallS,
	};
	const reminders = state.reminders.filter(({ reminder }) => reminder !== "shiftEnd");
	return { ...state, shift, lastShift: body.shift, overrides: [], reminders };
}

function foldOverride(state: State, body: RecordBody<"override">): State {
	const { blocker, subject } = body;
	const day = state.day && { ...state.day, overrideCount: state.day.overrideCount + 1 };
	const others = state.overrides.filter(
		(other) => other.blocker !== blocker || other.subject !== subject,
	);
	const overrides = [...others, { blocker, subject }].slice(-OVERRIDES_MAX);
	return { ...state, day, overrides };
}

function remind(
	standing: readonly ReminderStanding[],
	stamp: Stamp,
	{ reminder, step, action }: RecordBody<"reminder">,
): readonly ReminderStanding[] {
	const before = standing.find((other) => other.reminder === reminder);
	const snoozes = (before?.snoozes ?? 0) + (action === "snoozed" ? 1 : 0);
	const others = standing.filter((other) => other.reminder !== reminder);
	return action === "obeyed"
		? others
		: [...others, { reminder, step, snoozes, wallS: stamp.wallS }];
}

function opened(sequence: number, stamp: Stamp, body: RecordBody<"intent">): OpenTransaction {
	return { ...charge(body), transaction: sequence, wallS: stamp.wallS, phase: "inFlight" };
}

function reopened(stamp: Stamp, body: RecordBody<"reopened">): OpenTransaction {
	const { transaction } = body;
	return { ...charge(body), transaction, wallS: stamp.wallS, phase: "late" };
}

/** What stays known of a charge while it is open; its order and operator are in its intent. */
function charge(body: RecordBody<"intent">) {
	const { type, method, amountMinor, currency, trace, original, request } = body;
	return { type, method, amountMinor, currency, trace, original, request, reversalAttempts: 0 };
}

function foldOutcome(
	state: State,
	sequence: number,
	stamp: Stamp,
	body: RecordBody<"outcome">,
): State {
	const transaction = state.open.find((open) => open.transaction === body.transaction);
	if (transaction === undefined) return state;
	if (transaction.phase === "late") {
		// Late money that is refunded was taken: both stand in the totals, as they do at the acquirer.
		if (body.outcome !== "approved" || body.source !== "late") return state;
		const open = state.open.filter((other) => other !== transaction);
		return foldApproved({ ...state, open }, sequence, stamp, transaction, body.group);
	}
	if (body.outcome === "unknown") {
		const phase = transaction.phase === "inFlight" ? "unknown" : transaction.phase;
		return { ...state, open: replaced(state.open, { ...transaction, phase }) };
	}
	const open = state.open.filter((other) => other !== transaction);
	const day = state.day;
	if (body.outcome === "declined") {
		const counted = { ...state, day: day && { ...day, declinedCount: day.declinedCount + 1 } };
		if (transaction.phase === "offline")
			return { ...counted, open: replaced(state.open, { ...transaction, phase: "unpaid" }) };
		return foldEnded({ ...counted, open }, transaction.transaction);
	}
	if (transaction.phase === "reversing") {
		return { ...state, open: replaced(state.open, { ...transaction, phase: "late" }) };
	}
	return foldApproved({ ...state, open }, sequence, stamp, transaction, body.group);
}

function foldApproved(
	state: State,
	sequence: number,
	stamp: Stamp,
	transaction: OpenTransaction,
	group: GroupTotals["group"],
): State {
	const shift = state.shift && {
		...state.shift,
		transactionCount: state.shift.transactionCount + 1,
	};
	const told = foldEnding({ ...state, shift }, transaction);
	if (!entersTotals(transaction.type)) return told;
	const { day, batch } = state;
	const next = {
		...told,
		open: state.open.filter((other) => !isGivenBack(other, transaction)),
		day: day && {
			...day,
			groups: added(day.groups, group, transaction),
			lastApproved: sequence,
		},
		batch: {
			...batch,
			oldestWallS: batch.oldestWallS ?? stamp.wallS,
			groups: added(batch.groups, group, transaction),
		},
	};
	return withoutOverride(next, "unsettledBatch");
}

/** What an approval begins or ends besides its money: a hold, the wait for a tip. */
function foldEnding(state: State, transaction: OpenTransaction): State {
	const { type, original } = transaction;
	if (type === "preAuthorisation") return withHold(state, transaction);
	if (original === null || type === "sale" || type === "refund") return state;
	return foldEnded(state, original);
}

/** A refund ends the late transaction that it refers to. */
function isGivenBack(late: OpenTransaction, { type, original }: OpenTransaction): boolean {
	return late.phase === "late" && type === "refund" && late.transaction === original;
}

function replaced(
	open: readonly OpenTransaction[],
	changed: OpenTransaction,
): readonly OpenTransaction[] {
	return open.map((other) => (other.transaction === changed.transaction ? changed : other));
}

function foldReversal(state: State, body: RecordBody<"reversal">): State {
	const { open } = state;
	const transaction = open.find((other) => other.transaction === body.transaction);
	if (transaction === undefined) return state;
	if (body.result === "reversed")
		return foldEnded({ ...state, open: without(open, transaction) }, body.transaction);
	const reversalAttempts = Math.max(transaction.reversalAttempts, body.attempt);
	const phase = transaction.phase === "late" ? "late" : "reversing";
	return { ...state, open: replaced(open, { ...transaction, phase, reversalAttempts }) };
}

function without(
	open: readonly OpenTransaction[],
	transaction: OpenTransaction,
): readonly OpenTransaction[] {
	return open.filter((other) => other !== transaction);
}

function offline(
	open: readonly OpenTransaction[],
	{ transaction }: RecordBody<"offlineApproval">,
): readonly OpenTransaction[] {
	return open.map((other) =>
		other.transaction === transaction ? { ...other, phase: "offline" } : other,
	);
}

function foldGivenUp(state: State, { transaction }: RecordBody<"givenUp">): State {
	const open = state.open.filter((other) => other.transaction !== transaction);
	return foldEnded({ ...state, open }, transaction);
}

function foldCommand(state: State, { hostSequence, accepted }: RecordBody<"command">): State {
	return { ...state, lastHostSequence: hostSequence, lastHostAccepted: accepted };
}
