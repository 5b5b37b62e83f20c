import { type CborValue, encodeCbor } from "../../protocol/cbor.ts";
import { genesisChain, nextChain } from "../../protocol/chain.ts";
import type { ErrorCode } from "../../protocol/error.ts";
import {
	type Address,
	type DownBody,
	type DownType,
	encodeDown,
	encodeUp,
	type UpBody,
	type UpType,
} from "../../protocol/message.ts";
import { encodeSourceMessage } from "../../protocol/pull.ts";
import { encodeRecord } from "../../protocol/record.ts";
import { hmac, sha256 } from "./_digest.ts";
import { bytesOf, hexOf, type Json, toJson } from "./_json.ts";
import { enrolmentKey, keyExample, terminalKey } from "./_vectors-values.ts";

const terminal = keyExample.terminal;
const before: Address = { terminal, epoch: 0 };
const after: Address = { terminal, epoch: keyExample.epoch };
const terminalNonce = bytesOf(keyExample.terminalNonce);
const hostNonce = bytesOf(keyExample.hostNonce);
const stamp = { wallS: 1_795_259_109, zoneMinutes: 480, boot: 1, monotonicMs: 1_000 };
const zeros = new Uint8Array(32);
const hash = (fill: number) => new Uint8Array(32).fill(fill);
const records = [
	{ ...encodeRecord("enrolment", stamp, { tenant: "acme", terminal, epoch: 3 }), flags: 1 },
	{ kind: 200, flags: 255, payload: new Uint8Array(0) },
];
const [record = { kind: 0, flags: 0, payload: zeros }] = records;
const genesis = genesisChain(terminal, keyExample.epoch, sha256);
/** Chain at the end of the two records. */
const end = records.reduce(
	(chain, each, index) => nextChain(chain, { ...each, sequence: index + 1 }, sha256),
	genesis,
);
const sealed = (key: Uint8Array) => ({ key, hmac });

interface Good {
	readonly name: string;
	readonly direction: "up" | "down";
	readonly type: string;
	readonly terminal: string;
	readonly epoch: number;
	readonly body: Json;
	readonly key: string;
	readonly hex: string;
}

function up<K extends UpType>(name: string, type: K, body: UpBody<K>, at: Address = after): Good {
	const key = at.epoch === 0 ? enrolmentKey : terminalKey;
	const hex = hexOf(encodeUp(at, type, body, sealed(key)));
	return { name, direction: "up", type, ...at, body: toJson(body), key: hexOf(key), hex };
}

function down<K extends DownType>(
	name: string,
	type: K,
	body: DownBody<K>,
	at: Address = after,
): Good {
	const key = at.epoch === 0 ? enrolmentKey : terminalKey;
	const hex = hexOf(encodeDown(at, type, body, sealed(key)));
	return { name, direction: "down", type, ...at, body: toJson(body), key: hexOf(key), hex };
}

const good: readonly Good[] = [
	up("enrol", "enrol", { nonce: terminalNonce, firmware: "0.1.0" }, before),
	down(
		"enrolled",
		"enrolled",
		{ terminalNonce, hostNonce, newEpoch: keyExample.epoch, hostSequence: 0 },
		before,
	),
	up("hello of an empty journal", "hello", {
		nonce: terminalNonce,
		firmware: "0.1.0",
		boot: 1,
		first: 1,
		last: 0,
		lastChain: genesis,
		watermark: 0,
		watermarkChain: genesis,
		wallS: 1_795_259_109,
		zoneMinutes: 480,
	}),
	up("hello from the west of Greenwich", "hello", {
		nonce: hostNonce,
		firmware: "",
		boot: 4_294_967_295,
		first: 1_000,
		last: Number.MAX_SAFE_INTEGER,
		lastChain: hash(0x11),
		watermark: 4_294_967_296,
		watermarkChain: hash(0x22),
		wallS: 4_294_967_296,
		zoneMinutes: -1_080,
	}),
	up("batch of two records", "batch", {
		from: 1,
		previousChain: genesis,
		records,
		endChain: end,
	}),
	up("loss with a record behind it", "loss", {
		from: 8,
		to: 9,
		next: record,
		nextChain: hash(0x44),
	}),
	up("loss up to the end", "loss", { from: 10, to: 10, next: null, nextChain: hash(0x55) }),
	up("command carried out", "commandResult", { hostSequence: 1, accepted: true, detail: "" }),
	up("command refused", "commandResult", {
		hostSequence: 2,
		accepted: false,
		detail: "结算进行中",
	}),
	up("message of a pull", "pulled", {
		hostSequence: 3,
		message: encodeSourceMessage("refused", { request: 3, why: "range" }),
	}),
	down("welcome", "welcome", {
		nonce: terminalNonce,
		watermark: 0,
		chain: genesis,
		wallS: 1_795_259_110,
		frozen: false,
	}),
	down("welcome of a frozen stream", "welcome", {
		nonce: hostNonce,
		watermark: 1_417,
		chain: hash(0x66),
		wallS: 1_795_259_110,
		frozen: true,
	}),
	down("acknowledgement", "ack", { watermark: 2, chain: end }),
	down("request to send again", "nak", { from: 3, to: 9 }),
	down("command without arguments", "command", {
		hostSequence: 1,
		expiresS: 1_795_262_709,
		command: "settle",
		arguments: [],
	}),
	down("command with arguments of every type", "command", {
		hostSequence: 2,
		expiresS: 1_795_262_709,
		command: "configure",
		arguments: [
			{ name: "merchantName", value: "示范商店" },
			{ name: "cutOverMinute", value: 240 },
			{ name: "listMinute", value: -1 },
			{ name: "slipPerSale", value: true },
		],
	}),
	down("pull has come so far", "pullAck", { hostSequence: 3, next: 1_418 }),
];

const ack: CborValue = [1, 66, terminal, 3, 2, hash(0x33)];

function macFits(inner: CborValue): string {
	const bytes = encodeCbor(inner);
	return hexOf(encodeCbor([bytes, hmac(terminalKey, bytes)]));
}

function withOneBitChanged(hex: string, fromEnd: number): string {
	const bytes = bytesOf(hex);
	const index = bytes.length - fromEnd;
	bytes[index] = (bytes[index] ?? 0) ^ 1;
	return hexOf(bytes);
}

type Bad = readonly [name: string, direction: "up" | "down", hex: string, error: ErrorCode];

const bad: readonly Bad[] = [
	[
		"mac of another key",
		"down",
		hexOf(encodeDown(after, "nak", { from: 1, to: 1 }, sealed(zeros))),
		"MESSAGE_FORGED",
	],
	["one bit of the mac changed", "down", withOneBitChanged(macFits(ack), 1), "MESSAGE_FORGED"],
	["one bit of a hash changed", "down", withOneBitChanged(macFits(ack), 35), "MESSAGE_FORGED"],
	[
		"terminal's message sent back to it",
		"down",
		macFits([1, 5, terminal, 3, 1, true, ""]),
		"SCHEMA",
	],
	["host's message sent back to it", "up", macFits(ack), "SCHEMA"],
	["unknown type", "up", macFits([1, 63, terminal, 3]), "SCHEMA"],
	["other version", "down", macFits([2, 66, terminal, 3, 2, hash(0x33)]), "SCHEMA"],
	["field missing", "down", macFits([1, 66, terminal, 3, 2]), "SCHEMA"],
	["field too many", "down", macFits([1, 66, terminal, 3, 2, hash(0x33), null]), "SCHEMA"],
	["hash too short", "down", macFits([1, 66, terminal, 3, 2, new Uint8Array(31)]), "SCHEMA"],
	["negative sequence", "down", macFits([1, 67, terminal, 3, -1, 2]), "SCHEMA"],
	["unknown command", "down", macFits([1, 68, terminal, 3, 1, 1, 99, []]), "SCHEMA"],
	[
		"setting that could be a card number",
		"down",
		macFits([1, 68, terminal, 3, 1, 1, 3, [["x", 1_000_000_000_000]]]),
		"SCHEMA",
	],
	["terminal with a slash", "down", macFits([1, 66, "shop/0001", 3, 2, hash(0x33)]), "SCHEMA"],
	[
		"epoch past 32 bits",
		"down",
		macFits([1, 66, terminal, 4_294_967_296, 2, hash(0x33)]),
		"SCHEMA",
	],
	["inner is no array", "down", macFits("ack"), "SCHEMA"],
	["inner with nothing in it", "down", macFits([]), "SCHEMA"],
	["inner with a version only", "down", macFits([1]), "SCHEMA"],
	["inner without a terminal", "down", macFits([1, 66]), "SCHEMA"],
	["inner without an epoch", "down", macFits([1, 66, terminal]), "SCHEMA"],
	["nothing in it", "down", "80", "SCHEMA"],
	["no mac", "down", hexOf(encodeCbor([encodeCbor(ack)])), "SCHEMA"],
	["mac too short", "down", hexOf(encodeCbor([encodeCbor(ack), new Uint8Array(16)])), "SCHEMA"],
	["inner as text", "down", hexOf(encodeCbor(["ack", zeros])), "SCHEMA"],
	[
		"inner with a longer integer than needed",
		"down",
		hexOf(encodeCbor([bytesOf("86180118426973686f702d303030310302f6"), zeros])),
		"CBOR_NOT_CANONICAL",
	],
	["cut off", "down", macFits(ack).slice(0, -2), "CBOR_MALFORMED"],
	["map", "down", "a0", "CBOR_UNSUPPORTED"],
];

export const messageVectors = {
	description:
		"Messages of the topics up and down with the key of their mac. The bad ones are read with `key`; each fails with the named code.",
	key: hexOf(terminalKey),
	good,
	bad: bad.map(([name, direction, hex, error]) => ({ name, direction, hex, error })),
};
