import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
	chownSync,
	closeSync,
	existsSync,
	globSync,
	mkdirSync,
	openSync,
	readFileSync,
	writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const closeout = join(import.meta.dirname, "../../host/cli/closeout.mjs");
const POLL_MS = 20;
/** A server that does not come up within this time never will. */
const READY_MS = 120_000;
/** Characters of a log that a failure quotes. */
const LOG_TOLD = 1_000;

/** A program with a port that is killed without a word and started again on the same data. */
export interface Server {
	readonly name: string;
	/** Set once it has ended without being killed or stopped. */
	readonly failed: string | undefined;
	/** Kills it and brings it back. */
	killed(): Promise<void>;
	stop(): Promise<void>;
}

/** A server that others find by its address. */
export type Reached = Server & { readonly url: string };

interface Program {
	readonly name: string;
	readonly command: string;
	readonly given: readonly string[];
	readonly folder: string;
	/** User and group to run as, where it must not be the one that runs the campaign. */
	readonly identity?: { readonly uid: number; readonly gid: number };
	/** Resolves when it serves. */
	readonly ready: () => Promise<unknown>;
}

/** Starts a program, also again and again while it ends because of what another one still holds. */
class Supervised implements Reached {
	readonly url: string;
	readonly #program: Program;
	#child: ChildProcess | undefined;
	failed: string | undefined;

	private constructor(url: string, program: Program) {
		this.url = url;
		this.#program = program;
	}

	static async start(url: string, program: Program): Promise<Reached> {
		const server = new Supervised(url, program);
		await server.#start();
		return server;
	}

	get name(): string {
		return this.#program.name;
	}

	async killed(): Promise<void> {
		await this.#end("SIGKILL");
		await this.#start();
	}

	async stop(): Promise<void> {
		await this.#end("SIGTERM");
	}

	async #start(): Promise<void> {
		const { ready } = this.#program;
		const deadline = performance.now() + READY_MS;
		while (performance.now() < deadline) {
			const child = this.#spawn();
			this.#child = child;
			const ended = once(child, "exit");
			const isUp = await Promise.race([ready().then(() => true), ended.then(() => false)]);
			if (isUp) {
				child.once("exit", (status) => this.#ended(child, status));
				return;
			}
			await pause(POLL_MS);
		}
		throw new TypeError(`${this.name} does not start: ${this.#said()}`);
	}

	#spawn(): ChildProcess {
		const { command, given, identity } = this.#program;
		const log = openSync(this.#log, "a");
		try {
			return spawn(command, given, { stdio: ["ignore", log, log], ...identity });
		} finally {
			closeSync(log);
		}
	}

	#ended(child: ChildProcess, status: number | null): void {
		if (this.#child === child)
			this.failed = `${this.name} ended by itself with status ${status}: ${this.#said()}`;
	}

	get #log(): string {
		return join(this.#program.folder, `${this.name}.log`);
	}

	#said(): string {
		return readFileSync(this.#log, "utf8").slice(-LOG_TOLD);
	}

	async #end(signal: NodeJS.Signals): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
		const exited = once(child, "exit");
		child.kill(signal);
		await exited;
	}
}

/** Folder of a program on the search path, or of PostgreSQL's own; undefined where there is none. */
export function folderOf(program: string): string | undefined {
	const searched = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
	const postgres = globSync("/usr/lib/postgresql/*/bin").sort().reverse();
	return [...searched, ...postgres].find((folder) => existsSync(join(folder, program)));
}

/** A Mosquitto of its own that queues without a bound for hosts and keeps nothing. */
export async function startMosquitto(folder: string): Promise<Reached> {
	const port = await freePort();
	const lines = [
		`listener ${port} 127.0.0.1`,
		`user ${userInfo().username}`,
		"allow_anonymous true",
		"set_tcp_nodelay true",
		"max_queued_messages 0",
	];
	const configuration = join(folder, "mosquitto.conf");
	writeFileSync(configuration, `${lines.join("\n")}\n`);
	const url = `mqtt://127.0.0.1:${port}`;
	return Supervised.start(url, {
		name: "broker",
		command: join(folderOf("mosquitto") ?? "", "mosquitto"),
		given: ["-c", configuration],
		folder,
		ready: () => untilListening(port),
	});
}

/** A PostgreSQL of its own. The server refuses to run as root, who then runs it as the user `postgres`. */
export async function startPostgres(folder: string): Promise<Reached> {
	const bin = folderOf("initdb") ?? "";
	const data = join(folder, "postgres");
	const identity = process.getuid?.() === 0 ? identityOf("postgres") : undefined;
	mkdirSync(data);
	if (identity !== undefined) chownSync(data, identity.uid, identity.gid);
	const made = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"];
	execFileSync(join(bin, "initdb"), made, { stdio: "ignore", ...identity });
	const port = await freePort();
	const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
	return Supervised.start(url, {
		name: "database",
		command: join(bin, "postgres"),
		given: [
			"-D",
			data,
			"-p",
			String(port),
			"-h",
			"127.0.0.1",
			"-k",
			"",
			"-c",
			"shared_buffers=16MB",
		],
		folder,
		...(identity === undefined ? {} : { identity }),
		ready: () => untilListening(port),
	});
}

export interface HostPlaces {
	readonly broker: string;
	readonly database: string;
	/** Of the hosts that share the terminals, where there are several. */
	readonly group?: string;
}

/** `closeout serve` over these servers. It ends when they are not there, and is started again, as by a service manager. */
export async function startHostProcess(
	folder: string,
	number: number,
	{ broker, database, group }: HostPlaces,
): Promise<Server> {
	const port = await freePort();
	const shared = group === undefined ? [] : ["--broker-group", group];
	const places = ["--broker", broker, ...shared, "--database", database];
	const given = [closeout, "serve", "--data", join(folder, "host"), "--port", String(port)];
	return Supervised.start(`http://127.0.0.1:${port}`, {
		name: `host ${number}`,
		command: process.execPath,
		given: [...given, ...places],
		folder,
		ready: () => untilListening(port),
	});
}

function identityOf(user: string): { readonly uid: number; readonly gid: number } {
	const number = (option: string) =>
		Number(execFileSync("id", [option, user], { encoding: "utf8" }).trim());
	return { uid: number("-u"), gid: number("-g") };
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	const closed = once(server, "close");
	server.close();
	await closed;
	return typeof address === "object" && address !== null ? address.port : 0;
}

async function untilListening(port: number): Promise<void> {
	const deadline = performance.now() + READY_MS;
	while (!(await isListening(port))) {
		if (performance.now() > deadline) throw new TypeError(`nothing listens on port ${port}`);
		await pause(POLL_MS);
	}
}

function isListening(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1", () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
}
