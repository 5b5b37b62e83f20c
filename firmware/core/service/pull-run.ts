import { assert, CloseoutError } from "../../../protocol/error.ts";
import type { Address } from "../../../protocol/message.ts";
import { encodeSourceMessage } from "../../../protocol/pull.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import { type OutboxReader, parcelFrom } from "../sync/outbox.ts";

/** A journal that records are pulled out of. */
export interface PullSource extends Address {
	readonly outbox: OutboxReader;
	readonly firmware: string;
	/** False in safe mode, where a pull leaves no trace. */
	readonly isWritable: boolean;
	/** Notes a pull before its first piece; false when nothing can be written. */
	note(pull: RecordBody<"pull">): boolean;
}

export interface PullRequest {
	/** Repeated in the answer. */
	readonly request: number;
	/** Null: from the oldest record, to the newest. */
	readonly from: number | null;
	readonly to: number | null;
}

/** Who pulls, and over what. */
export type Puller = Pick<RecordBody<"pull">, "by" | "via">;

/** Records `from` to `to` on their way out. It keeps no place: whoever sends says which piece comes next. */
export class PullRun {
	readonly from: number;
	readonly to: number;
	readonly #source: PullSource;
	readonly #request: number;
	readonly #journalled: boolean;

	/** Notes the pull in the journal. Throws `NOT_FOUND` for a range that the journal does not keep. */
	constructor(source: PullSource, { request, from, to }: PullRequest, puller: Puller) {
		const { outbox } = source;
		const first = outbox.first();
		const last = outbox.head().sequence;
		this.from = from ?? first;
		this.to = Math.min(to ?? last, last);
		if (this.from < first || this.from > last + 1 || this.to < this.from - 1)
			throw new CloseoutError("NOT_FOUND", `this journal keeps records ${first} to ${last}`);
		this.#source = source;
		this.#request = request;
		const pull = { ...puller, from: this.from, to: this.to };
		this.#journalled = this.to < this.from ? source.isWritable : source.note(pull);
	}

	begin(): Uint8Array {
		const { terminal, epoch } = this.#source;
		return encodeSourceMessage("begin", {
			request: this.#request,
			terminal,
			epoch,
			from: this.from,
			to: this.to,
			journalled: this.#journalled,
		});
	}

	/** The piece that begins with a record, and the last record that it accounts for. */
	pieceFrom(from: number): { readonly message: Uint8Array; readonly end: number } {
		const { outbox } = this.#source;
		const parcel = parcelFrom(outbox, from, this.to);
		if (parcel.type === "batch")
			return { message: encodeSourceMessage("piece", parcel.body), end: parcel.end };
		// What is left behind a loss may lie beyond the range.
		const loss = parcelFrom(outbox, from, outbox.head().sequence);
		assert(loss.type === "loss", `record ${from} is destroyed and is not`);
		return { message: encodeSourceMessage("loss", loss.body), end: loss.end };
	}
}

/** Where the journal stands, for the reader's question. */
export function statusMessage(source: PullSource, request: number): Uint8Array {
	const { outbox, terminal, epoch, firmware, isWritable } = source;
	const head = outbox.head();
	return encodeSourceMessage("status", {
		request,
		terminal,
		epoch,
		firmware,
		first: outbox.first(),
		last: head.sequence,
		watermark: outbox.watermark().sequence,
		chain: head.chain,
		journalled: isWritable,
	});
}
