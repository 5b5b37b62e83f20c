import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../host/log.ts";
import { type Host, startHost } from "../../host/start.ts";
import type { StoreLocation } from "../../host/store/store.ts";
import { type CborValue, decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import type { WireRecord } from "../../protocol/message.ts";
import { bytesOfPostgres, bytesOfSqlite } from "../_helper/database-bytes.ts";
import { FakeTerminal } from "../_helper/fake-link.ts";
import { FakeJournal } from "../_helper/fake-terminal.ts";
import { freshPostgres } from "../_helper/stores.ts";
import type { KnownRecord } from "./_independent.ts";

const TENANT = "shop";
const TERMINAL = "till-0001";
/** What an honest record holds, to see that the search would find something. */
export const HONEST_ORDER = "order 7";

/** A record with a card number in it, and what it is called when it was taken. */
export interface Hostile {
	readonly name: string;
	readonly record: WireRecord;
	/** Comes as the record behind destroyed ones and not in a batch. */
	readonly asLoss?: boolean;
}

/** A host with its database and its broker, one enrolled terminal, and all that it logs. */
export class AttackedHost {
	readonly #host: Host;
	readonly #till: FakeTerminal;
	readonly #log: string[];
	readonly #bytes: () => Promise<Uint8Array>;
	readonly #remove: () => Promise<void>;

	private constructor(
		host: Host,
		till: FakeTerminal,
		rest: {
			readonly log: string[];
			readonly bytes: () => Promise<Uint8Array>;
			readonly remove: () => Promise<void>;
		},
	) {
		this.#host = host;
		this.#till = till;
		this.#log = rest.log;
		this.#bytes = rest.bytes;
		this.#remove = rest.remove;
	}

	static async start(kind: "sqlite" | "postgres"): Promise<AttackedHost> {
		const dataDir = await mkdtemp(join(tmpdir(), "closeout-cards-"));
		const fresh = kind === "postgres" ? await freshPostgres() : undefined;
		const database: StoreLocation = fresh?.location ?? { sqlite: join(dataDir, "host.db") };
		const log: string[] = [];
		const host = await startHost({
			dataDir,
			broker: { embedded: 0 },
			database,
			log: createLog("debug", { write: (line) => log.push(line) }),
		});
		await host.store.addTerminal({ tenant: TENANT, terminal: TERMINAL });
		const url = `mqtt://127.0.0.1:${host.brokerPort}`;
		const till = await FakeTerminal.connect({ url, tenant: TENANT, terminal: TERMINAL });
		await till.enrol((await host.createEnrolment(TERMINAL)).code);
		return new AttackedHost(host, till, {
			log,
			bytes: () =>
				fresh === undefined
					? bytesOfSqlite(join(dataDir, "host.db"))
					: bytesOfPostgres(fresh.location),
			remove: async () => {
				await fresh?.remove();
				await rm(dataDir, { recursive: true, force: true });
			},
		});
	}

	/** Undefined when the stream is frozen with an incident that names the record, and nothing was acknowledged. */
	async attack({ record, asLoss = false }: Hostile): Promise<string | undefined> {
		const { terminal, epoch } = this.#till.journal;
		const before = this.#till.received.length;
		this.#till.journal = new FakeJournal(terminal, epoch);
		const { journal } = this.#till;
		journal.appendWire(record);
		const next = { kind: record.kind, flags: record.flags, payload: record.payload };
		if (asLoss)
			await this.#till.send("loss", { from: 1, to: 0, next, nextChain: journal.chainAt(1) });
		else await this.#till.send("batch", journal.batch(1));
		const { body } = await this.#till.greet(0, 1);
		await this.#host.idle();
		const incidents = await this.#host.store.listIncidents({ terminal, limit: 10_000 });
		const isTold = incidents.some(
			({ type, detail }) => type === "card" && detail.startsWith("record 1, "),
		);
		const isAcknowledged = this.#till.received.slice(before).some(({ type }) => type === "ack");
		await this.#host.store.thawStream({ terminal, epoch });
		if (isAcknowledged) return "it was acknowledged";
		if (!body.frozen) return "the stream is not frozen";
		return isTold ? undefined : "no incident names it";
	}

	/** Texts of messages that are not records: who has the terminal's key may write what he likes there. */
	async sendTexts(text: string): Promise<void> {
		const { journal } = this.#till;
		await this.#till.send("hello", { ...journal.hello(0, 1), firmware: text });
		await this.#till.send("commandResult", { hostSequence: 1, accepted: false, detail: text });
		await this.#till.sendState(text);
		await this.#till.askToEnrol("0".repeat(24));
	}

	/** A number where a count belongs. */
	async sendCount(last: number): Promise<void> {
		await this.#till.send("hello", { ...this.#till.journal.hello(0, 1), last });
		const nextChain = new Uint8Array(32);
		await this.#till.send("loss", { from: 1, to: last, next: null, nextChain });
	}

	/** Delivers an honest sale, so that the search has something to find. */
	async sellHonestly(): Promise<void> {
		const { terminal, epoch } = this.#till.journal;
		this.#till.journal = new FakeJournal(terminal, epoch);
		const before = this.#till.received.length;
		this.#till.journal.append("intent", {
			type: "sale",
			method: "card",
			amountMinor: 100,
			currency: "CNY",
			trace: 1,
			original: null,
			order: HONEST_ORDER,
			operator: "01",
			request: 1,
		});
		await this.#till.send("batch", this.#till.journal.batch(1));
		await this.#till.waitFor("ack", before);
		await this.#host.idle();
	}

	/** What is kept and what was said, by what it is. */
	async written(): Promise<readonly (readonly [string, Uint8Array])[]> {
		return [
			["database", await this.#bytes()],
			["log", new Uint8Array(Buffer.from(this.#log.join("")))],
		];
	}

	async close(): Promise<void> {
		await this.#till.close();
		await this.#host.close();
		await this.#remove();
	}
}

/** Every text of every kind of record of a working day in turn holds what `write` makes of it; then other ways in. */
export function hostileRecords(
	records: readonly KnownRecord[],
	{ text, digits }: { readonly text: string; readonly digits: string },
): readonly Hostile[] {
	const found: Hostile[] = [];
	const seen = new Set<string>();
	for (const { kind, payload } of records) {
		const items = decodeCbor(payload);
		if (!Array.isArray(items)) continue;
		for (const [place, value] of items.entries()) {
			if (typeof value !== "string" || seen.has(`${kind}.${place}`)) continue;
			seen.add(`${kind}.${place}`);
			const put = items.map((item, index) => (index === place ? text : item));
			found.push({ name: `kind ${kind}, item ${place}`, record: recordOf(kind, encodeCbor(put)) });
		}
	}
	const sealed = (value: CborValue) => encodeCbor([0, 0, 1, 5, value]);
	const [first] = found;
	if (first !== undefined) found.push({ ...first, name: "behind a loss", asLoss: true });
	found.push({ name: "a kind of the future", record: recordOf(250, sealed([["a", text]])) });
	found.push({ name: "a byte string", record: recordOf(4, sealed(Buffer.from(text))) });
	found.push({ name: "an integer", record: recordOf(4, sealed(BigInt(digits))) });
	const malformed = Buffer.concat([Buffer.from(text), Buffer.of(0xff)]);
	found.push({ name: "no CBOR", record: recordOf(4, new Uint8Array(malformed)) });
	return found;
}

function recordOf(kind: number, payload: Uint8Array): WireRecord {
	return { kind, flags: 1, payload };
}
