import { createPrivateKey } from "node:crypto";
import { constants } from "node:fs";
import { access, readFile, stat, statfs } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join, resolve } from "node:path";
import { HOST_KEY_FILE } from "../host-key.ts";
import { inspectStore, type StoreLocation } from "../store/inspect.ts";

/** `warn` works today and may not tomorrow; `fail` does not work. */
export type CheckLevel = "ok" | "warn" | "fail";

/** One thing that was looked at. */
export interface Check {
	readonly name: "node" | "data" | "disk" | "database" | "tables" | "key" | "broker" | "clock";
	readonly level: CheckLevel;
	/** What was found. */
	readonly said: string;
	/** What to do next; undefined when there is nothing to do. */
	readonly next: string | undefined;
}

export interface DoctorOptions {
	readonly data: string;
	readonly location: StoreLocation;
	readonly brokerUrl: string;
	readonly nodeVersion: string;
	/** Milliseconds since 1970 by this machine. */
	readonly nowMs: number;
}

const NODE_MAJOR_MIN = 24;
const DISK_FAIL_BYTES = 268_435_456;
const DISK_WARN_BYTES = 2_147_483_648;
const CONNECT_TIMEOUT_MS = 3_000;
/** 2026-01-01; no record of ours is older. */
const CLOCK_MIN_MS = 1_767_225_600_000;
/** Seconds by which what the host has stored may be ahead of this machine. */
const CLOCK_AHEAD_S_MAX = 300;

/** Looks at everything that the host needs, one after the other, and changes nothing. */
export async function* examine(options: DoctorOptions): AsyncGenerator<Check> {
	yield checkNode(options.nodeVersion);
	const data = await checkData(options.data);
	yield data;
	yield await checkDisk(options.data);
	yield* checkStore(options);
	yield await checkKey(options.data);
	yield await checkBroker(options.brokerUrl);
}

const ok = (name: Check["name"], said: string): Check => ({
	name,
	level: "ok",
	said,
	next: undefined,
});

function checkNode(version: string): Check {
	const major = Number(/^v?(\d+)/.exec(version)?.[1]);
	if (major >= NODE_MAJOR_MIN) return ok("node", version);
	const next = `install Node.js ${NODE_MAJOR_MIN} or newer`;
	return { name: "node", level: "fail", said: `${version} is too old`, next };
}

async function checkData(folder: string): Promise<Check> {
	const path = resolve(folder);
	const found = await stat(path).catch(() => undefined);
	if (found === undefined) {
		const next = 'run "closeout serve", which makes it, or name another one with --data';
		return { name: "data", level: "warn", said: `${path} is not there yet`, next };
	}
	if (!found.isDirectory()) {
		const next = "name a folder with --data";
		return { name: "data", level: "fail", said: `${path} is no folder`, next };
	}
	try {
		await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
		return ok("data", path);
	} catch {
		const next = "give the user that runs the host this folder (chown), or name another one";
		return { name: "data", level: "fail", said: `${path} cannot be written`, next };
	}
}

async function checkDisk(folder: string): Promise<Check> {
	let path = resolve(folder);
	while ((await stat(path).catch(() => undefined)) === undefined && dirname(path) !== path) {
		path = dirname(path);
	}
	const { bavail, bsize } = await statfs(path);
	const free = bavail * bsize;
	const said = `${(free / 1_073_741_824).toFixed(1)} GiB free for ${path}`;
	if (free >= DISK_WARN_BYTES) return ok("disk", said);
	const level = free < DISK_FAIL_BYTES ? "fail" : "warn";
	return { name: "disk", level, said, next: "make room, or move the data to a larger disk" };
}

async function* checkStore({ location, nowMs }: DoctorOptions): AsyncGenerator<Check> {
	const found = await inspectStore(location);
	if (found.state !== "there") {
		const isMissing = found.state === "missing";
		const next = isMissing
			? 'run "closeout serve" or "closeout statement import", which make it'
			: "check the address, the server and the rights; restore a backup if the file is damaged";
		yield { name: "database", level: isMissing ? "warn" : "fail", said: found.said, next };
		yield checkClock(nowMs, undefined);
		return;
	}
	yield ok("database", found.said);
	const { missing, unknown, newestS } = found;
	if (unknown.length > 0) {
		const said = `made by a newer version (${unknown.join(", ")})`;
		const next = "run the newer version again; this one must not write here";
		yield { name: "tables", level: "fail", said, next };
	} else if (missing.length > 0) {
		const said = `steps to do: ${missing.join(", ")}`;
		const next = "make a backup and start the host; it brings the tables up to date by itself";
		yield { name: "tables", level: "warn", said, next };
	} else yield ok("tables", "up to date");
	yield checkClock(nowMs, newestS);
}

function checkClock(nowMs: number, newestS: number | undefined): Check {
	const said = new Date(nowMs).toISOString();
	const next = "set the clock and let it follow a time server (timedatectl set-ntp true)";
	if (nowMs < CLOCK_MIN_MS) {
		return { name: "clock", level: "fail", said: `${said} cannot be right`, next };
	}
	const ahead = newestS === undefined ? 0 : newestS - Math.floor(nowMs / 1000);
	if (ahead <= CLOCK_AHEAD_S_MAX) return ok("clock", said);
	const what = `${said}; the host has stored something ${ahead} s later`;
	return { name: "clock", level: "warn", said: what, next };
}

async function checkKey(folder: string): Promise<Check> {
	const path = join(resolve(folder), HOST_KEY_FILE);
	const found = await stat(path).catch(() => undefined);
	if (found === undefined) {
		const next = "nothing; the host makes it at its first start";
		return { name: "key", level: "warn", said: `${path} is not there yet`, next };
	}
	try {
		const { asymmetricKeyType } = createPrivateKey(await readFile(path, "utf8"));
		if (asymmetricKeyType !== "ed25519") throw new TypeError("another kind of key");
	} catch {
		const next = "restore it from a backup, or move it away for a new one";
		return { name: "key", level: "fail", said: `${path} holds no Ed25519 key`, next };
	}
	const others = found.mode & 0o077;
	if (others === 0) return ok("key", path);
	const said = `${path} can be read by others`;
	return { name: "key", level: "warn", said, next: `chmod 600 ${path}` };
}

async function checkBroker(address: string): Promise<Check> {
	const { hostname, port, protocol } = new URL(address);
	const number = Number(port) || (protocol === "mqtts:" ? 8_883 : 1_883);
	if (await listens(hostname.replace(/^\[|\]$/g, ""), number)) {
		return ok("broker", `${hostname}:${number} takes connections`);
	}
	const said = `${hostname}:${number} does not take connections`;
	const next = 'run "closeout serve", which has one, or name another one with --broker';
	return { name: "broker", level: "fail", said, next };
}

function listens(host: string, port: number): Promise<boolean> {
	return new Promise((resolveListens) => {
		const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
		const end = (result: boolean) => {
			socket.destroy();
			resolveListens(result);
		};
		socket.once("connect", () => end(true));
		socket.once("timeout", () => end(false));
		socket.once("error", () => end(false));
	});
}
