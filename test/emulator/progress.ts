import { Writable } from "node:stream";

/** Says on a terminal what is being started, a line each, with a tick when it stands. */
export class Progress {
	readonly #out: NodeJS.WritableStream & { readonly isTTY?: boolean };

	constructor(out: NodeJS.WritableStream & { readonly isTTY?: boolean }) {
		this.#out = out;
	}

	/** Runs a step; `say` of it adds a remark to its line. A failure is marked and goes on to the caller. */
	async step<T>(label: string, run: (say: (remark: string) => void) => Promise<T>): Promise<T> {
		if (this.#out.isTTY === true) this.#out.write(`  ${label} …`);
		let remark = "";
		try {
			const result = await run((text) => {
				remark = text;
			});
			this.#end(`✔ ${label}${remark === "" ? "" : `: ${remark}`}`);
			return result;
		} catch (error) {
			this.#end(`✘ ${label}`);
			throw error;
		}
	}

	line(text: string): void {
		this.#out.write(`${text}\n`);
	}

	#end(line: string): void {
		this.#out.write(`${this.#out.isTTY === true ? "\r\u001b[K" : ""}${line}\n`);
	}
}

/** Says nothing, for tests. */
export const silentProgress = new Progress(
	new Writable({
		write: (_chunk, _encoding, done) => done(),
	}),
);
