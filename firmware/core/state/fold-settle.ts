import { CLOSED_PERIODS_MAX } from "../../../protocol/limits.ts";
import type { AnyRecord, RecordBody, Stamp } from "../../../protocol/record.ts";
import type { Settlement, State } from "./state.ts";

/** What records about settlements do to the state: the batch is cut, its settlement goes from phase to phase. */
export function foldSettleBegin(
	state: State,
	sequence: number,
	body: RecordBody<"settleBegin">,
): State {
	const settlement = {
		...body,
		settlement: sequence,
		phase: "begun" as const,
		attempts: 0,
		verdicts: [],
		uploadedTo: 0,
		uploadedCount: 0,
		oldestWallS: state.batch.oldestWallS,
	};
	const number = body.batch === 999_999 ? 1 : body.batch + 1;
	return {
		...state,
		settlement,
		batch: { number, first: sequence + 1, oldestWallS: null, groups: [] },
	};
}

type SettlementStep = Extract<AnyRecord, { kind: "settleSent" | "settleVerdict" | "uploadSent" }>;

export function foldSettlementStep(state: State, record: SettlementStep): State {
	const { settlement } = state;
	if (settlement === null || settlement.settlement !== record.body.settlement) return state;
	if (record.kind === "settleSent") {
		const phase = settlement.phase === "begun" ? "sent" : settlement.phase;
		return { ...state, settlement: { ...settlement, phase, attempts: record.body.attempt } };
	}
	if (record.kind === "settleVerdict") {
		const { verdicts } = record.body;
		return { ...state, settlement: { ...settlement, verdicts, phase: phaseAfter(verdicts) } };
	}
	return {
		...state,
		settlement: {
			...settlement,
			uploadedTo: record.body.outcome,
			uploadedCount: settlement.uploadedCount + 1,
		},
	};
}

function phaseAfter(verdicts: Settlement["verdicts"]): Settlement["phase"] {
	if (verdicts.some(({ verdict }) => verdict === "cannotConfirm")) return "inDoubt";
	return verdicts.every(({ verdict }) => verdict === "agreed") ? "answered" : "upload";
}

export function foldSettleEnd(
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
	};
}
