import { toHex } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { compareCopies } from "./compare.ts";
import type { JournalCopy } from "./copy.ts";

/** Where a host stands with one journal. `chain` is hexadecimal. */
export interface HostHead {
	readonly terminal: string;
	readonly epoch: number;
	readonly watermark: number;
	readonly chain: string;
}

/**
 * How a copy stands to the host. `same`: they agree to the last record of both. `ahead`: the copy goes on.
 * `rollback`: the copy ends before the host does. `fork`: `sequence` is the first record that is known to differ.
 * `unknown`: the record to compare is lost.
 */
export interface HostVerdict {
	readonly type: "same" | "ahead" | "rollback" | "fork" | "unknown";
	readonly sequence: number;
	/** Of a fork the chains, else the last records of the copy and of the host. */
	readonly own: string | number;
	readonly host: string | number;
}

/** Heads as JSON: one object, an array of them, or one a line. Throws `SCHEMA` naming the file. */
export function readHeads(name: string, text: string): readonly HostHead[] {
	const values = parse(name, text).flat(1);
	return values.map((value, index) => {
		if (isHead(value)) return value;
		const message = `${name}: head ${index + 1} is not {terminal, epoch, watermark, chain}`;
		throw new CloseoutError("SCHEMA", message);
	});
}

function parse(name: string, text: string): readonly unknown[] {
	try {
		return [JSON.parse(text)];
	} catch {
		const lines = text.split("\n").filter((line) => line.trim() !== "");
		return lines.map((line, index) => {
			try {
				return JSON.parse(line);
			} catch (cause) {
				throw new CloseoutError("SCHEMA", `${name}:${index + 1}: this is no JSON`, { cause });
			}
		});
	}
}

function isHead(value: unknown): value is HostHead {
	if (typeof value !== "object" || value === null) return false;
	const { terminal, epoch, watermark, chain } = value as Partial<Record<keyof HostHead, unknown>>;
	const isNumbered = Number.isSafeInteger(epoch) && Number.isSafeInteger(watermark);
	return (
		isNumbered &&
		typeof terminal === "string" &&
		typeof chain === "string" &&
		/^[0-9a-f]{64}$/.test(chain)
	);
}

/** Compares a copy with the head of its own journal. Throws `NOT_FOUND` when there is none. */
export async function compareWithHead(
	copy: JournalCopy,
	heads: readonly HostHead[],
): Promise<HostVerdict> {
	const { terminal, epoch } = copy;
	const head = heads.find((one) => one.terminal === terminal && one.epoch === epoch);
	if (head === undefined)
		throw new CloseoutError("NOT_FOUND", `the heads have none of ${terminal}.${epoch}`);
	const { watermark, chain } = head;
	let last = 0;
	let own: string | undefined;
	for await (const item of copy.items()) {
		if (item.type !== "record") continue;
		last = item.record.sequence;
		if (last === watermark) own = toHex(item.record.chain);
	}
	if (own !== undefined && own !== chain)
		return { type: "fork", sequence: watermark, own, host: chain };
	return verdictOf(last, watermark, own !== undefined || watermark === 0);
}

/** Compares a copy with every record of the host. */
export async function compareWithHost(copy: JournalCopy, host: JournalCopy): Promise<HostVerdict> {
	const { fork, ranges, firstLast, secondLast } = await compareCopies(copy, host);
	if (fork !== undefined) {
		const chains = { own: toHex(fork.first.chain), host: toHex(fork.second.chain) };
		return { type: "fork", sequence: fork.sequence, ...chains };
	}
	const isMet = secondLast === 0 || ranges.some(({ type }) => type === "common");
	return verdictOf(firstLast, secondLast, isMet);
}

function verdictOf(own: number, host: number, isMet: boolean): HostVerdict {
	if (own < host) return { type: "rollback", sequence: own, own, host };
	if (!isMet) return { type: "unknown", sequence: host, own, host };
	return { type: own > host ? "ahead" : "same", sequence: host, own, host };
}
