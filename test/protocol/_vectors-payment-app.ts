import { type CborValue, encodeCbor } from "../../protocol/cbor.ts";
import type { ErrorCode } from "../../protocol/error.ts";
import { AMOUNT_MINOR_MAX } from "../../protocol/limits.ts";
import {
	type AppBody,
	type AppMessageType,
	type CoreBody,
	type CoreMessageType,
	encodeAppMessage,
	encodeCoreMessage,
} from "../../protocol/payment-app.ts";
import { hexOf, type Json, toJson } from "./_json.ts";

interface Good {
	readonly name: string;
	readonly from: "app" | "core";
	readonly type: string;
	readonly body: Json;
	readonly hex: string;
}

function app<K extends AppMessageType>(name: string, type: K, body: AppBody<K>): Good {
	return { name, from: "app", type, body: toJson(body), hex: hexOf(encodeAppMessage(type, body)) };
}

function core<K extends CoreMessageType>(name: string, type: K, body: CoreBody<K>): Good {
	return {
		name,
		from: "core",
		type,
		body: toJson(body),
		hex: hexOf(encodeCoreMessage(type, body)),
	};
}

const card = {
	group: "foreign",
	scheme: "Visa",
	reference: "612345678901",
	authorisation: "A1B2C3",
	response: "00",
	lastFour: "0042",
} as const;
const nothingKnown = {
	group: "wallet",
	scheme: "",
	reference: null,
	authorisation: null,
	response: null,
	lastFour: null,
} as const;
const verdicts = [
	{ group: "domestic", verdict: "agreed" },
	{ group: "foreign", verdict: "notAgreed" },
] as const;
const sale = {
	request: 7,
	type: "sale",
	method: "card",
	amountMinor: 12_800,
	currency: "CNY",
	trace: 123,
	original: null,
	originalTrace: null,
	order: null,
	operator: "王芳",
} as const;

const good: readonly Good[] = [
	app("sale", "intent", sale),
	app("refund by trace", "intent", {
		...sale,
		request: 999_999_999_999,
		type: "refund",
		amountMinor: AMOUNT_MINOR_MAX,
		trace: null,
		originalTrace: 999_999,
		order: "2026-11-21/0042",
	}),
	app("void by the core's id", "intent", { ...sale, type: "void", original: 1417 }),
	app("card before its charge", "cardPresented", { request: 7, lastFour: "0042" }),
	app("approved", "outcome", { transaction: 1417, outcome: "approved", source: "app", ...card }),
	app("unknown after an enquiry", "outcome", {
		transaction: 1418,
		outcome: "unknown",
		source: "enquiry",
		...nothingKnown,
	}),
	app("reversed", "reversalResult", { transaction: 1418, attempt: 1, result: "reversed" }),
	app("verdicts", "settleResult", { settlement: 1421, verdicts }),
	app("settlement that the acquirer knows", "settlementState", {
		settlement: 1421,
		known: true,
		verdicts,
	}),
	app("settlement that the acquirer never saw", "settlementState", {
		settlement: 1421,
		known: false,
		verdicts: [],
	}),
	app("detail accepted", "uploadResult", { settlement: 1421, transaction: 1417, accepted: true }),
	app("upload ended", "uploadEndResult", {
		settlement: 1421,
		verdicts: [{ group: "foreign", verdict: "agreed" }],
	}),
	app("approved without the acquirer", "offlineApproved", {
		transaction: 1419,
		...card,
		reference: null,
	}),
	app("a tip may come", "tipOpen", { transaction: 1417 }),
	app("no tip comes", "tipNone", { transaction: 1417 }),
	app("tip to a sale", "intent", { ...sale, request: 8, type: "tip", original: 1417 }),
	app("held until", "holdExpiry", { transaction: 1390, expiryS: 1_797_851_109 }),
	core("taken down", "noted", { transaction: 1417, told: "tipOpen", taken: true }),
	core("not taken", "noted", { transaction: 1419, told: "offlineApproved", taken: false }),
	core("end this pre-authorisation", "finishHold", {
		transaction: 1390,
		trace: 97,
		amountMinor: 50_000,
		currency: "CNY",
		way: "cancel",
	}),
	core("charge now", "proceed", { request: 7, transaction: 1417 }),
	core("do not charge", "refuse", { request: 7, code: "printDebt", reason: "待打印过多，请装纸" }),
	core("outcome is durable", "recorded", { transaction: 1417 }),
	core("what became of it", "enquire", { transaction: 1418, trace: 124, attempt: 1 }),
	core("reverse it", "reverse", {
		transaction: 1418,
		trace: null,
		amountMinor: 0,
		currency: "JPY",
		attempt: 3,
	}),
	core("settle", "settle", {
		settlement: 1421,
		batch: 42,
		attempt: 1,
		currency: "CNY",
		groups: [
			{
				group: "domestic",
				debitCount: 41,
				debitMinor: 1_234_550,
				creditCount: 1,
				creditMinor: 9_900,
				voidCount: 2,
				voidMinor: 5_000,
			},
		],
	}),
	core("has it reached you", "enquireSettlement", { settlement: 1421, batch: 42, attempt: 2 }),
	core("one detail", "upload", {
		settlement: 1421,
		transaction: 1417,
		type: "sale",
		amountMinor: 12_800,
		currency: "CNY",
		trace: 123,
		...card,
	}),
	core("no more details", "uploadEnd", { settlement: 1421, count: 41 }),
];

type Bad = readonly [name: string, from: "app" | "core", message: CborValue, error: ErrorCode];

const bad: readonly Bad[] = [
	["no array", "app", "intent", "SCHEMA"],
	["no type", "app", [1], "SCHEMA"],
	["other version", "app", [2, 3, 1418, 1, 2], "SCHEMA"],
	["unknown type of the application", "app", [1, 63], "SCHEMA"],
	["unknown type of the core", "core", [1, 63], "SCHEMA"],
	["message of the core from the application", "app", [1, 66, 1417], "SCHEMA"],
	["message of the application from the core", "core", [1, 3, 1418, 1, 2], "SCHEMA"],
	["field missing", "core", [1, 64, 7], "SCHEMA"],
	["field too many", "core", [1, 66, 1417, null], "SCHEMA"],
	["request that could be a card number", "core", [1, 64, 1_000_000_000_000, 1417], "SCHEMA"],
	["unknown reversal result", "app", [1, 3, 1418, 1, 9], "SCHEMA"],
	["nine verdicts", "app", [1, 4, 1421, new Array(9).fill([1, 1])], "SCHEMA"],
	["currency of two letters", "core", [1, 68, 1418, null, 0, "JP", 1], "SCHEMA"],
	["off-line approval without its card", "app", [1, 9, 1419], "SCHEMA"],
	[
		"off-line approval of an unknown scheme group",
		"app",
		[1, 9, 1419, 9, "", null, null, null, null],
		"SCHEMA",
	],
	["tip of no transaction", "app", [1, 10, null], "SCHEMA"],
	["no tip of a negative transaction", "app", [1, 11, -1], "SCHEMA"],
	["expiry as a text", "app", [1, 12, 1390, "2026-12-01"], "SCHEMA"],
	["note of something else", "core", [1, 73, 1417, 9, true], "SCHEMA"],
	["another end of a pre-authorisation", "core", [1, 74, 1390, 97, 50_000, "CNY", 3], "SCHEMA"],
	["batch of seven digits", "core", [1, 70, 1421, 1_000_000, 1], "SCHEMA"],
];

export const paymentAppVectors = {
	description: "Messages between the payment application and the terminal core.",
	good,
	bad: bad.map(([name, from, message, error]) => ({
		name,
		from,
		hex: hexOf(encodeCbor(message)),
		error,
	})),
};
