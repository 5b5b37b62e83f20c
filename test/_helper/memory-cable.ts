import type { ServiceLink } from "../../firmware/core/port.ts";
import { concatBytes } from "../../protocol/bytes.ts";
import {
	decodeSourceMessage,
	encodeReaderMessage,
	type ReaderBody,
	type ReaderType,
	type SourceMessage,
} from "../../protocol/pull.ts";
import { encodePullFrame, PullFrames } from "../../protocol/pull-frame.ts";

/** A cable in memory, with a computer at its other end that a test speaks for. */
export class MemoryCable implements ServiceLink {
	isPlugged = true;
	isOpen = false;
	/** Bytes that the cable still takes; a test gives more. */
	room = Number.POSITIVE_INFINITY;
	#toTerminal: Uint8Array[] = [];
	#toComputer: Uint8Array = new Uint8Array(0);

	open(): void {
		this.isOpen = true;
	}

	close(): void {
		this.isOpen = false;
		this.#toTerminal = [];
	}

	status(): "closed" | "waiting" | "connected" {
		if (!this.isOpen) return "closed";
		return this.isPlugged ? "connected" : "waiting";
	}

	read(): Uint8Array | undefined {
		return this.#toTerminal.shift();
	}

	write(bytes: Uint8Array): number {
		const taken = Math.min(bytes.length, this.room);
		this.#toComputer = concatBytes(this.#toComputer, bytes.subarray(0, taken));
		this.room -= taken;
		return taken;
	}

	say(bytes: Uint8Array): void {
		if (this.isOpen) this.#toTerminal.push(bytes);
	}

	ask<K extends ReaderType>(type: K, body: ReaderBody<K>): void {
		this.say(encodePullFrame(encodeReaderMessage(type, body)));
	}

	/** How many bytes have come since the last `take`. */
	get waitingBytes(): number {
		return this.#toComputer.length;
	}

	/** The messages that have come whole; the rest is thrown away. */
	take(): readonly SourceMessage[] {
		const frames = new PullFrames();
		frames.push(this.#toComputer);
		this.#toComputer = new Uint8Array(0);
		const messages: SourceMessage[] = [];
		for (let found = frames.next(); found !== undefined; found = frames.next())
			messages.push(decodeSourceMessage(found));
		return messages;
	}
}
