import { type CborValue, encodeCbor } from "../../protocol/cbor.ts";
import type { ErrorCode } from "../../protocol/error.ts";
import { AMOUNT_MINOR_MAX } from "../../protocol/limits.ts";
import { type RecordKind, recordKinds } from "../../protocol/record.ts";
import { hexOf } from "./_json.ts";
import { count, far, hash, least, most, record } from "./_record-vector.ts";
import { enteredRecords } from "./_vectors-entries.ts";

const totals = {
	group: "domestic",
	debitCount: 41,
	debitMinor: 1_234_550,
	creditCount: 1,
	creditMinor: 9_900,
	voidCount: 2,
	voidMinor: 5_000,
} as const;
const noTotals = {
	group: "wallet",
	debitCount: 0,
	debitMinor: 0,
	creditCount: 0,
	creditMinor: 0,
	voidCount: 0,
	voidMinor: 0,
} as const;

const good = [
	record("clean start", "start", { firmware: "0.1.0", clean: true, profile: "default" }),
	record("least stamp", "start", { firmware: "", clean: false, profile: "" }, least),
	record(
		"largest stamp",
		"start",
		{ firmware: "v".repeat(32), clean: true, profile: "默认" },
		most,
	),
	record("recovery", "recovery", {
		lastSequence: 1416,
		lastChain: hash,
		tornBytes: 96,
		repairedRecords: 1,
		staleRecords: 0,
	}),
	record("gap", "gap", { from: 1400, to: far, damageHash: hash }),
	record("clock set by the host", "clock", {
		oldWallS: 1_795_250_000,
		newWallS: 1_795_259_109,
		source: "host",
	}),
	record("settings", "configuration", {
		version: 4,
		source: "host",
		settings: [
			{ name: "merchantName", value: "示范商店" },
			{ name: "cutOverMinute", value: 240 },
			{ name: "least", value: -AMOUNT_MINOR_MAX },
			{ name: "most", value: AMOUNT_MINOR_MAX },
			{ name: "slipPerSale", value: false },
		],
	}),
	record("no settings", "configuration", { version: 0, source: "technician", settings: [] }),
	record("enrolment", "enrolment", { tenant: "acme", terminal: "shop-0001", epoch: 3 }),
	record("scrub", "scrub", { segment: 12, findings: 0, repaired: 0 }),
	record("round of scrubbing", "scrub", { segment: 0, findings: 3, repaired: 2 }),
	record("failed write", "storageFault", { fault: "write", last: 1416 }),
	record("journal filling", "reminder", { reminder: "journalFilling", step: 90, action: "shown" }),
	record("first day", "dayOpen", { day: 1, businessDate: 2026_11_21, carried: [] }),
	record("day with work carried over", "dayOpen", {
		day: count,
		businessDate: 9999_12_31,
		carried: [
			{ blocker: "unsettledBatch", count: 1 },
			{ blocker: "hostNotReached", count: count },
		],
	}),
	record("leap day closed", "dayClose", {
		day: 2,
		businessDate: 2028_02_29,
		first: 1000,
		exceptions: [{ blocker: "printDebt", count: 2 }],
	}),
	record("shift opened", "shiftOpen", { shift: 3, operator: "王芳" }),
	record("shift closed", "shiftClose", { shift: 3, operator: "王芳", first: 1001, exceptions: [] }),
	record("override", "override", {
		blocker: "unknownOutcome",
		subject: 1390,
		by: "manager",
		role: "manager",
		reason: "银行已确认未扣款",
	}),
	record("override of the whole terminal", "override", {
		blocker: "clockNotTrusted",
		subject: null,
		by: "manager",
		role: "manager",
		reason: "",
	}),
	record("reminder", "reminder", { reminder: "shiftEnd", step: 2, action: "snoozed" }),
	record("sale", "intent", {
		type: "sale",
		method: "card",
		amountMinor: 12_800,
		currency: "CNY",
		trace: 123,
		original: null,
		order: null,
		operator: "王芳",
		request: 17,
	}),
	record("void of the largest amount", "intent", {
		type: "void",
		method: "qr",
		amountMinor: AMOUNT_MINOR_MAX,
		currency: "JPY",
		trace: 999_999,
		original: 1390,
		order: "2026-11-21/0042",
		operator: "",
		request: 0,
	}),
	record("charged after it had ended without", "reopened", {
		transaction: 1417,
		type: "sale",
		method: "card",
		amountMinor: 12_800,
		currency: "CNY",
		trace: 123,
		original: null,
		order: null,
		operator: "王芳",
		request: 17,
	}),
	...enteredRecords,
	record("approved", "outcome", {
		transaction: 1417,
		outcome: "approved",
		source: "app",
		group: "domestic",
		scheme: "UnionPay",
		reference: "612345678901",
		authorisation: "A1B2C3",
		response: "00",
		lastFour: "0042",
	}),
	record("unknown", "outcome", {
		transaction: 1418,
		outcome: "unknown",
		source: "timeout",
		group: "wallet",
		scheme: "",
		reference: null,
		authorisation: null,
		response: null,
		lastFour: null,
	}),
	record("reversal", "reversal", { transaction: 1418, attempt: 3, result: "noAnswer" }),
	record("settlement begun", "settleBegin", {
		batch: 42,
		first: 1000,
		last: 1420,
		trigger: "automatic",
		currency: "CNY",
		groups: [totals, noTotals],
	}),
	record("settlement of nothing", "settleBegin", {
		batch: 999_999,
		first: 1,
		last: 1,
		trigger: "catchUp",
		currency: "KWD",
		groups: [],
	}),
	record("settlement sent", "settleSent", { settlement: 1421, attempt: 1, enquiry: false }),
	record("settlement asked for", "settleSent", { settlement: 1421, attempt: 2, enquiry: true }),
	record("verdicts", "settleVerdict", {
		settlement: 1421,
		verdicts: [
			{ group: "domestic", verdict: "agreed" },
			{ group: "foreign", verdict: "notAgreed" },
			{ group: "wallet", verdict: "cannotConfirm" },
		],
	}),
	record("detail uploaded", "uploadSent", {
		settlement: 1421,
		transaction: 1417,
		accepted: true,
		outcome: 1418,
	}),
	record("settlement ended", "settleEnd", {
		settlement: 1421,
		batch: 42,
		uploadedCount: 12,
		verdicts: [{ group: "cash", verdict: "agreed" }],
	}),
	record("approved off line", "offlineApproval", {
		transaction: 1417,
		group: "domestic",
		scheme: "UnionPay",
		reference: null,
		authorisation: null,
		response: "Y1",
		lastFour: "0042",
	}),
	record("tip to come", "tipOpen", { transaction: 1417 }),
	record("no tip, says the cashier", "tipNone", { transaction: 1417, by: "王芳" }),
	record("no tip, says the application", "tipNone", { transaction: 1417, by: null }),
	record("held until", "holdExpiry", { transaction: 1390, expiryS: 1_797_851_109 }),
	record("given up", "givenUp", {
		transaction: 1390,
		by: "manager",
		role: "manager",
		reason: "已在别处完成",
	}),
	record("tip", "intent", {
		type: "tip",
		method: "card",
		amountMinor: 1_200,
		currency: "CNY",
		trace: 124,
		original: 1417,
		order: null,
		operator: "王芳",
		request: 18,
	}),
	record("wipe refused", "releaseAsked", {
		purpose: "wipe",
		by: "technician",
		role: "technician",
		accepted: false,
		reasons: ["unacknowledged", "unsettled"],
	}),
	record("update allowed", "releaseAsked", {
		purpose: "update",
		by: "host",
		role: "host",
		accepted: true,
		reasons: [],
	}),
	record("slip owed", "printDue", {
		document: "slip",
		subject: 1417,
		copy: 0,
		by: "王芳",
		reason: null,
	}),
	record("last copy", "printDue", {
		document: "dailyList",
		subject: 1000,
		copy: 99,
		by: "manager",
		reason: "顾客要求",
	}),
	record("printed to row 50", "printProgress", {
		debt: 1430,
		state: "sent",
		row: 50,
		by: null,
		reason: null,
	}),
	record("print waived", "printProgress", {
		debt: 1430,
		state: "waived",
		row: 0,
		by: "manager",
		reason: "打印机故障",
	}),
	record("pull", "pull", { by: "technician", from: 1, to: 1430, via: "cable" }),
	record("command", "command", { hostSequence: 2, command: 3, accepted: true, detail: "" }),
	record("technician's menu opened", "service", {
		action: "opened",
		by: "technician",
		role: "technician",
	}),
	record("signed head", "signedHead", {
		first: 1,
		size: 1430,
		root: new Uint8Array(32).fill(0xab),
		chain: new Uint8Array(32).fill(0xcd),
		keyId: new Uint8Array(4).fill(0x11),
		signature: new Uint8Array(64).fill(0xef),
	}),
	record("signing key", "signingKey", { publicKey: new Uint8Array(32).fill(0x77) }),
];

const head: readonly CborValue[] = [1_795_259_109, 480, 17, 86_400_123];
const sale: readonly CborValue[] = [1, 1, 12_800, "CNY", 123, null, null, "op"];
const approved: readonly CborValue[] = [1417, 1, 1, 1, "UnionPay", null, null, "00", "0042"];

function soldOn(date: number): readonly CborValue[] {
	return [1, 1, 5_000, "CNY", date, null, null, "op", "manager", 2, "power cut"];
}

function replaced(fields: readonly CborValue[], index: number, value: CborValue): CborValue {
	return [...head, ...fields.slice(0, index), value, ...fields.slice(index + 1)];
}

type Bad = readonly [name: string, kind: RecordKind, payload: CborValue, error: ErrorCode];

const bad: readonly Bad[] = [
	["no array", "start", "start", "SCHEMA"],
	["empty array", "start", [], "SCHEMA"],
	["stamp only", "start", [...head], "SCHEMA"],
	["field too many", "intent", [...head, ...sale, null], "SCHEMA"],
	["zone of 19 hours", "intent", [0, 1140, 0, 0, ...sale], "SCHEMA"],
	["boot past 32 bits", "intent", [0, 0, 4_294_967_296, 0, ...sale], "SCHEMA"],
	["time past the safe integers", "intent", [2n ** 53n, 0, 0, 0, ...sale], "SCHEMA"],
	["transaction type 0", "intent", replaced(sale, 0, 0), "SCHEMA"],
	["transaction type by name", "intent", replaced(sale, 0, "sale"), "SCHEMA"],
	["negative amount", "intent", replaced(sale, 2, -1), "SCHEMA"],
	["amount of 13 digits", "intent", replaced(sale, 2, AMOUNT_MINOR_MAX + 1), "SCHEMA"],
	["currency in small letters", "intent", replaced(sale, 3, "cny"), "SCHEMA"],
	["currency missing", "intent", replaced(sale, 3, ""), "SCHEMA"],
	["trace of seven digits", "intent", replaced(sale, 4, 1_000_000), "SCHEMA"],
	["operator too long", "intent", replaced(sale, 7, "x".repeat(17)), "SCHEMA"],
	["operator null", "intent", replaced(sale, 7, null), "SCHEMA"],
	["five digits for the last four", "outcome", replaced(approved, 8, "10042"), "SCHEMA"],
	["letters for the last four", "outcome", replaced(approved, 8, "x042"), "SCHEMA"],
	["day that the calendar has not", "dayOpen", [...head, 1, 2026_02_29, []], "SCHEMA"],
	["17 exceptions", "dayOpen", [...head, 1, 2026_11_21, new Array(17).fill([1, 1])], "SCHEMA"],
	["yes by number", "start", [...head, "0.1.0", 1, "default"], "SCHEMA"],
	["short hash", "gap", [...head, 1, 2, new Uint8Array(31)], "SCHEMA"],
	["hash as text", "gap", [...head, 1, 2, "x".repeat(32)], "SCHEMA"],
	["setting null", "configuration", [...head, 1, 1, [["listMinute", null]]], "SCHEMA"],
	[
		"sold on a day that the calendar has not",
		"supplement",
		[...head, ...soldOn(2026_02_29)],
		"SCHEMA",
	],
	["copy 100", "printDue", [...head, 1, 1, 100, "op", null], "SCHEMA"],
	["terminal with a capital", "enrolment", [...head, "acme", "Shop1", 1], "SCHEMA"],
	["payload of 1,025 bytes", "start", new Uint8Array(1_022), "LIMIT"],
];

export const recordVectors = {
	description:
		"Payloads of journal records. `number` is the kind's; it stands in the record's header, not in the payload.",
	good,
	bad: bad.map(([name, kind, payload, error]) => ({
		name,
		number: recordKinds[kind].number,
		hex: hexOf(encodeCbor(payload)),
		error,
	})),
	unknown: [{ name: "kind of a later version", number: 200, hex: "8400000000", error: "SCHEMA" }],
};
