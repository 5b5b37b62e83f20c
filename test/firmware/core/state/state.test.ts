import test from "ava";
import { fold } from "../../../../firmware/core/state/fold.ts";
import {
	decodeState,
	emptyState,
	encodeState,
	type OpenTransaction,
	type State,
} from "../../../../firmware/core/state/state.ts";
import { decodeCbor, encodeCbor } from "../../../../protocol/cbor.ts";
import { settings } from "../../../../protocol/configuration.ts";
import {
	AMOUNT_MINOR_MAX,
	CHECKPOINT_BYTES_MAX,
	CLOSED_PERIODS_MAX,
	HOLDS_MAX,
	LOST_RANGES_MAX,
	OPEN_TIPS_MAX,
	OPEN_TRANSACTIONS_MAX,
	OVERRIDES_MAX,
	PRINT_DEBTS_MAX,
	TREE_ROOTS_MAX,
} from "../../../../protocol/limits.ts";
import {
	blockerType,
	type RecordBody,
	type RecordKind,
	reminderType,
	type Stamp,
	schemeGroup,
} from "../../../../protocol/record.ts";

/** Numbers no terminal reaches: four thousand million records, and as many sales of the largest amount. */
const sequence = 0xffff_ffff;
const count = 0xffff_ffff;
const wallS = 0xffff_ffff;
const person = "店".repeat(16);

function times<T>(length: number, make: (index: number) => T): readonly T[] {
	return Array.from({ length }, (_none, index) => make(index));
}

const groups = schemeGroup.names.map((group) => ({
	group,
	debitCount: count,
	debitMinor: Number.MAX_SAFE_INTEGER,
	creditCount: count,
	creditMinor: Number.MAX_SAFE_INTEGER,
	voidCount: count,
	voidMinor: Number.MAX_SAFE_INTEGER,
}));

const open: OpenTransaction = {
	transaction: sequence,
	type: "completion",
	method: "qr",
	amountMinor: AMOUNT_MINOR_MAX,
	currency: "CNY",
	trace: 999_999,
	original: sequence,
	wallS,
	phase: "late",
	reversalAttempts: count,
	request: AMOUNT_MINOR_MAX,
};

const changedSettings = Object.entries(settings).map(([name, setting]) => ({
	name,
	value:
		"lengthMax" in setting
			? "店".repeat(setting.lengthMax)
			: "max" in setting
				? setting.max
				: setting.default,
}));

function fullest(): State {
	const verdicts = schemeGroup.names.map((group) => ({ group, verdict: "cannotConfirm" as const }));
	return {
		boot: count,
		sequence,
		lastWallS: wallS,
		stoppedWallS: wallS,
		configurationVersion: count,
		changedSettings,
		day: {
			day: count,
			businessDate: 9999_12_31,
			first: sequence,
			groups,
			declinedCount: count,
			reprintCount: count,
			overrideCount: count,
			lastApproved: sequence,
			listedTo: sequence,
			listWaived: true,
		},
		lastDay: count,
		shift: { shift: count, operator: person, first: sequence, transactionCount: count, wallS },
		lastShift: count,
		batch: { number: 999_999, first: sequence, oldestWallS: wallS, groups },
		settlement: {
			settlement: sequence,
			batch: 999_999,
			first: sequence,
			last: sequence,
			trigger: "host",
			currency: "CNY",
			groups,
			phase: "inDoubt",
			attempts: count,
			verdicts,
			uploadedTo: sequence,
			uploadedCount: count,
			oldestWallS: wallS,
		},
		open: times(OPEN_TRANSACTIONS_MAX, () => open),
		debts: times(PRINT_DEBTS_MAX, () => ({
			debt: sequence,
			document: "exceptionList" as const,
			subject: sequence,
			copy: 99,
			state: "waived" as const,
			row: count,
		})),
		days: times(CLOSED_PERIODS_MAX, () => ({
			day: count,
			businessDate: 9999_12_31,
			first: sequence,
			last: sequence,
			listConfirmed: true,
			clean: true,
			listWaived: true,
		})),
		settlements: times(CLOSED_PERIODS_MAX, () => ({
			settlement: sequence,
			batch: 999_999,
			first: sequence,
			last: sequence,
			end: sequence,
			wallS,
			agreed: true,
		})),
		reminders: reminderType.names.map((reminder) => ({
			reminder,
			step: count,
			snoozes: count,
			wallS,
		})),
		overrides: times(OVERRIDES_MAX, () => ({
			blocker: "hostNotReached" as const,
			subject: sequence,
		})),
		carried: blockerType.names.map((blocker) => ({ blocker, count })),
		lastHostSequence: Number.MAX_SAFE_INTEGER,
		lastHostAccepted: true,
		clockTrusted: false,
		lastClock: sequence,
		check: { wallS, findings: count, repaired: count },
		lost: times(LOST_RANGES_MAX, () => ({ from: sequence, to: sequence })),
		lastIntent: { request: AMOUNT_MINOR_MAX, transaction: sequence },
		signingKey: new Uint8Array(32).fill(255),
		signedHead: { sequence, size: sequence, root: new Uint8Array(32).fill(255) },
		tree: {
			first: 1,
			size: sequence,
			roots: times(TREE_ROOTS_MAX, () => new Uint8Array(32).fill(255)),
		},
		supplements: { count: 0xffff_ffff, amountMinor: Number.MAX_SAFE_INTEGER },
		holds: times(HOLDS_MAX, () => ({
			transaction: sequence,
			amountMinor: AMOUNT_MINOR_MAX,
			trace: 999_999,
			expiryS: wallS,
		})),
		tips: times(OPEN_TIPS_MAX, () => sequence),
	};
}

test("the fullest state fits a checkpoint and comes back whole", (t) => {
	const bytes = encodeState(fullest());
	t.true(bytes.length <= CHECKPOINT_BYTES_MAX, `${bytes.length} bytes`);
	t.deepEqual(decodeState(bytes), fullest());
});

test("every setting can be changed at the same time", (t) => {
	t.true(Object.keys(settings).length <= 32);
});

test("a checkpoint of an earlier firmware is read, without what it did not have", (t) => {
	const full = fullest();
	const items = decodeCbor(encodeState(full));
	const before = (missing: number) =>
		decodeState(Array.isArray(items) ? encodeCbor(items.slice(0, -missing)) : new Uint8Array());
	const supplements = { count: 0, amountMinor: 0 };
	const held = { holds: [], tips: [] };
	t.deepEqual(before(2), { ...full, ...held });
	t.deepEqual(before(3), { ...full, ...held, supplements });
	const first = { check: null, lost: [], signingKey: null, signedHead: null, tree: null };
	t.deepEqual(before(8), { ...full, ...first, ...held, supplements });
	t.throws(() => before(9), { code: "SCHEMA" });
});

test("the empty state comes back whole", (t) => {
	t.deepEqual(decodeState(encodeState(emptyState())), emptyState());
});

test("bytes that are no checkpoint are refused", (t) => {
	const bytes = encodeState(emptyState());
	t.throws(() => decodeState(bytes.slice(0, -1)), { code: "CBOR_MALFORMED" });
	t.throws(() => decodeState(Uint8Array.of(0x80)), { code: "SCHEMA" });
});

/** Folds records one after another, ten seconds apart, beginning with sequence 1. */
function story(...records: readonly Told[]): State {
	return records.reduce((state, [kind, body], index) => {
		const stamp: Stamp = { wallS: 1000 + index * 10, zoneMinutes: 480, boot: 1, monotonicMs: 0 };
		// One entry of the union of all kinds: the pair fits by how `Told` is made.
		return fold(state, index + 1, { kind, stamp, body } as Parameters<typeof fold>[2]);
	}, emptyState());
}

type Told = { [K in RecordKind]: readonly [kind: K, body: RecordBody<K>] }[RecordKind];

const sale = (amountMinor: number, type: OpenTransaction["type"] = "sale"): Told => {
	const nothing = { trace: null, original: null, order: null, operator: "lin", request: 1 };
	return ["intent", { type, method: "card", amountMinor, currency: "CNY", ...nothing }];
};

const ended = (
	transaction: number,
	outcome: "approved" | "declined" | "unknown",
	source: RecordBody<"outcome">["source"] = "app",
): Told => {
	const nothing = { reference: null, authorisation: null, response: null, lastFour: null };
	return [
		"outcome",
		{ transaction, outcome, source, group: "domestic", scheme: "CUP", ...nothing },
	];
};

const dayOpen: Told = ["dayOpen", { day: 1, businessDate: 2026_11_21, carried: [] }];

test("an approval enters the totals of its batch and its day, by kind", (t) => {
	const { batch, day } = story(
		dayOpen,
		sale(5),
		ended(2, "approved"),
		sale(3, "refund"),
		ended(4, "approved"),
		sale(5, "void"),
		ended(6, "approved"),
		sale(9, "preAuthorisation"),
		ended(8, "approved"),
		sale(7),
		ended(10, "declined"),
	);
	t.deepEqual(batch.groups, [
		{
			group: "domestic",
			debitCount: 1,
			debitMinor: 5,
			creditCount: 1,
			creditMinor: 3,
			voidCount: 1,
			voidMinor: 5,
		},
	]);
	t.deepEqual(day?.groups, batch.groups);
	t.is(day?.declinedCount, 1);
	t.is(batch.oldestWallS, 1020);
});

test("an outcome that comes twice counts once", (t) => {
	const { batch } = story(dayOpen, sale(5), ended(2, "approved"), ended(2, "approved", "late"));
	t.is(batch.groups[0]?.debitCount, 1);
});

test("a declined first sale does not start the clock of the batch", (t) => {
	t.is(story(dayOpen, sale(5), ended(2, "declined")).batch.oldestWallS, null);
	t.is(story(dayOpen, sale(5, "preAuthorisation"), ended(2, "approved")).batch.oldestWallS, null);
});

test("a settlement takes the batch with its age and leaves an empty one", (t) => {
	const begin = { batch: 1, first: 1, last: 3, trigger: "operator", currency: "CNY" } as const;
	const { batch, settlement } = story(dayOpen, sale(5), ended(2, "approved"), [
		"settleBegin",
		{ ...begin, groups: [] },
	]);
	t.deepEqual(batch, { number: 2, first: 5, oldestWallS: null, groups: [] });
	t.like(settlement, { settlement: 4, phase: "begun", oldestWallS: 1020 });
});

test("the number of a batch begins again after six digits", (t) => {
	const begin = {
		batch: 999_999,
		first: 1,
		last: 0,
		trigger: "operator",
		currency: "CNY",
	} as const;
	t.is(story(["settleBegin", { ...begin, groups: [] }]).batch.number, 1);
});

test("money approved during its reversal is late and in no total", (t) => {
	const { open: left, batch } = story(
		dayOpen,
		sale(5),
		ended(2, "unknown", "timeout"),
		["reversal", { transaction: 2, attempt: 1, result: "sent" }],
		ended(2, "approved", "contradicting"),
	);
	t.is(left[0]?.phase, "late");
	t.deepEqual(batch.groups, []);
});
