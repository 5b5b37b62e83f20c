import { createReadStream } from "node:fs";
import type { ExecutionContext } from "ava";
import type { MoneyRow } from "../../host/core/row.ts";
import {
	type ParseOptions,
	readStatement,
	type StatementParser,
	type StatementSource,
	type StatementSummary,
} from "../../host/statement/statement.ts";
import { hasSamples, samples } from "../_helper/samples.ts";

/** A text as a file that arrives in pieces of `size` bytes. */
export function textSource(name: string, text: string, size = 7): StatementSource {
	return { name, bytes: pieces(new TextEncoder().encode(text), size) };
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Bytes as a file that arrives in pieces of `size` bytes. */
export function byteSource(name: string, bytes: Uint8Array, size = 1_000): StatementSource {
	return { name, bytes: pieces(bytes, size) };
}

/** The fixtures of statement formats. */
export const statementFixtures = new URL("../fixture/statement/", import.meta.url);

export function fileSource(url: URL): StatementSource {
	return { name: url.pathname.split("/").at(-1) ?? "", bytes: createReadStream(url) };
}

/** The folder of shared sample files; undefined, with a message in the test's log, where it is absent. */
export function sharedData(t: ExecutionContext, folder: string): URL | undefined {
	if (hasSamples(folder)) return samples(folder);
	t.log(`skipped: there are no sample files in ../shared/data/${folder}`);
	t.pass();
	return undefined;
}

export async function collect(
	parser: StatementParser,
	source: StatementSource,
	options?: ParseOptions,
): Promise<{ rows: MoneyRow[]; summary: StatementSummary }> {
	const rows: MoneyRow[] = [];
	const keep = (row: MoneyRow) => {
		rows.push(row);
	};
	const summary = await readStatement(parser, source, keep, options);
	return { rows, summary };
}
