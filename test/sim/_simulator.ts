import { type ChildProcess, execFile, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Key, Screen } from "../../firmware/core/port.ts";
import { layOut } from "../../firmware/device/screen-layout.ts";
import {
	findTarget,
	moddableEnvironment,
	moddableFolder,
	outputOf,
} from "../../manifests/build.ts";
import { CloseoutError } from "../../protocol/error.ts";

const run = promisify(execFile);

/** The simulated device's screen, and where the simulator's window has it on an X display of 1100 by 800. */
const SHAPE = { width: 240, height: 320 };
const ORIGIN = { x: 349, y: 82 };
const WAIT_MS = 60_000;

/** An X display in memory. */
export class XDisplay {
	readonly #process: ChildProcess;
	readonly name: string;

	private constructor(process: ChildProcess, number: string) {
		this.#process = process;
		this.name = `:${number}`;
	}

	static async open(): Promise<XDisplay> {
		const options = ["-displayfd", "3", "-screen", "0", "1100x800x24", "-nolisten", "tcp"];
		const process = spawn("Xvfb", options, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
		const pipe = process.stdio[3];
		if (pipe === null || pipe === undefined) throw new CloseoutError("ENGINE", "Xvfb has no pipe");
		const [number]: unknown[] = await once(pipe, "data");
		return new XDisplay(process, String(number).trim());
	}

	/** A picture of the device's screen. */
	async picture(path: string): Promise<void> {
		const crop = `${SHAPE.width}x${SHAPE.height}+${ORIGIN.x}+${ORIGIN.y}`;
		const env = { ...process.env, DISPLAY: this.name };
		await run("import", ["-window", "root", "-crop", crop, "+repage", path], { env });
	}

	close(): void {
		this.#process.kill();
	}
}

/** One life of the simulator: from its start until it ends or is killed. */
export class Simulator {
	readonly #process: ChildProcess;
	readonly #display: XDisplay;
	readonly #news = new EventEmitter();
	readonly #end = new AbortController();
	readonly screens: Screen[] = [];
	readonly log: string[] = [];

	constructor(display: XDisplay, folder: string) {
		const sdk = moddableFolder();
		// The simulator copies what it runs here, and does not make the folder.
		mkdirSync(join(folder, ".config/tech.moddable.mcsim"), { recursive: true });
		this.#display = display;
		this.#process = spawn("mcsim", [`${sdk}/build/simulators`, outputOf(findTarget("simulator"))], {
			env: {
				...moddableEnvironment(sdk),
				DISPLAY: display.name,
				// The simulator keeps its window's place in the home folder.
				HOME: folder,
				CLOSEOUT_DATA: folder,
				CLOSEOUT_TELL: "screens",
			},
			stdio: ["ignore", "ignore", "pipe"],
		});
		const { stderr } = this.#process;
		if (stderr === null) throw new CloseoutError("ENGINE", "the simulator has no standard error");
		this.#process.once("exit", () => this.#end.abort());
		createInterface({ input: stderr }).on("line", (line) => this.#hear(line));
	}

	get screen(): Screen | undefined {
		return this.screens.at(-1);
	}

	get isRunning(): boolean {
		return !this.#end.signal.aborted;
	}

	/** Waits until the screen shown fits. Throws `ENGINE` with what was shown when none does in time or it ends. */
	async until(
		what: string,
		fits: (screen: Screen) => boolean,
		waitMs: number = WAIT_MS,
	): Promise<Screen> {
		const stop = AbortSignal.any([this.#end.signal, AbortSignal.timeout(waitMs)]);
		for (;;) {
			if (this.screen !== undefined && fits(this.screen)) return this.screen;
			try {
				await once(this.#news, "screen", { signal: stop });
			} catch (cause) {
				const shown = JSON.stringify(this.screen);
				const before = this.screens
					.slice(-12)
					.map(({ name }) => name)
					.join(" ");
				const told = this.log.slice(-10).join("\n");
				throw new CloseoutError(
					"ENGINE",
					`waited for ${what}; shown is ${shown} after ${before}\n${told}`,
					{
						cause,
					},
				);
			}
		}
	}

	/** Touches the place of a key on the screen shown, and waits for the screen to change. */
	async tap(key: Key): Promise<void> {
		const { screen } = this;
		const zone = screen && layOut(screen, SHAPE).zones.findLast(({ press }) => press === key);
		if (zone === undefined)
			throw new CloseoutError("ENGINE", `${key} is not on ${JSON.stringify(screen)}`);
		const before = this.screens.length;
		const x = ORIGIN.x + zone.x + Math.floor(zone.width / 2);
		const y = ORIGIN.y + zone.y + Math.floor(zone.height / 2);
		const env = { ...process.env, DISPLAY: this.#display.name };
		await run("xdotool", ["mousemove", `${x}`, `${y}`, "click", "1"], { env });
		await this.until(`an answer to ${key}`, () => this.screens.length > before);
	}

	async type(keys: readonly Key[]): Promise<void> {
		for (const key of keys) await this.tap(key);
	}

	/** The power goes. */
	async kill(): Promise<void> {
		if (!this.isRunning) return;
		const ended = once(this.#process, "exit");
		this.#process.kill("SIGKILL");
		await ended;
	}

	#hear(line: string): void {
		if (!line.startsWith("screen ")) {
			this.log.push(line);
			return;
		}
		this.screens.push(JSON.parse(line.slice("screen ".length)));
		this.#news.emit("screen");
	}
}
