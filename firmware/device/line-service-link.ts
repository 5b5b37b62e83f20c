import type { ServiceLink } from "../core/port.ts";

/** Where a technician's computer is heard: a serial line, or a TCP port that one computer at a time may use. */
export interface ServiceLine {
	readonly isUp: boolean;
	read(): Uint8Array | undefined;
	write(bytes: Uint8Array): number;
	close(): void;
}

/** The technician's cable: a line that is there only while it is switched on. */
export class LineServiceLink implements ServiceLink {
	readonly #openLine: () => ServiceLine;
	#line: ServiceLine | undefined;

	constructor(openLine: () => ServiceLine) {
		this.#openLine = openLine;
	}

	open(): void {
		this.#line ??= this.#openLine();
	}

	read(): Uint8Array | undefined {
		return this.#line?.read();
	}

	write(bytes: Uint8Array): number {
		return this.#line?.write(bytes) ?? 0;
	}

	status(): "closed" | "waiting" | "connected" {
		if (this.#line === undefined) return "closed";
		return this.#line.isUp ? "connected" : "waiting";
	}

	close(): void {
		this.#line?.close();
		this.#line = undefined;
	}
}
