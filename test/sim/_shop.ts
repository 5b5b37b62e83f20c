import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Key, Screen } from "../../firmware/core/port.ts";
import { paperZhCn } from "../../firmware/core/text/paper-zh-cn.ts";
import { screenZhCn } from "../../firmware/core/text/screen-zh-cn.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { SaleStatus } from "../emulator/payment/sale.ts";
import { Books, launcher, type Reach } from "./_books.ts";
import { type Broker, freePort, startBroker, tlsFiles } from "./_broker.ts";
import { PaymentServer } from "./_payment-server.ts";
import { PrinterServer } from "./_printer-server.ts";
import { Simulator, XDisplay } from "./_simulator.ts";

const TERMINAL = "till-0001";
const ZONE_MINUTES = 480;
const DOTS_80_MM = 576;
const WAIT_MS = 60_000;
const LOOK_MS = 50;
/** How long a person looks at a notice before touching it away. */
const PATIENCE_MS = 3_000;
/** What is told has still to be painted; nothing but a picture waits for it. */
const PAINT_MS = 1_000;
const DISMISSALS_MAX = 20;

export interface ShopOptions {
	readonly tls: boolean;
	/** Pictures of the screens are left here. */
	readonly pictures?: string;
}

/** What stands in the books when the day is over. */
export interface DayReport {
	/** Last record and its chain, the same in the terminal's media and on the host. */
	readonly records: number;
	readonly chain: string;
	readonly approved: number;
	/** Lists whose last page is on paper. */
	readonly lists: number;
	readonly starts: number;
	/** Starts that found a write cut off. */
	readonly torn: number;
}

/** A simulated terminal and everything around it: broker, host, printer, payment application and X display. */
export class Shop {
	readonly text = screenZhCn;
	readonly printer = new PrinterServer(DOTS_80_MM);
	readonly #payment = new PaymentServer(TERMINAL, ZONE_MINUTES);
	readonly #options: ShopOptions;
	readonly #folder = mkdtempSync(join(tmpdir(), "closeout-sim-"));
	readonly #books = new Books(TERMINAL, this.#path("till"), this.#path("host"));
	readonly #sales: SaleStatus[] = [];
	#display: XDisplay | undefined;
	#broker: Broker | undefined;
	#host: ChildProcess | undefined;
	#simulator: Simulator | undefined;
	#servicePort = 0;

	private constructor(options: ShopOptions) {
		this.#options = options;
	}

	static async open(options: ShopOptions): Promise<Shop> {
		const shop = new Shop(options);
		await shop.#prepare();
		return shop;
	}

	async powerOn(): Promise<void> {
		if (this.#display !== undefined)
			this.#simulator = new Simulator(this.#display, this.#path("till"));
	}

	/** At once, as when the plug is pulled: SIGKILL. */
	async powerOff(): Promise<void> {
		await this.#simulator?.kill();
	}

	/** Types the code that the host gives for this terminal. */
	async enrol(): Promise<void> {
		const made = await this.#books.ask("enrol", TERMINAL);
		const code: unknown = JSON.parse(made).code;
		await this.until("the enrolment screen", ({ name }) => name === "enrol");
		for (const digit of String(code)) await this.press(keyOf(digit));
		await this.picture("0-enrolment");
		await this.press("ok");
		await this.until("the resting screen", ({ name }) => name === "home");
		await this.untilHomeSays(this.text.home.online);
	}

	until(what: string, fits: (screen: Screen) => boolean): Promise<Screen> {
		return this.#running.until(what, fits);
	}

	async press(...keys: readonly Key[]): Promise<void> {
		for (const key of keys) {
			if (key === "menu") await this.#openMenu();
			else await this.#running.tap(key);
		}
	}

	/** Comes back to the resting screen, past whatever wants to be read first. */
	async home(): Promise<void> {
		for (let count = 0; count < DISMISSALS_MAX; count++) {
			if (await this.#comes("home")) return;
			const keys = this.#running.screen?.softKeys.map(({ key }) => key) ?? [];
			const key = keys.find((one) => one === "cancel") ?? keys.find((one) => one === "ok");
			if (key !== undefined) await this.#running.tap(key);
		}
	}

	/** A screen may change under the finger, as it does under a cashier's: then the menu is asked for again. */
	async #openMenu(): Promise<void> {
		for (let count = 0; count < DISMISSALS_MAX; count++) {
			await this.home();
			await this.#running.tap("menu");
			if (await this.#comes("menu")) return;
		}
	}

	/** True when the screen comes by itself, as most notices go by themselves. */
	async #comes(name: string): Promise<boolean> {
		try {
			await this.#running.until(name, (screen) => screen.name === name, PATIENCE_MS);
			return true;
		} catch {
			return false;
		}
	}

	/** Waits until the resting screen has this line and owes no print. */
	async untilHomeSays(line: string): Promise<void> {
		const owed = this.text.home.prints.replace("{count}", "").replace("!", "").trim();
		const isOwed = (text: string) => text.includes(owed);
		const stop = Date.now() + WAIT_MS;
		for (;;) {
			await this.home();
			const lines = (this.#running.screen?.lines ?? []).map(({ text }) => text);
			if (lines.some((text) => text.includes(line)) && !lines.some(isOwed)) return;
			if (Date.now() > stop)
				throw new CloseoutError("ENGINE", `waited for "${line}"; shown is ${lines.join(" / ")}`);
			await pause(LOOK_MS);
		}
	}

	/** A customer pays by card; done when the outcome is in the journal. */
	async sell(amountMinor: number): Promise<void> {
		const status = this.#payment.sell(amountMinor);
		this.#sales.push(status);
		await waitFor(`sale of ${amountMinor}: ${status.state}`, () => status.recorded);
		if (status.state !== "approved")
			throw new CloseoutError("ENGINE", `the sale of ${amountMinor} is ${status.state}`);
	}

	get isOn(): boolean {
		return this.#simulator?.isRunning === true;
	}

	/** Begins a sale and waits until it is over for the payment application, or the power is gone. */
	async trySale(amountMinor: number): Promise<void> {
		const status = this.#payment.sell(amountMinor);
		this.#sales.push(status);
		while (this.isOn && !isOver(status)) await pause(LOOK_MS);
	}

	/** Waits until no sale is left whose money moved and that the terminal has not confirmed to have recorded. */
	async untilSalesAreKnown(): Promise<void> {
		const open = () => this.#sales.filter((sale) => sale.state !== "asking" && !isOver(sale));
		await waitFor("the outcomes of all sales", () => open().length === 0);
	}

	/** The media as they are now: whole, and with every sale that was confirmed as recorded, once. */
	verifyMedia(): Promise<Reach> {
		return this.#books.verifyMedia(this.#sales);
	}

	/** A technician is let in by the service desk, plugs in and carries the journal away; its number of records. */
	async pullOverCable(): Promise<number> {
		await this.press("menu", "8");
		const asked = await this.until("the challenge", ({ name }) => name === "service-code");
		const digits = asked.lines.find(({ style }) => style === "input")?.text ?? "";
		const desk = ["response", "--terminal", TERMINAL, "--challenge", digits, "--by", "Li Wei"];
		const { response } = JSON.parse(await this.#books.ask("service", ...desk));
		for (const digit of String(response).replaceAll(/\D/g, "")) await this.press(keyOf(digit));
		await this.press("ok");
		await this.until("the technician's menu", ({ name }) => name === "service-menu");
		await this.press("3");
		const from = `127.0.0.1:${this.#servicePort}`;
		const out = this.#path("till.pieces");
		await this.#books.pull(from, out);
		const { last } = await this.#books.verifyFile(out);
		await this.press("3");
		await this.home();
		return last;
	}

	/** How many records the last head is over that the terminal has signed and the host has countersigned. */
	signedHead(): Promise<number> {
		return this.#books.signedHead();
	}

	async untilPaper(length: number): Promise<void> {
		await waitFor(`${length} lines on paper`, () => this.printer.length >= length);
	}

	async picture(name: string): Promise<void> {
		const { pictures } = this.#options;
		if (pictures === undefined) return;
		mkdirSync(pictures, { recursive: true });
		await pause(PAINT_MS);
		await this.#display?.picture(join(pictures, `${name}.png`));
	}

	/** Compares the books. Throws `ENGINE` when terminal, host, payment application and paper differ. */
	async report(): Promise<DayReport> {
		return { ...(await this.#books.compare(this.#sales)), lists: this.#lists() };
	}

	/** Leaves the terminal's media in a folder of their own, for who looks into what went wrong, and returns it. */
	keepMedia(): string {
		const folder = mkdtempSync(join(tmpdir(), "closeout-kept-"));
		cpSync(this.#path("till"), folder, { recursive: true });
		return folder;
	}

	async close(): Promise<void> {
		await this.#simulator?.kill();
		this.#host?.kill();
		this.#broker?.close();
		this.#display?.close();
		this.printer.close();
		this.#payment.close();
		rmSync(this.#folder, { recursive: true, force: true });
	}

	get #running(): Simulator {
		if (this.#simulator === undefined) throw new CloseoutError("USAGE", "the terminal is off");
		return this.#simulator;
	}

	#lists(): number {
		const lines = this.printer.paper.entries.map((entry) =>
			entry.kind === "line" ? entry.runs.map(({ text }) => text).join("") : "",
		);
		return lines.filter((line) => line.includes(paperZhCn.list.title)).length;
	}

	#path(name: string): string {
		return join(this.#folder, name);
	}

	async #prepare(): Promise<void> {
		for (const name of ["till", "host", "broker"]) mkdirSync(this.#path(name));
		const broker = await startBroker(this.#path("broker"), this.#path("till"));
		this.#broker = broker;
		const printerPort = await this.printer.start();
		const paymentPort = await this.#payment.start();
		this.#servicePort = await freePort();
		const tls = { ...tlsFiles, serverName: "localhost" };
		const plain = { host: "127.0.0.1", port: broker.plainPort };
		const settings = {
			terminal: TERMINAL,
			zoneMinutes: ZONE_MINUTES,
			managerPin: "1234",
			settings: { language: "zh-CN", paperColumns: 48 },
			broker: this.#options.tls ? { host: "127.0.0.1", port: broker.tlsPort, tls } : plain,
			printer: { tcp: { host: "127.0.0.1", port: printerPort } },
			paymentApp: { tcp: { host: "127.0.0.1", port: paymentPort } },
			service: { tcp: { port: this.#servicePort } },
		};
		writeFileSync(join(this.#path("till"), "terminal.json"), JSON.stringify(settings));
		const url = `mqtt://127.0.0.1:${broker.plainPort}`;
		const options = [
			"serve",
			"--json",
			"--port",
			"0",
			"--broker",
			url,
			"--data",
			this.#path("host"),
		];
		const host = spawn(process.execPath, [launcher, ...options], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		this.#host = host;
		await once(host.stdout, "data");
		this.#display = await XDisplay.open();
	}
}

/** Nothing more comes of it: refused or declined, or approved and recorded by the terminal. */
function isOver({ state, recorded }: SaleStatus): boolean {
	return state === "refused" || ((state === "approved" || state === "declined") && recorded);
}

function keyOf(digit: string): Key {
	const key = (["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] as const).find(
		(one) => one === digit,
	);
	if (key === undefined) throw new CloseoutError("USAGE", `"${digit}" is no digit`);
	return key;
}

async function waitFor(what: string, isSo: () => boolean): Promise<void> {
	const stop = Date.now() + WAIT_MS;
	while (!isSo()) {
		if (Date.now() > stop) throw new CloseoutError("ENGINE", `waited in vain for ${what}`);
		await pause(LOOK_MS);
	}
}
