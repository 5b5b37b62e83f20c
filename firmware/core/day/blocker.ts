import type { Blocker, BlockerType, Remedy, Role } from "../part.ts";
import type { Exception, OpenTransaction, State } from "../state/state.ts";

interface Rule {
	readonly remedies: readonly Remedy[];
	readonly overrideBy: Role;
}

/** In the order in which they are shown and worked off: money first, paper after it, the rest last. */
export const blockerRules: Readonly<Record<BlockerType, Rule>> = Object.freeze({
	openTip: { remedies: ["decideTip"], overrideBy: "manager" },
	unsettledBatch: { remedies: ["settle"], overrideBy: "manager" },
	settlementInDoubt: { remedies: ["enquireSettlement"], overrideBy: "manager" },
	uploadIncomplete: { remedies: ["continueUpload"], overrideBy: "manager" },
	pendingReversal: { remedies: ["retryReversal"], overrideBy: "manager" },
	unknownOutcome: { remedies: ["enquireOutcome", "retryReversal"], overrideBy: "manager" },
	refundOwed: { remedies: ["retryReversal", "refund"], overrideBy: "manager" },
	offlineTransaction: { remedies: ["deliver", "connect"], overrideBy: "manager" },
	openPreAuthorisation: { remedies: ["finishHold"], overrideBy: "operator" },
	printDebt: { remedies: ["print"], overrideBy: "manager" },
	clockNotTrusted: { remedies: ["setClock", "connect"], overrideBy: "manager" },
	journalNearlyFull: { remedies: ["connect"], overrideBy: "manager" },
	hostNotReached: { remedies: ["connect"], overrideBy: "manager" },
} satisfies Record<BlockerType, Rule>);

/** What stands between the shop and its close, by the state alone. */
export function standingBlockers(state: State): readonly Blocker[] {
	return [
		...(state.tips.length === 0 ? [] : [blocker("openTip", null, state.tips.length, 0)]),
		...unsettled(state),
		...settling(state),
		...ofPhase(state, "pendingReversal", ["reversing"]),
		...ofPhase(state, "unknownOutcome", ["inFlight", "unknown"]),
		...ofPhase(state, "refundOwed", ["late"]),
		...ofPhase(state, "offlineTransaction", ["offline", "unpaid"]),
		...state.holds.map(({ transaction, amountMinor }) =>
			blocker("openPreAuthorisation", transaction, 1, amountMinor),
		),
		...printing(state),
		...(state.clockTrusted ? [] : [blocker("clockNotTrusted", null, 1, 0)]),
	];
}

/** A blocker with the remedies and the role of its type. */
export function blocker(
	type: BlockerType,
	subject: number | null,
	count: number,
	amountMinor: number,
): Blocker {
	return { type, subject, count, amountMinor, ...blockerRules[type] };
}

/** True when an override that still holds was given for it. */
export function isLifted(
	state: State,
	{ type, subject }: Pick<Blocker, "type" | "subject">,
): boolean {
	return state.overrides.some((other) => other.blocker === type && other.subject === subject);
}

/** True while sales wait for a tip and nobody has said to settle without: settled ones cannot get it any more. */
export function isHeldByTips(state: State): boolean {
	return state.tips.length > 0 && !isLifted(state, { type: "openTip", subject: null });
}

/** Blockers by type, as a close records them. */
export function exceptionsOf(blockers: readonly Blocker[]): readonly Exception[] {
	const counts = new Map<BlockerType, number>();
	for (const { type, count } of blockers) counts.set(type, (counts.get(type) ?? 0) + count);
	return [...counts].map(([type, count]) => ({ blocker: type, count }));
}

function unsettled({ batch }: State): readonly Blocker[] {
	if (batch.groups.length === 0) return [];
	let count = 0;
	let amountMinor = 0;
	for (const group of batch.groups) {
		count += group.debitCount + group.creditCount + group.voidCount;
		amountMinor += group.debitMinor - group.creditMinor - group.voidMinor;
	}
	return [blocker("unsettledBatch", null, count, amountMinor)];
}

function settling({ settlement }: State): readonly Blocker[] {
	if (settlement === null) return [];
	const amountMinor = settlement.groups.reduce(
		(sum, { debitMinor, creditMinor, voidMinor }) => sum + debitMinor - creditMinor - voidMinor,
		0,
	);
	const type = settlement.phase === "upload" ? "uploadIncomplete" : "settlementInDoubt";
	return [blocker(type, settlement.settlement, 1, amountMinor)];
}

function ofPhase(
	{ open }: State,
	type: BlockerType,
	phases: readonly OpenTransaction["phase"][],
): readonly Blocker[] {
	return open
		.filter(({ phase }) => phases.includes(phase))
		.map((transaction) => ofTransaction(type, transaction));
}

function ofTransaction(type: BlockerType, open: OpenTransaction): Blocker {
	const found = blocker(type, open.transaction, 1, open.amountMinor);
	if (open.phase === "unpaid") return { ...found, remedies: ["giveUp"] };
	return open.phase === "inFlight" ? { ...found, remedies: ["enquireOutcome"] } : found;
}

function printing({ debts }: State): readonly Blocker[] {
	if (debts.length === 0) return [];
	const found = blocker("printDebt", null, debts.length, 0);
	const unsure = debts.some(({ state }) => state === "unknown");
	return [unsure ? { ...found, remedies: ["confirmPrint", "print"] } : found];
}
