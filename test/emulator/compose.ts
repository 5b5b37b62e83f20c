import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import pino from "pino";
import { type Api, startApi } from "../../host/api/server.ts";
import { StoreSource } from "../../host/api/store-source.ts";
import { openHostKey } from "../../host/host-key.ts";
import { type Host, startHost } from "../../host/start.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { enrol } from "./control/actions.ts";
import { buildControl } from "./control/server.ts";
import { buildWorker, missingForXs } from "./engine/build-worker.ts";
import { fieldOf } from "./json.ts";
import type { MachineSettings } from "./machine.ts";
import type { Progress } from "./progress.ts";
import { World } from "./world.ts";

export interface ComposeOptions {
	/** Folder of everything that is kept. */
	readonly dataDir: string;
	/** Ports of the emulator's page and of the broker; 0 takes any free one. */
	readonly emulatorPort: number;
	readonly brokerPort: number;
	/** Port of the host's pages; 0 takes any free one. */
	readonly dashboardPort: number;
	readonly progress: Progress;
	/** The engine to use; XS where it can be had when left out. */
	readonly engine?: "xs" | "node";
	/** How the first terminal differs from an ordinary one. */
	readonly firstTerminal?: Partial<Omit<MachineSettings, "id" | "tenant">>;
}

export interface Composed {
	readonly host: Host;
	readonly world: World;
	readonly emulatorUrl: string;
	readonly dashboardUrl: string;
	close(): Promise<void>;
}

const FIRMWARE = "closeout 0.1.0";
const TENANT = "demo";
const ZONE_MINUTES = 480;
const FIRST_TERMINAL = "till-0001";
const MM_PER_SECOND = 150;
/** For trying it out only; a real terminal gets its own from the technician. */
const FIRST_PIN = "1234";

/** Starts host and emulator in one process. What was started is stopped again when a later part fails. */
export async function compose(options: ComposeOptions): Promise<Composed> {
	const stops: (() => Promise<unknown>)[] = [];
	const close = async () => {
		for (const stop of stops.splice(0).reverse()) await stop();
	};
	try {
		const { progress, dataDir, emulatorPort } = options;
		const engine = await chooseEngine(options);
		let world: World | undefined;
		const nowMs = () => world?.timeline.wallMs ?? Date.now();
		const host = await progress.step("数据库与接入 / database, broker and host", async (say) => {
			const started = await startHostIn(options, nowMs);
			say(`mqtt://127.0.0.1:${started.brokerPort}`);
			return started;
		});
		stops.push(() => host.close());
		const api = await progress.step("看板 / dashboard", async (say) => {
			const started = await startDashboard(host, options, nowMs);
			say(started.url);
			return started;
		});
		stops.push(() => api.close());
		const dashboardUrl = api.url;
		world = await progress.step("虚拟终端 / virtual terminals", (say) =>
			startWorld(dataDir, engine, host, say),
		);
		const { close: closeWorld } = { close: world.close.bind(world) };
		stops.push(closeWorld);
		await progress.step("首台终端 / first terminal", (say) =>
			ensureTerminal(world, host, options, say),
		);
		const app = await buildControl({
			world,
			engine,
			firmware: FIRMWARE,
			tenant: TENANT,
			dashboardUrl,
			makeCode: (terminal, tenant) => makeCode(host, terminal, tenant),
		});
		stops.push(() => app.close());
		const emulatorUrl = await progress.step("页面 / page", () => listen(app, emulatorPort));
		world.setMode("real", 1);
		return { host, world, emulatorUrl, dashboardUrl, close };
	} catch (cause) {
		await close();
		throw cause;
	}
}

async function chooseEngine({ progress, engine }: ComposeOptions): Promise<"xs" | "node"> {
	return progress.step("引擎 / engine", async (say) => {
		const missing = engine === "node" ? "not asked for" : missingForXs();
		if (missing !== undefined) {
			say(`Node instead of XS (${missing})`);
			return "node";
		}
		await buildWorker({ progress: (text) => progress.line(`\n  ${text.trim()}`) });
		say("XS, the engine of the real terminals");
		return "xs";
	});
}

async function startHostIn(
	{ dataDir, brokerPort }: ComposeOptions,
	nowMs: () => number,
): Promise<Host> {
	await mkdir(dataDir, { recursive: true });
	const log = pino(pino.destination({ dest: join(dataDir, "host.log"), sync: true }));
	return startHost({
		dataDir,
		broker: { embedded: brokerPort, anonymous: "read" },
		log,
		nowMs,
	});
}

function startDashboard(
	host: Host,
	{ dataDir, dashboardPort }: ComposeOptions,
	nowMs: () => number,
): Promise<Api> {
	const { store, onChange } = host;
	const nowS = () => Math.floor(nowMs() / 1000);
	const zoneMinutes = () => ZONE_MINUTES;
	const hostKey = () => openHostKey(dataDir);
	const source = new StoreSource({ store, tenant: TENANT, nowS, zoneMinutes, onChange, hostKey });
	return startApi({ source, desk: host, nowS, port: dashboardPort });
}

async function startWorld(
	dataDir: string,
	engine: "xs" | "node",
	host: Host,
	say: (remark: string) => void,
): Promise<World> {
	const world = new World({
		engine,
		core: new URL("./boot.ts", import.meta.url),
		firmware: FIRMWARE,
		wallMs: Date.now(),
		brokerUrl: `mqtt://127.0.0.1:${host.brokerPort}`,
		directory: join(dataDir, "emulator"),
	});
	await world.restore();
	say(world.machines.length === 0 ? "none yet" : world.machines.map(nameOf).join(", "));
	return world;
}

function nameOf({ settings }: World["machines"][number]): string {
	return settings.id;
}

/** On the first start there is one terminal, enrolled and ready to open a shift. */
async function ensureTerminal(
	world: World,
	host: Host,
	{ firstTerminal }: ComposeOptions,
	say: (remark: string) => void,
): Promise<void> {
	if (world.machines.length === 0) {
		await world.add({
			id: FIRST_TERMINAL,
			tenant: TENANT,
			paperColumns: 32,
			zoneMinutes: ZONE_MINUTES,
			language: "zh-CN",
			mmPerSecond: MM_PER_SECOND,
			managerPin: FIRST_PIN,
			...firstTerminal,
		});
	}
	const [machine] = world.machines;
	if (machine === undefined) return;
	if (!machine.powered) {
		const why = machine.front.log.newest?.detail;
		return say(`${nameOf(machine)} is off; ${why ?? "switch it on at the page"}`);
	}
	const status = await machine.query({ what: "status" });
	if (fieldOf(status, "enrolled") === true) return say(`${nameOf(machine)}, enrolled`);
	const { id, tenant } = machine.settings;
	await enrol(world, machine, await makeCode(host, id, tenant));
	say(`${id}, made and enrolled`);
}

async function makeCode(host: Host, terminal: string, tenant: string): Promise<string> {
	const known = await host.store.listTerminals();
	if (!known.some((row) => row.terminal === terminal))
		await host.store.addTerminal({ tenant, terminal });
	const { code } = await host.createEnrolment(terminal);
	return code;
}

async function listen(app: FastifyInstance, port: number): Promise<string> {
	try {
		await app.listen({ port, host: "127.0.0.1" });
		const address = app.server.address();
		const taken = typeof address === "object" && address !== null ? address.port : port;
		return `http://localhost:${taken}/`;
	} catch (cause) {
		const message = `port ${port} is in use; stop what listens there or set CLOSEOUT_EMULATOR_PORT`;
		throw new CloseoutError("USAGE", message, { cause });
	}
}
