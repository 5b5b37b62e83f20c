import { bundleSource } from "../../emulator/engine/bundle.ts";
import { XsWorker } from "../../emulator/engine/worker.ts";
import type { PlainRecord } from "../long-day.ts";

export interface CodecCost {
	/** Computrons for encoding all records once. */
	readonly computrons: number;
	readonly bytes: number;
	/** What is alive in the heap after a thousand rounds, less what was alive after a hundred, for one round. */
	readonly heapBytesPerRound: number;
}

const WARM_ROUNDS = 100;
const ROUNDS = 1_000;

/** What encoding these records costs on XS, with our codec and with cbor-x, each in an engine of its own. */
export async function measureCodecs(
	records: readonly PlainRecord[],
): Promise<Readonly<Record<"ours" | "peer", CodecCost>>> {
	const entry = new URL("./entry.ts", import.meta.url).pathname;
	const given = records.map(({ kind, payload }) => ({ kind, payload: [...payload] }));
	const source = await bundleSource(
		`import { install } from ${JSON.stringify(entry)};
		install(${JSON.stringify(given)});`,
	);
	return { ours: await measure(source, "ours"), peer: await measure(source, "peer") };
}

async function measure(source: string, who: "ours" | "peer"): Promise<CodecCost> {
	const worker = new XsWorker({
		onCall: () => new Uint8Array(),
		computronsMax: Number.POSITIVE_INFINITY,
	});
	const order = (rounds: number) =>
		worker.command(new Uint8Array(Buffer.from(JSON.stringify({ who, rounds }))));
	try {
		await worker.start();
		await worker.evaluate(source);
		await order(WARM_ROUNDS);
		const before = await worker.measureHeap();
		const { meters, reply } = await order(ROUNDS);
		const after = await worker.measureHeap();
		return {
			computrons: meters.computrons / ROUNDS,
			bytes: Number(Buffer.from(reply).toString()),
			heapBytesPerRound: (after.deviceBytesMax - before.deviceBytesMax) / ROUNDS,
		};
	} finally {
		await worker.close();
	}
}
