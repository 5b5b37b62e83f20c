import { type CborValue, encodeCbor } from "../../protocol/cbor.ts";
import type { ErrorCode } from "../../protocol/error.ts";
import {
	encodeReaderMessage,
	encodeSourceMessage,
	type ReaderBody,
	type ReaderType,
	type SourceBody,
	type SourceType,
} from "../../protocol/pull.ts";
import { encodePullFrame } from "../../protocol/pull-frame.ts";
import { deriveReprintCode, deriveServiceResponse } from "../../protocol/service.ts";
import { hmac } from "./_digest.ts";
import { bytesOf, hexOf, type Json, toJson } from "./_json.ts";
import { chainVectors } from "./_vectors-chain.ts";

interface Good {
	readonly name: string;
	readonly from: "reader" | "source";
	readonly type: string;
	readonly body: Json;
	readonly hex: string;
}

function reader<K extends ReaderType>(name: string, type: K, body: ReaderBody<K>): Good {
	const hex = hexOf(encodeReaderMessage(type, body));
	return { name, from: "reader", type, body: toJson(body), hex };
}

function source<K extends SourceType>(name: string, type: K, body: SourceBody<K>): Good {
	const hex = hexOf(encodeSourceMessage(type, body));
	return { name, from: "source", type, body: toJson(body), hex };
}

const terminal = "shop-0001";
const epoch = 3;
const [first, second, third] = chainVectors.records;
const records = [first, second, third].map((record) => ({
	kind: record?.kind ?? 0,
	flags: record?.flags ?? 0,
	payload: bytesOf(record?.payload ?? ""),
}));
const [next = { kind: 0, flags: 0, payload: new Uint8Array() }] = records;
const genesis = bytesOf(first?.previous ?? "");
const end = bytesOf(third?.chain ?? "");

const good: readonly Good[] = [
	reader("where it stands", "askStatus", { request: 1 }),
	reader("all that is kept", "askRange", { request: 2, from: null, to: null }),
	reader("a range", "askRange", { request: 4_294_967_296, from: 17, to: 4_294_967_297 }),
	source("standing", "status", {
		request: 1,
		terminal,
		epoch,
		firmware: "closeout 0.1.0",
		first: 1,
		last: 3,
		watermark: 2,
		chain: end,
		journalled: true,
	}),
	source("pieces follow", "begin", {
		request: 2,
		terminal,
		epoch,
		from: 1,
		to: 3,
		journalled: true,
	}),
	source("in safe mode", "begin", {
		request: 2,
		terminal,
		epoch,
		from: 4,
		to: 3,
		journalled: false,
	}),
	source("three records", "piece", { from: 1, previousChain: genesis, records, endChain: end }),
	source("destroyed, one is left", "loss", { from: 2, to: 9, next, nextChain: end }),
	source("destroyed to the end", "loss", { from: 2, to: 9, next: null, nextChain: end }),
	source("nothing of that", "refused", { request: 2, why: "range" }),
	source("head of a file", "file", { terminal, epoch, from: 1 }),
];

type Bad = readonly [name: string, from: "reader" | "source", message: CborValue, error: ErrorCode];

const bad: readonly Bad[] = [
	["no array", "reader", "askStatus", "SCHEMA"],
	["other version", "reader", [2, 1, 1], "SCHEMA"],
	["no type", "source", [1], "SCHEMA"],
	["unknown type", "reader", [1, 63, 1], "SCHEMA"],
	["message of the terminal from the reader", "reader", [1, 68, 2, 1], "SCHEMA"],
	["message of the reader from the terminal", "source", [1, 1, 1], "SCHEMA"],
	["field missing", "reader", [1, 2, 1, null], "SCHEMA"],
	["range that ends before zero", "reader", [1, 2, 1, 1, -1], "SCHEMA"],
	["short chain", "source", [1, 66, 1, new Uint8Array(31), [], new Uint8Array(32)], "SCHEMA"],
	["unknown reason", "source", [1, 68, 2, 3], "SCHEMA"],
	["terminal that is no name", "source", [1, 128, "Shop", 3, 1], "SCHEMA"],
];

const frames = [
	{ name: "empty", message: new Uint8Array(0) },
	{ name: "a question", message: bytesOf(good[0]?.hex ?? "") },
	{ name: "a piece", message: bytesOf(good[6]?.hex ?? "") },
].map(({ name, message }) => ({
	name,
	message: hexOf(message),
	frame: hexOf(encodePullFrame(message)),
}));

export const pullVectors = {
	description:
		"Messages of a pull, and their frames in a byte stream or a piece file; the records are those of chain.json.",
	good,
	bad: bad.map(([name, from, message, error]) => ({
		name,
		from,
		hex: hexOf(encodeCbor(message)),
		error,
	})),
	frames,
};

const key = bytesOf("90c3a9b83836f5a383a3248b42eb70a794f199055f673022f7c823ded7a23f2b");

export const serviceVectors = {
	description: "Response to a technician's challenge, with the terminal's key of the epoch.",
	key: hexOf(key),
	good: [
		{ name: "the example of README.md", terminal, epoch, challenge: "04711234" },
		{ name: "another challenge", terminal, epoch, challenge: "04711235" },
		{ name: "another epoch", terminal, epoch: 4, challenge: "04711234" },
		{ name: "another terminal", terminal: "shop-0002", epoch, challenge: "04711234" },
	].map((made) => ({ ...made, response: deriveServiceResponse(key, made, hmac) })),
	reprint: [
		{ name: "the example of README.md", terminal, epoch, challenge: "04711234" },
		{ name: "another epoch", terminal, epoch: 4, challenge: "04711234" },
	].map((made) => ({ ...made, code: deriveReprintCode(key, made, hmac) })),
	badCodes: [
		{ name: "seven digits", typed: "0471123" },
		{ name: "nine digits", typed: "047112345" },
		{ name: "a letter", typed: "0471123a" },
		{ name: "other digits", typed: "٠٤٧١١٢٣٤" },
	],
};
