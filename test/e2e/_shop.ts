import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { Key, Screen } from "../../firmware/core/port.ts";
import type { State } from "../../firmware/core/state/state.ts";
import type { TerminalDay } from "../../host/store/day.ts";
import type { RecordBody, RecordKind } from "../../protocol/record.ts";
import { type Composed, compose } from "../emulator/compose.ts";
import type { TransactionType } from "../emulator/payment/acquirer.ts";
import { silentProgress } from "../emulator/progress.ts";

const TILL = "till-0001";
export const managerPin = "2468";

export interface Payment {
	readonly request: number;
	readonly trace: number;
	readonly state: string;
	readonly transaction: number | null;
	readonly reason: string | null;
}

export interface Sale {
	readonly amount?: string;
	readonly type?: TransactionType;
	readonly method?: "card" | "qr";
	readonly scheme?: string;
	readonly lastFour?: string;
	readonly order?: string;
	readonly presentCard?: boolean;
	readonly expectTip?: boolean;
	readonly holdDays?: number;
	readonly originalTrace?: number;
	readonly wait?: boolean;
}

export interface Status {
	readonly head: number;
	/** Hexadecimal. */
	readonly chain: string;
	readonly watermark: number;
	readonly pending: number;
}

export interface ShopOptions {
	readonly configuration?: Readonly<Record<string, string | number | boolean>>;
	readonly paperColumns?: 32 | 48;
	readonly journalBytes?: number;
}

/**
 * A shop with one terminal on the real engine, a broker and a host, used as anybody would: over the emulator's
 * control interface. Time stands still between calls.
 */
export class Shop {
	/** Where the host keeps its data, for its command line. */
	readonly dataDir: string;
	readonly #composed: Composed;
	readonly #url: string;

	constructor(composed: Composed, dataDir: string) {
		this.#composed = composed;
		this.dataDir = dataDir;
		this.#url = composed.emulatorUrl;
	}

	/** Calls the control interface; throws what it answers when it refuses. */
	async call(method: string, path: string, body?: object): Promise<unknown> {
		const init = body === undefined ? {} : { body: JSON.stringify(body) };
		const headers = body === undefined ? {} : { "content-type": "application/json" };
		const reply = await fetch(new URL(path, this.#url), { method, headers, ...init });
		const text = await reply.text();
		if (!reply.ok) throw new Error(`${method} ${path}: ${text}`);
		return reply.headers.get("content-type")?.startsWith("application/json")
			? JSON.parse(text)
			: text;
	}

	async till(method: string, path: string, body?: object): Promise<unknown> {
		return this.call(method, `/v1/terminals/${TILL}/${path}`, body);
	}

	async press(...keys: readonly Key[]): Promise<Screen> {
		await this.till("POST", "keys", { keys });
		return this.screen();
	}

	async type(digits: string): Promise<Screen> {
		await this.till("POST", "keys", { keys: [...digits] });
		return this.screen();
	}

	/** Presses keys one after another, digits of a text each by itself, and names the screen after each step. */
	async walk(...steps: readonly (Key | { readonly type: string })[]): Promise<readonly string[]> {
		const names: string[] = [];
		for (const step of steps) {
			const screen = typeof step === "string" ? await this.press(step) : await this.type(step.type);
			names.push(screen.name);
		}
		return names;
	}

	/** The lines of the screen, without its title. */
	async lines(): Promise<readonly string[]> {
		return (await this.screen()).lines.map(({ text }) => text);
	}

	/** An answer of the host's own interface. */
	async askHost(path: string): Promise<string> {
		const reply = await fetch(new URL(path, this.dashboardUrl));
		const text = await reply.text();
		if (!reply.ok) throw new Error(`${path}: ${text}`);
		return text;
	}

	/** The same for something that is to be done. */
	async tellHost(path: string, body: object): Promise<string> {
		const headers = { "content-type": "application/json" };
		const url = new URL(path, this.dashboardUrl);
		const reply = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
		const text = await reply.text();
		if (!reply.ok) throw new Error(`${path}: ${text}`);
		return text;
	}

	async screen(): Promise<Screen> {
		const { screen } = (await this.till("GET", "screen")) as { screen: Screen };
		return screen;
	}

	/** Names of the screens shown since the start, in order. */
	async screens(): Promise<readonly string[]> {
		const shown = (await this.till("GET", "screens")) as { screen: Screen }[];
		return shown.map(({ screen }) => screen.name);
	}

	async sell(sale: Sale = {}): Promise<Payment> {
		const body = { amount: "10.00", scheme: "UNIONPAY", lastFour: "1234", wait: true, ...sale };
		const payment = (await this.till("POST", "payments", body)) as Payment;
		// The next customer comes when the slip is out.
		if (body.wait) await this.advance(5_000);
		return payment;
	}

	async openShift(operator = "01"): Promise<void> {
		await this.press("menu", "1");
		await this.type(operator);
		await this.press("ok");
	}

	/** Settles by the menu and waits until the papers are out. */
	async settle(): Promise<void> {
		await this.press("menu", "2");
		await this.advance(60_000);
	}

	async advance(ms: number): Promise<void> {
		await this.call("POST", "/v1/clock/advance", { ms });
	}

	async advanceTo(to: string): Promise<void> {
		await this.call("POST", "/v1/clock/advance", { to });
	}

	async plan(operation: string, behaviour: string, times = 1, delayMs = 0): Promise<void> {
		await this.call("POST", "/v1/acquirer/plans", { operation, behaviour, times, delayMs });
	}

	async power(on: boolean): Promise<void> {
		await this.till("PUT", "power", { on });
	}

	async cutPowerAfter(afterBytes: number): Promise<void> {
		await this.till("POST", "power/cut", { afterBytes });
	}

	async network(network: "up" | "down"): Promise<void> {
		await this.till("PUT", "link", { network });
	}

	/** Every byte of the terminal's storage. */
	async image(): Promise<Uint8Array> {
		const reply = await fetch(new URL(`/v1/terminals/${TILL}/journal`, this.#url));
		return new Uint8Array(await reply.arrayBuffer());
	}

	/** Switches the terminal off, changes the bytes of its storage and switches it on again. */
	async tamper(change: (image: Uint8Array) => void): Promise<void> {
		await this.power(false);
		const image = await this.image();
		change(image);
		const headers = { "content-type": "application/octet-stream" };
		const body = Buffer.from(image);
		const url = new URL(`/v1/terminals/${TILL}/journal`, this.#url);
		const reply = await fetch(url, { method: "PUT", headers, body });
		if (!reply.ok) throw new Error(await reply.text());
		await this.power(true);
	}

	/** What the records of one kind say, in order. */
	async records<K extends RecordKind>(kind: K): Promise<readonly RecordBody<K>[]> {
		const all = (await this.till("GET", "records")) as { kind: string; body: RecordBody<K> }[];
		return all.filter((record) => record.kind === kind).map(({ body }) => body);
	}

	async screenText(): Promise<string> {
		const { title, lines } = await this.screen();
		return [title, ...lines.map(({ text }) => text)].join("\n");
	}

	async paper(): Promise<string> {
		return (await this.till("GET", "paper/text")) as string;
	}

	/** Where the host's copy of the terminal's stream stands. */
	async stream(): Promise<{ readonly watermark: number; readonly chain: Uint8Array } | undefined> {
		await this.delivered();
		const [stream] = await this.#composed.host.store.listStreams(TILL);
		return stream;
	}

	async state(): Promise<State> {
		return (await this.till("GET", "state")) as State;
	}

	async status(): Promise<Status> {
		return (await this.till("GET", "status")) as Status;
	}

	/** Waits until the host holds all that the terminal has recorded. */
	async delivered(): Promise<void> {
		await this.till("POST", "link/quiet");
		await this.#composed.host.idle();
	}

	/** The host's word on the newest day of the terminal. */
	async hostDay(): Promise<TerminalDay> {
		await this.delivered();
		const { store } = this.#composed.host;
		const [day] = await store.listDays({ terminal: TILL });
		if (day?.businessDate == null) throw new Error("the host has seen no day");
		const judged = await store.judgeDays({ businessDate: day.businessDate, terminal: TILL });
		const [newest] = judged.toReversed();
		if (newest === undefined) throw new Error("the host judges no day");
		return newest;
	}

	get dashboardUrl(): string {
		return this.#composed.dashboardUrl;
	}

	get host(): Composed["host"] {
		return this.#composed.host;
	}
}

/** Opens a shop: enrolled, shift open, on XS where it can be had. It is gone with the test. */
export async function openShop(t: ExecutionContext, options: ShopOptions = {}): Promise<Shop> {
	const shop = await closedShop(t, options);
	await shop.openShift();
	return shop;
}

/** A shop before anybody has come. */
export async function closedShop(t: ExecutionContext, options: ShopOptions = {}): Promise<Shop> {
	const dataDir = mkdtempSync(join(tmpdir(), "closeout-e2e-"));
	t.teardown(() => rmSync(dataDir, { recursive: true, force: true }));
	const composed = await compose({
		dataDir,
		emulatorPort: 0,
		brokerPort: 0,
		dashboardPort: 0,
		progress: silentProgress,
		firstTerminal: { managerPin, mmPerSecond: 1_000, ...options },
	});
	t.teardown(() => composed.close());
	const shop = new Shop(composed, dataDir);
	await shop.call("PUT", "/v1/clock", { mode: "manual" });
	await shop.advanceTo("09:00");
	return shop;
}
