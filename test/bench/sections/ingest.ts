import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { hmacSha256 } from "../../../host/digest.ts";
import type { Delivery } from "../../../host/store/journal.ts";
import { openStore, type Store, type StoreLocation } from "../../../host/store/store.ts";
import { assert } from "../../../protocol/error.ts";
import { deriveEnrolmentKey } from "../../../protocol/key.ts";
import { BATCH_RECORDS_MAX } from "../../../protocol/limits.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { isPostgresThere } from "../../_helper/stores.ts";
import { inFolder } from "../folder.ts";
import type { Row, Section } from "../section.ts";

const TERMINALS = 100;
const COMMITS = 20;
const NOW_S = 1_795_305_600;
const CODE = "123456789012345678901234";
const postgresUrl = process.env.CLOSEOUT_TEST_PG ?? "postgres://postgres@127.0.0.1:5432/test";

export const section: Section = {
	name: "ingest",
	about: "records a second that a host makes durable, beside appending their bytes to a file",
	async *run(say) {
		yield await inFolder(async (folder) =>
			measure("SQLite", folder, { sqlite: join(folder, "host.db") }),
		);
		if (!(await isPostgresThere())) {
			say(`no PostgreSQL at ${postgresUrl}; set CLOSEOUT_TEST_PG to measure it`);
			return;
		}
		const schema = `closeout_bench_${process.pid}`;
		try {
			yield await inFolder((folder) =>
				measure("PostgreSQL", folder, { postgres: postgresUrl, schema }),
			);
		} finally {
			await dropSchema(schema);
		}
	},
};

async function measure(name: string, folder: string, location: StoreLocation): Promise<Row> {
	const store = await openStore({ location, nowS: () => NOW_S });
	const file = await open(join(folder, "raw"), "w");
	let oursMs = 0;
	let peerMs = 0;
	try {
		const journals = await enrolAll(store);
		for (let commit = 0; commit < COMMITS; commit++) {
			const deliveries = journals.map((journal) => nextBatch(journal));
			const bytes = Buffer.concat(deliveries.flatMap(bytesOf));
			oursMs += await timed(async () => {
				const receipts = await store.commitDeliveries(deliveries);
				assert(
					receipts.every(({ judgement }) => judgement === "append"),
					"every batch is new",
				);
			});
			peerMs += await timed(async () => {
				await file.write(bytes);
				await file.datasync();
			});
		}
	} finally {
		await file.close();
		await store.close();
	}
	const records = TERMINALS * COMMITS * BATCH_RECORDS_MAX;
	return {
		what: `${name}: batches of ${BATCH_RECORDS_MAX}, ${TERMINALS} batches a commit`,
		unit: "records a second",
		ours: (records * 1_000) / oursMs,
		peerName: "append and fdatasync of the same bytes",
		peer: (records * 1_000) / peerMs,
		note: "ours checks each chain and keeps watermarks",
	};
}

async function enrolAll(store: Store): Promise<readonly FakeJournal[]> {
	const journals: FakeJournal[] = [];
	for (let number = 1; number <= TERMINALS; number++) {
		const terminal = `till-${String(number).padStart(4, "0")}`;
		await store.addTerminal({ tenant: "bench", terminal });
		const key = deriveEnrolmentKey(CODE, terminal, hmacSha256);
		await store.addEnrolment({ terminal, key, expiresS: NOW_S + 1 });
		const [enrolment] = await store.enrolmentKeys(terminal, "bench");
		assert(enrolment !== undefined, "the enrolment that was just added is there");
		const nonces = { terminalNonce: randomBytes(16), hostNonce: randomBytes(16) };
		const { epoch } = await store.useEnrolment({ ...enrolment, ...nonces });
		journals.push(new FakeJournal(terminal, epoch));
	}
	return journals;
}

function nextBatch(journal: FakeJournal): Delivery {
	const from = journal.last + 1;
	while (journal.last < from + BATCH_RECORDS_MAX - 1) journal.sell();
	const { terminal, epoch } = journal;
	return { type: "batch", terminal, epoch, body: journal.batch(from) };
}

function bytesOf({ type, body }: Delivery): readonly Uint8Array[] {
	return type === "batch" ? body.records.map(({ payload }) => payload) : [];
}

async function timed(run: () => Promise<void>): Promise<number> {
	const before = performance.now();
	await run();
	return performance.now() - before;
}

async function dropSchema(schema: string): Promise<void> {
	const client = new pg.Client({ connectionString: postgresUrl });
	await client.connect();
	await client.query(`drop schema if exists "${schema}" cascade`);
	await client.end();
}
