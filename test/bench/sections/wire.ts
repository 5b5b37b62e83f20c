import { createHmac } from "node:crypto";
import { toHex } from "../../../protocol/bytes.ts";
import { assert } from "../../../protocol/error.ts";
import { BATCH_RECORDS_MAX } from "../../../protocol/limits.ts";
import { encodeUp } from "../../../protocol/message.ts";
import type { AnyRecord } from "../../../protocol/record.ts";
import { digest } from "../../_helper/digest.ts";
import { inFolder } from "../folder.ts";
import { packAdvice } from "../iso8583.ts";
import { openShop, type PlainRecord, recordsOf, sellMany } from "../long-day.ts";
import type { Row, Section } from "../section.ts";

const SALES = 60;
const key = new Uint8Array(32).fill(7);
const chain = new Uint8Array(32).fill(9);

type Meant = PlainRecord & { readonly meaning: AnyRecord };

export const section: Section = {
	name: "wire",
	about: "bytes on the wire, beside JSON and ISO 8583 advices with the same content",
	async *run() {
		yield* await inFolder(async (dataDir) => {
			const shop = await openShop({ engine: "node", dataDir });
			try {
				await sellMany(shop, SALES);
				const last = Number(await shop.state("sequence"));
				const records = await recordsOf(shop, 1, last);
				return measure(shop.terminal, records, shop.tap.batchBytes / last);
			} finally {
				await shop.close();
			}
		});
	},
};

function measure(terminal: string, records: readonly Meant[], asSold: number): readonly Row[] {
	const batches = batchesOf(records);
	const count = batches.flat().length;
	const ours = sum(batches.map((batch) => batchBytes(terminal, batch))) / count;
	const json = sum(batches.map((batch) => jsonBytes(terminal, batch))) / count;
	const money = records.filter(({ meaning: { kind } }) => kind === "intent" || kind === "outcome");
	const moneyBatches = batchesOf(money);
	const moneyBytes = sum(moneyBatches.map((batch) => batchBytes(terminal, batch)));
	const transactions = moneyBatches.flat().length / 2;
	const advice = adviceBytes(terminal, money);
	return [
		{
			what: `all records of a day, ${BATCH_RECORDS_MAX} a batch`,
			unit: "bytes a record",
			ours,
			peerName: "the same batches as JSON, MAC in base64",
			peer: json,
		},
		{
			what: "all records of a day, sent as they are made",
			unit: "bytes a record",
			ours: asSold,
			peerName: `the same, ${BATCH_RECORDS_MAX} a batch`,
			peer: ours,
			note: "a terminal that is connected sends each sale at once, in several small batches",
		},
		{
			what: `all records of a day, ${BATCH_RECORDS_MAX} a batch`,
			unit: "bytes a record",
			ours,
			peerName: "one ISO 8583 advice with MAC",
			peer: advice,
			note: "an advice tells a transaction; a record tells one step of it, or a print",
		},
		{
			what: "a transaction: its intent and its outcome",
			unit: "bytes",
			ours: moneyBytes / transactions,
			peerName: "one ISO 8583 advice with MAC",
			peer: advice,
		},
	];
}

/** Full batches only: a last short one would bear a whole envelope for a few records. */
function batchesOf(records: readonly Meant[]): readonly (readonly Meant[])[] {
	const batches: Meant[][] = [];
	for (let from = 0; from + BATCH_RECORDS_MAX <= records.length; from += BATCH_RECORDS_MAX) {
		batches.push(records.slice(from, from + BATCH_RECORDS_MAX));
	}
	return batches;
}

function batchBytes(terminal: string, batch: readonly Meant[]): number {
	const records = batch.map(({ kind, flags, payload }) => ({ kind, flags, payload }));
	const body = { from: batch[0]?.sequence ?? 1, previousChain: chain, records, endChain: chain };
	return encodeUp({ terminal, epoch: 1 }, "batch", body, { key, hmac: digest.hmacSha256 }).length;
}

function jsonBytes(terminal: string, batch: readonly Meant[]): number {
	const records = batch.map(({ flags, meaning: { kind, stamp, body } }) => ({
		kind,
		flags,
		...stamp,
		...body,
	}));
	const from = batch[0]?.sequence ?? 1;
	const hex = toHex(chain);
	const message = { terminal, epoch: 1, from, previousChain: hex, records, endChain: hex };
	const text = JSON.stringify(message);
	const mac = createHmac("sha256", key).update(text).digest("base64");
	return Buffer.byteLength(text) + mac.length;
}

function adviceBytes(terminal: string, records: readonly Meant[]): number {
	const [intent, outcome] = records;
	assert(
		intent?.meaning.kind === "intent" && outcome?.meaning.kind === "outcome",
		"a sale begins with its intent and its outcome",
	);
	const { amountMinor, trace } = intent.meaning.body;
	const { reference, authorisation, response } = outcome.meaning.body;
	return packAdvice({
		processingCode: "000000",
		amountMinor,
		trace: trace ?? 0,
		wallS: outcome.meaning.stamp.wallS,
		reference: reference ?? "",
		authorisation: authorisation ?? "",
		response: response ?? "00",
		terminal,
		batch: 1,
		mac: key.slice(0, 8),
	}).length;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
