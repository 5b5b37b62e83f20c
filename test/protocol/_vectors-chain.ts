import {
	encodeFrameHead,
	frameType,
	gapChain,
	genesisChain,
	nextChain,
} from "../../protocol/chain.ts";
import { sha256 } from "./_digest.ts";
import { bytesOf, hexOf } from "./_json.ts";
import { recordVectors } from "./_vectors-records.ts";

const terminal = "shop-0001";
const epoch = 3;
const genesis = genesisChain(terminal, epoch, sha256);

type RecordVector = (typeof recordVectors.good)[number];

function vectorOf({ name, number, hex }: RecordVector, sequence: number, previous: Uint8Array) {
	const record = { kind: number, flags: 1, sequence, payload: bytesOf(hex) };
	const head = encodeFrameHead({
		...record,
		type: frameType.record,
		length: record.payload.length,
	});
	return {
		name: `${sequence}: ${name}`,
		previous: hexOf(previous),
		sequence,
		kind: number,
		flags: record.flags,
		payload: hex,
		head: hexOf(head),
		chain: hexOf(nextChain(previous, record, sha256)),
	};
}

/** The first three records of a stream, one behind the other. */
function chained() {
	let previous = genesis;
	return recordVectors.good.slice(0, 3).map((record, index) => {
		const vector = vectorOf(record, index + 1, previous);
		previous = bytesOf(vector.chain);
		return vector;
	});
}

/** A record whose sequence needs all eight bytes. */
function late() {
	return recordVectors.good
		.slice(0, 1)
		.map((record) => vectorOf(record, 0x1_0203_0405_0607, genesis));
}

const damage = new Uint8Array(32).fill(0xab);

export const chainVectors = {
	description:
		"SHA-256 chains: before the first record of a stream, at the end of records, and behind records that are destroyed while nothing follows.",
	genesis: [
		{ name: "first epoch", terminal, epoch: 1, chain: hexOf(genesisChain(terminal, 1, sha256)) },
		{ name: "third epoch", terminal, epoch, chain: hexOf(genesis) },
	],
	records: chained(),
	lateRecords: late(),
	gaps: [
		{
			name: "records 1 to 4,294,967,296 destroyed",
			previous: hexOf(genesis),
			from: 1,
			to: 4_294_967_296,
			damageHash: hexOf(damage),
			chain: hexOf(gapChain(genesis, { from: 1, to: 4_294_967_296, hash: damage }, sha256)),
		},
	],
};
