import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { openStore, type StoreLocation } from "../../../host/store/store.ts";
import { assert } from "../../../protocol/error.ts";
import { BATCH_RECORDS_MAX } from "../../../protocol/limits.ts";
import { topicsOf } from "../../../protocol/topic.ts";
import { FakeTerminal } from "../../_helper/fake-link.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { type Server, startHostProcess, startMosquitto } from "../../_helper/servers.ts";
import type { Row } from "../section.ts";
import { enrolFleet, sealed, TENANT, type Till } from "./fleet.ts";

const TERMINALS = 200;
const BATCHES = 20;
/** Batches of each terminal that are not counted. */
const WARM_UP = 2;
const SINGLES = 200;
/** The longest that half of all single records may wait for their acknowledgement on loopback, in milliseconds. */
const ACK_MS = 5;

/**
 * 200 terminals that each send batches of 50 records, the next one when the last one is acknowledged, through a Mosquitto
 * and `closeout serve` in processes of their own; beside the store by itself and the broker by itself. Then one terminal
 * with one record at a time.
 *
 * @param storeUs what the store by itself took, in µs a record
 */
export async function wireRows(
	folder: string,
	name: string,
	location: StoreLocation,
	storeUs: number,
): Promise<readonly Row[]> {
	await mkdir(join(folder, "host"));
	const servers: Server[] = [];
	const lines: FakeTerminal[] = [];
	const store = await openStore({ location, nowS: () => Math.floor(Date.now() / 1_000) });
	try {
		const tills = await enrolFleet(store, TERMINALS);
		const broker = await startMosquitto(folder);
		servers.push(broker);
		const brokerUs = await brokerAlone(broker.url, tills);
		const database = "sqlite" in location ? location.sqlite : location.postgres;
		servers.push(await startHostProcess(folder, 1, { broker: broker.url, database }));
		for (const till of tills) lines.push(await connectTill(broker.url, till));
		const tookUs = await closedLoop(lines);
		const [first] = lines;
		assert(first !== undefined, "there are terminals");
		const whole = {
			what: `${name}: ${TERMINALS} terminals through MQTT, ${BATCH_RECORDS_MAX} records a batch`,
			unit: "µs a record",
			ours: tookUs,
		};
		const note = `${Math.round(1e6 / tookUs)} records a second, each acknowledged after its commit`;
		return [
			{ ...whole, peerName: "the store by itself", peer: storeUs, bar: 1 / 0.4, note },
			{ ...whole, peerName: "the broker by itself", peer: brokerUs },
			{
				what: `${name}: acknowledgement of one record, the median of ${SINGLES}`,
				unit: "ms",
				ours: await singles(first),
				peerName: "the most that is allowed",
				peer: ACK_MS,
				bar: 1,
			},
		];
	} finally {
		for (const line of lines) line.vanish();
		await store.close();
		for (const server of servers.reverse()) await server.stop();
	}
}

async function connectTill(url: string, { journal, key }: Till): Promise<FakeTerminal> {
	const line = await FakeTerminal.connect({ url, tenant: TENANT, terminal: journal.terminal });
	line.journal = journal;
	line.key = key;
	return line;
}

/** Microseconds a record. */
async function closedLoop(lines: readonly FakeTerminal[]): Promise<number> {
	await Promise.all(lines.map((line) => deliver(line, WARM_UP)));
	const startMs = performance.now();
	await Promise.all(lines.map((line) => deliver(line, BATCHES)));
	const records = TERMINALS * BATCHES * BATCH_RECORDS_MAX;
	return ((performance.now() - startMs) * 1_000) / records;
}

async function deliver(line: FakeTerminal, batches: number): Promise<void> {
	for (let batch = 0; batch < batches; batch++) {
		const from = line.received.length;
		await line.sendRaw(sealed(line));
		const { last } = line.journal;
		await line.waitFor("ack", from, ({ body }) => body.watermark >= last);
	}
}

/** The median of the time from sending one record to its acknowledgement, in milliseconds. */
async function singles(line: FakeTerminal): Promise<number> {
	const tookMs: number[] = [];
	for (let single = 0; single < SINGLES; single++) {
		const from = line.received.length;
		const first = line.journal.append("dayOpen", {
			day: single + 1,
			businessDate: 20_261_122,
			carried: [],
		});
		const startMs = performance.now();
		await line.send("batch", line.journal.batch(first));
		await line.waitFor("ack", from, ({ body }) => body.watermark >= first);
		tookMs.push(performance.now() - startMs);
	}
	return tookMs.sort((left, right) => left - right)[SINGLES / 2] ?? Number.NaN;
}

/** The same messages to a subscriber that does nothing; microseconds a record. */
async function brokerAlone(url: string, tills: readonly Till[]): Promise<number> {
	const [sender, receiver] = [await connectAsync(url), await connectAsync(url)];
	// Of journals of their own, which no host ever sees.
	const messages = tills.map(({ journal: { terminal, epoch }, key }) => ({
		topic: topicsOf(TENANT, terminal).up,
		payload: Buffer.from(sealed({ journal: new FakeJournal(terminal, epoch), key })),
	}));
	await receiver.subscribeAsync("#", { qos: 1 });
	let got = 0;
	const total = TERMINALS * BATCHES;
	const all = new Promise<void>((resolve) => {
		receiver.on("message", () => {
			got += 1;
			if (got === total) resolve();
		});
	});
	const startMs = performance.now();
	for (let batch = 0; batch < BATCHES; batch++)
		await Promise.all(
			messages.map(({ topic, payload }) => sender.publishAsync(topic, payload, { qos: 1 })),
		);
	await all;
	const tookUs = (performance.now() - startMs) * 1_000;
	await sender.endAsync();
	await receiver.endAsync();
	return tookUs / (total * BATCH_RECORDS_MAX);
}
