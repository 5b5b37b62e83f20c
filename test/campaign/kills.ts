import { EventEmitter, once } from "node:events";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openStore, type Store, type StoreLocation } from "../../host/store/store.ts";
import { enrolInStore } from "../_helper/enrol.ts";
import { Random } from "../_helper/random.ts";
import {
	folderOf,
	type Server,
	startHostProcess,
	startMosquitto,
	startPostgres,
} from "../_helper/servers.ts";
import { Seller } from "./_kills-terminal.ts";
import {
	type Campaign,
	CaseError,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

/** Kills in all. */
const KILLS = { ci: 60, night: 1_000, soak: 100_000 } as const;
const KILLS_PER_UNIT = 10;
const SELLERS = 8;
const TENANT = "shop";
/** Acknowledgements between one kill and the next, at most. */
const BETWEEN_MAX = 60;
/** Once nothing is killed any more, everything is delivered and folded within this time. */
const SETTLED_MS = 60_000;
const STORES = ["postgres", "sqlite"] as const;
type StoreKind = (typeof STORES)[number];
/** Hosts that share the terminals; over SQLite there can be one only. */
const HOSTS = { postgres: 2, sqlite: 1 } as const;

class KillsRun implements Run {
	readonly units: number;
	readonly #seed: number;

	constructor({ lane, seed }: Setting) {
		this.units = KILLS[lane] / KILLS_PER_UNIT;
		this.#seed = seed;
	}

	/** Each second unit has PostgreSQL and two hosts, each other one SQLite and one host. */
	async run(unit: number, tally: Tally): Promise<void> {
		const store = STORES[unit % STORES.length] ?? "sqlite";
		const at = caseText({ store, seed: this.#seed * 1_000_003 + unit });
		const problem = await this.#play(at, tally);
		if (problem !== undefined) tally.fail(at, problem);
	}

	replay(at: string): Promise<string | undefined> {
		return this.#play(at);
	}

	async #play(at: string, tally?: Tally): Promise<string | undefined> {
		const parsed = parseCase(at);
		const kind = STORES.find((each) => each === parsed.text("store"));
		if (kind === undefined) throw new CaseError(`case "${at}": there is no such store`);
		const needed = kind === "postgres" ? ["mosquitto", "initdb"] : ["mosquitto"];
		const lacking = needed.filter((program) => folderOf(program) === undefined);
		if (lacking.length > 0) {
			if (process.env.CI === "true") return `${lacking.join(" and ")} must be installed`;
			tally?.mark(`left out, no ${lacking.join(" and no ")} here`);
			return undefined;
		}
		const folder = await mkdtemp(join(tmpdir(), "closeout-kills-"));
		try {
			return await playDay(folder, kind, new Random(parsed.number("seed")), tally);
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	}
}

/** One installation that is sold through while its parts are killed; says which promise it broke, if any. */
async function playDay(
	folder: string,
	kind: StoreKind,
	random: Random,
	tally: Tally | undefined,
): Promise<string | undefined> {
	// A server that runs as a user of its own must get through.
	await chmod(folder, 0o755);
	await mkdir(join(folder, "host"));
	const servers: Server[] = [];
	const sellers: Seller[] = [];
	let store: Store | undefined;
	try {
		const broker = await startMosquitto(folder);
		servers.push(broker);
		const database = kind === "postgres" ? await startPostgres(folder) : undefined;
		if (database !== undefined) servers.push(database);
		const file = join(folder, "host.db");
		const location: StoreLocation =
			database === undefined ? { sqlite: file } : { postgres: database.url };
		store = await openWhenReady(location);
		const acknowledgements = new EventEmitter();
		for (let number = 1; number <= SELLERS; number++) {
			const terminal = `till-${String(number).padStart(4, "0")}`;
			const { epoch, key } = await enrolInStore(store, terminal, TENANT);
			const options = { url: broker.url, tenant: TENANT, terminal, epoch, key, random };
			const acknowledged = () => acknowledgements.emit("one");
			sellers.push(new Seller({ ...options, acknowledged }));
		}
		const places = { broker: broker.url, database: database?.url ?? file, group: "hosts" };
		for (let number = 1; number <= HOSTS[kind]; number++)
			servers.push(await startHostProcess(folder, number, places));
		for (let kill = 0; kill < KILLS_PER_UNIT; kill++) {
			const stalled = await progress(acknowledgements, 1 + random.below(BETWEEN_MAX));
			if (stalled !== undefined) return brokenPromise(servers, sellers) ?? stalled;
			// Each in its turn, so that none is left out, and then any one.
			const victim = servers[kill < servers.length ? kill : random.below(servers.length)];
			await victim?.killed();
			tally?.count();
			tally?.mark(`killed ${victim?.name.replace(/ \d/, "")}`);
			const broken = brokenPromise(servers, sellers);
			if (broken !== undefined) return `after kill ${kill + 1}, of ${victim?.name}: ${broken}`;
		}
		return (await settled(store, sellers, tally)) ?? brokenPromise(servers, sellers);
	} finally {
		await Promise.all(sellers.map((seller) => seller.close()));
		await store?.close();
		for (const server of servers.reverse()) await server.stop();
	}
}

async function openWhenReady(location: StoreLocation): Promise<Store> {
	const deadline = performance.now() + SETTLED_MS;
	for (;;) {
		try {
			return await openStore({ location, nowS: () => Math.floor(Date.now() / 1_000) });
		} catch (error) {
			if (performance.now() > deadline) throw error;
			await pause(50);
		}
	}
}

/** Waits for so many acknowledgements; says so where none comes any more. */
async function progress(
	acknowledgements: EventEmitter,
	count: number,
): Promise<string | undefined> {
	for (let each = 0; each < count; each++) {
		const limit = AbortSignal.timeout(SETTLED_MS);
		try {
			await once(acknowledgements, "one", { signal: limit });
		} catch (error) {
			if (!limit.aborted) throw error;
			return `nothing was acknowledged for ${SETTLED_MS / 1_000} s`;
		}
	}
	return undefined;
}

function brokenPromise(servers: readonly Server[], sellers: readonly Seller[]): string | undefined {
	const failed = servers.find((server) => server.failed !== undefined)?.failed;
	return failed ?? sellers.flatMap(({ problems }) => problems)[0];
}

/** Everything sold is there, once, and folded once. */
async function settled(
	store: Store,
	sellers: readonly Seller[],
	tally: Tally | undefined,
): Promise<string | undefined> {
	for (const seller of sellers) seller.stopSelling();
	const deadline = performance.now() + SETTLED_MS;
	const isFolded = async () => (await store.listUnprojected()).length === 0;
	while (!(sellers.every(({ isDelivered }) => isDelivered) && (await isFolded()))) {
		if (performance.now() > deadline) {
			const behind = sellers.find(({ isDelivered }) => !isDelivered);
			return `no end within ${SETTLED_MS / 1_000} s: ${behind?.told ?? "records are not folded"}`;
		}
		await pause(50);
	}
	for (const { journal, sales } of sellers) {
		const { terminal, epoch, last } = journal;
		const found = await store.verifyStream({ terminal, epoch });
		if (found.problems[0] !== undefined) return `${terminal}: ${found.problems[0]}`;
		if (found.records !== last || found.watermark !== last)
			return `${terminal}: ${found.records} records up to ${found.watermark}, of ${last}`;
		const counted = await countTransactions(store, terminal, epoch, last);
		if (counted !== sales) return `${terminal}: ${counted} transactions, of ${sales} sales`;
		tally?.mark("records delivered", last);
	}
	return undefined;
}

async function countTransactions(
	store: Store,
	terminal: string,
	epoch: number,
	to: number,
): Promise<number> {
	let counted = 0;
	let after = 0;
	for (;;) {
		const rows = await store.listTransactions({ terminal, epoch, from: 1, to, after });
		if (rows.length === 0) return counted;
		counted += rows.filter(({ outcome }) => outcome === "approved").length;
		after = rows.at(-1)?.placeSeq ?? to;
	}
}

export const campaign: Campaign = {
	shows:
		"broker, hosts and database may be killed at any moment: no acknowledged record is lost, none is there twice",
	mustSee: [],
	open: (setting) => new KillsRun(setting),
};
