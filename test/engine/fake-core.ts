import type { Ports } from "../../firmware/core/port.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { Boot, Core } from "../emulator/engine/core.ts";

/**
 * A core that does to its ports what a query tells it: `["storage", "read", 0, 4]` calls that member and
 * returns the result, or the code and message of the error. Byte strings travel as `{ bytes: number[] }`.
 */
export const boot: Boot = (ports, options) => new FakeCore(ports, options);

class FakeCore implements Core {
	readonly #ports: Ports;
	readonly #options: unknown;
	#steps = 0;

	constructor(ports: Ports, options: unknown) {
		this.#ports = ports;
		this.#options = options;
	}

	start(): void {
		this.#ports.log.write("info", "STARTED", JSON.stringify(this.#options));
	}

	/** Appends its number to the media; the third step has nothing more to do. */
	step(): number {
		this.#steps += 1;
		this.#ports.storage.write(this.#steps, Uint8Array.of(this.#steps));
		this.#ports.storage.sync();
		return this.#steps < 3 ? 100 * this.#steps : Number.POSITIVE_INFINITY;
	}

	query(request: unknown): unknown {
		if (!Array.isArray(request)) throw new TypeError("a query is a list");
		const [port, member, ...values]: unknown[] = request;
		if (port === "swallow") return this.#swallow();
		if (port === "globals") return Object.getOwnPropertyNames(globalThis);
		if (port === "compute") return compute(Number(member));
		try {
			return outward(this.#call(`${port}`, `${member}`, values.map(inward)));
		} catch (error) {
			if (error instanceof CloseoutError) return { code: error.code, message: error.message };
			throw error;
		}
	}

	close(): void {
		this.#ports.log.write("info", "CLOSED", "");
	}

	#call(port: string, member: string, values: unknown[]): unknown {
		const target: unknown = Reflect.get(this.#ports, port);
		if (typeof target !== "object" || target === null) throw new TypeError(`no port ${port}`);
		const found: unknown = Reflect.get(target, member);
		if (typeof found !== "function") throw new TypeError(`no member ${port}.${member}`);
		return Reflect.apply(found, target, values);
	}

	/** A core that takes every failure lightly and goes on. */
	#swallow(): string {
		for (let sector = 0; sector < 3; sector += 1) {
			try {
				this.#ports.storage.erase(sector);
			} catch {
				// The next sector is tried all the same.
			}
		}
		return "went on";
	}
}

/** Work without any port. */
function compute(rounds: number): number {
	let state = 1;
	for (let round = 0; round < rounds; round += 1) state = (state * 48_271) % 2_147_483_647;
	return state;
}

/** Byte strings of a query, at any depth, become what ports take; `null` becomes `undefined`. */
function inward(value: unknown): unknown {
	if (value === null) return undefined;
	if (typeof value !== "object" || Array.isArray(value)) return value;
	if ("bytes" in value && Array.isArray(value.bytes)) return Uint8Array.from(value.bytes);
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inward(item)]));
}

function outward(value: unknown): unknown {
	if (value instanceof Uint8Array) return { bytes: [...value] };
	if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, outward(item)]));
}
