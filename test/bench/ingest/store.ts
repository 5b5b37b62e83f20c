import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Delivery } from "../../../host/store/journal.ts";
import { openStore, type StoreLocation } from "../../../host/store/store.ts";
import { assert } from "../../../protocol/error.ts";
import { BATCH_RECORDS_MAX } from "../../../protocol/limits.ts";
import type { Row } from "../section.ts";
import { BareCopy, copyRows } from "./copy.ts";
import { enrolFleet, nextBatch } from "./fleet.ts";

const TERMINALS = 100;
const COMMITS = 40;
/** Not counted: the first ones, while everything is compiled. */
const WARM_UP = 5;
const NOW_S = 1_795_305_600;
const RECORDS = TERMINALS * BATCH_RECORDS_MAX;

/** Writes the same records in another way, and is done when they are durable. */
interface Peer<Prepared> {
	readonly name: string;
	/** Not counted. */
	prepare(deliveries: readonly Delivery[]): Prepared;
	write(prepared: Prepared): Promise<unknown>;
	close(): Promise<void>;
}

/** Commits of 5,000 records into a SQLite file, beside appending their bytes to a file. */
export async function sqliteRow(folder: string): Promise<Row> {
	const raw = () => rawFile(join(folder, "raw"));
	const ours = await measure({ sqlite: join(folder, "host.db") }, raw);
	return { what: "SQLite", bar: 1 / 0.8, ...ours };
}

/** The same into PostgreSQL, beside a bare `copy` of their rows by the server's own client. */
export async function postgresRow(location: { readonly postgres: string }): Promise<Row> {
	const copy = async (): Promise<Peer<string>> => {
		const bare = await BareCopy.open(location.postgres);
		return {
			name: "bare COPY, one row a record",
			prepare: copyRows,
			write: (rows) => bare.write(rows),
			close: () => bare.close(),
		};
	};
	const ours = await measure(location, copy);
	return { what: "PostgreSQL", bar: 1 / 0.75, ...ours };
}

async function rawFile(path: string): Promise<Peer<Buffer>> {
	const file = await open(path, "w");
	return {
		name: "append and fdatasync of the same bytes",
		prepare: (deliveries) => Buffer.concat(deliveries.flatMap(bytesOf)),
		write: async (bytes) => {
			await file.write(bytes);
			await file.datasync();
		},
		close: () => file.close(),
	};
}

async function measure<Prepared>(
	location: StoreLocation,
	openPeer: () => Promise<Peer<Prepared>>,
): Promise<Omit<Row, "what" | "bar">> {
	const store = await openStore({ location, nowS: () => NOW_S });
	const peer = await openPeer();
	let oursMs = 0;
	let peerMs = 0;
	try {
		const tills = await enrolFleet(store, TERMINALS);
		for (let commit = -WARM_UP; commit < COMMITS; commit++) {
			const deliveries = tills.map(({ journal }) => nextBatch(journal));
			const prepared = peer.prepare(deliveries);
			const tookMs = await timed(async () => {
				const receipts = await store.commitDeliveries(deliveries);
				assert(
					receipts.every(({ judgement }) => judgement === "append"),
					"every batch is new",
				);
			});
			const peerTookMs = await timed(() => peer.write(prepared));
			if (commit < 0) continue;
			oursMs += tookMs;
			peerMs += peerTookMs;
		}
	} finally {
		await peer.close();
		await store.close();
	}
	const perRecord = 1_000 / (RECORDS * COMMITS);
	return {
		unit: "µs a record",
		ours: oursMs * perRecord,
		peerName: peer.name,
		peer: peerMs * perRecord,
		note: `${rate(oursMs)} and ${rate(peerMs)} records a second, ${RECORDS} a commit; ours checks each chain and looks for card numbers`,
	};
}

function rate(tookMs: number): number {
	return Math.round((RECORDS * COMMITS * 1_000) / tookMs);
}

function bytesOf({ type, body }: Delivery): readonly Uint8Array[] {
	return type === "batch" ? body.records.map(({ payload }) => payload) : [];
}

async function timed(run: () => Promise<unknown>): Promise<number> {
	const before = performance.now();
	await run();
	return performance.now() - before;
}
