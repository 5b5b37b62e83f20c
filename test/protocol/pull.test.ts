import test from "ava";
import { encodeCbor } from "../../protocol/cbor.ts";
import {
	decodeReaderMessage,
	decodeSourceMessage,
	encodeReaderMessage,
	encodeSourceMessage,
	type ReaderBody,
	type ReaderType,
	readerMessages,
	type SourceBody,
	type SourceType,
	sourceMessages,
} from "../../protocol/pull.ts";
import vectors from "../../protocol/vectors/pull.json" with { type: "json" };
import { bytesOf, hexOf, toJson } from "./_json.ts";

type Reader<K extends ReaderType> = {
	[P in K]: { readonly type: P; readonly body: ReaderBody<P> };
}[K];
type Source<K extends SourceType> = {
	[P in K]: { readonly type: P; readonly body: SourceBody<P> };
}[K];

function readerAgain<K extends ReaderType>({ type, body }: Reader<K>): Uint8Array {
	return encodeReaderMessage<K>(type, body);
}

function sourceAgain<K extends SourceType>({ type, body }: Source<K>): Uint8Array {
	return encodeSourceMessage<K>(type, body);
}

function read(from: string, bytes: Uint8Array) {
	return from === "reader" ? decodeReaderMessage(bytes) : decodeSourceMessage(bytes);
}

for (const { name, from, hex, ...expected } of vectors.good) {
	test(`good: ${name}`, (t) => {
		const bytes = bytesOf(hex);
		t.deepEqual(toJson(read(from, bytes)), expected);
		const again =
			from === "reader"
				? readerAgain(decodeReaderMessage(bytes))
				: sourceAgain(decodeSourceMessage(bytes));
		t.is(hexOf(again), hex);
	});
}

for (const { name, from, hex, error } of vectors.bad) {
	test(`bad: ${name}`, (t) => {
		t.throws(() => read(from, bytesOf(hex)), { code: error });
	});
}

test("what is no array of version and number is no message", (t) => {
	for (const item of [5, "ab", [], [1], [1, "1"], [1, null]]) {
		t.throws(() => decodeReaderMessage(encodeCbor(item)), {
			code: "SCHEMA",
			message: "a message is an array of version, number and fields",
		});
	}
});

test("every type has a vector, and the sides share no number", (t) => {
	const all = { ...readerMessages, ...sourceMessages };
	const types = new Set(vectors.good.map(({ type }) => type));
	t.deepEqual([...types].sort(), Object.keys(all).sort());
	const numbers = [...Object.values(readerMessages), ...Object.values(sourceMessages)].map(
		({ number }) => number,
	);
	t.is(new Set(numbers).size, numbers.length);
});
