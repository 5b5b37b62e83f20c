import { equalBytes } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { WireRecord } from "../../protocol/message.ts";
import type { Piece } from "../../protocol/pull.ts";
import { recordHash } from "../digest.ts";

/** A record of a piece, with its place in the stream. */
export interface PulledRecord extends WireRecord {
	readonly sequence: number;
	readonly chain: Uint8Array;
}

/**
 * Proves pieces one after another: each begins where the one before ended, in sequence and in chain. The chain
 * before the first piece is taken as the terminal tells it.
 */
export class PieceChain {
	#next: number;
	#chain: Uint8Array | undefined;

	constructor(from: number) {
		this.#next = from;
	}

	/** The record that the next piece begins with. */
	get next(): number {
		return this.#next;
	}

	/** The chain after the record before it; undefined before the first piece. */
	get chain(): Uint8Array | undefined {
		return this.#chain;
	}

	/** The records of a piece. Throws `CHAIN_BROKEN`, and takes nothing, when it does not go on from here. */
	take(piece: Piece): readonly PulledRecord[] {
		const { from } = piece.body;
		if (from !== this.#next) {
			throw new CloseoutError(
				"CHAIN_BROKEN",
				`a piece begins at record ${from}, not ${this.#next}`,
			);
		}
		return piece.type === "piece" ? this.#takeRecords(piece.body) : this.#takeLoss(piece.body);
	}

	#takeRecords(body: Extract<Piece, { type: "piece" }>["body"]): readonly PulledRecord[] {
		const { from, previousChain, records, endChain } = body;
		if (this.#chain !== undefined && !equalBytes(this.#chain, previousChain))
			throw broken(from, "does not follow the records before it");
		let chain = previousChain;
		const taken = records.map((record, index) => {
			const sequence = from + index;
			chain = recordHash(chain, sequence, record);
			return { ...record, sequence, chain };
		});
		if (taken.length === 0 || !equalBytes(chain, endChain))
			throw broken(from, "does not end in the chain that it names");
		this.#next = from + taken.length;
		this.#chain = chain;
		return taken;
	}

	/** Nothing can prove what follows a loss: it is taken as the terminal has kept it, as the host does. */
	#takeLoss(body: Extract<Piece, { type: "loss" }>["body"]): readonly PulledRecord[] {
		const { from, to, next, nextChain } = body;
		if (to < from) throw broken(from, "tells of a loss that ends before it begins");
		const taken = next === null ? [] : [{ ...next, sequence: to + 1, chain: nextChain }];
		this.#next = to + 1 + taken.length;
		this.#chain = nextChain;
		return taken;
	}
}

function broken(from: number, what: string): CloseoutError {
	return new CloseoutError("CHAIN_BROKEN", `the piece from record ${from} ${what}`);
}
