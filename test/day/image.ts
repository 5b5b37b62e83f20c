import { Journal } from "../../firmware/core/journal/journal.ts";
import type { Storage } from "../../firmware/core/port.ts";
import { equalBytes } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { genesisChain, nextChain } from "../../protocol/media.ts";
import { digest, sha256 } from "../_helper/digest.ts";
import { Flash } from "../emulator/storage.ts";

export interface ImageReport {
	readonly lastSequence: number;
	readonly lastChain: Uint8Array;
	/** What is wrong with it, in words; empty for an image that is whole. */
	readonly problems: readonly string[];
}

/** Reads every record of a storage image that was taken after an orderly end, without changing a byte of it. */
export function verifyImage(image: Uint8Array, terminal: string): ImageReport {
	const journal = new Journal({
		storage: new ImageStorage(image),
		digest,
		log: { write: () => {} },
		snapshot: () => new Uint8Array(),
	});
	const report = journal.open();
	const problems: string[] = [];
	if (!report.clean) problems.push("the journal was not closed in order");
	if (report.terminalId !== terminal) problems.push(`it belongs to ${report.terminalId}`);
	if (report.firstSequence !== 1) problems.push(`it begins with record ${report.firstSequence}`);
	let chain = genesisChain(report.terminalId, report.epoch, sha256);
	let expected = 1;
	journal.scan(
		1,
		report.lastSequence,
		(sequence, record) => {
			chain = nextChain(chain, record, sha256);
			if (sequence !== expected) problems.push(`record ${expected} is followed by ${sequence}`);
			if (!equalBytes(chain, record.chain)) problems.push(`record ${sequence} has another chain`);
			expected = sequence + 1;
			return true;
		},
		({ from, to }) => {
			problems.push(`records ${from} to ${to} are destroyed`);
			return true;
		},
	);
	if (expected !== report.lastSequence + 1) problems.push(`it ends before record ${expected}`);
	return { lastSequence: report.lastSequence, lastChain: chain, problems };
}

/** An image as media that can only be read. */
class ImageStorage implements Storage {
	readonly #image: Uint8Array;

	constructor(image: Uint8Array) {
		this.#image = image;
	}

	read(offset: number, length: number): Uint8Array {
		return this.#image.slice(offset, offset + length);
	}

	write(): void {
		throw new CloseoutError("STORAGE_WRITE", "an image is verified without being changed");
	}

	erase(): void {
		throw new CloseoutError("STORAGE_ERASE", "an image is verified without being changed");
	}

	sync(): void {}

	geometry() {
		return new Flash({ sizeBytes: this.#image.length }).geometry();
	}
}
