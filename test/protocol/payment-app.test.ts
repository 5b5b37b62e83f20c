import test from "ava";
import {
	type AppBody,
	type AppMessage,
	type AppMessageType,
	appMessages,
	type CoreBody,
	type CoreMessage,
	type CoreMessageType,
	coreMessages,
	decodeAppMessage,
	decodeCoreMessage,
	encodeAppMessage,
	encodeCoreMessage,
} from "../../protocol/payment-app.ts";
import vectors from "../../protocol/vectors/payment-app.json" with { type: "json" };
import { bytesOf, hexOf, toJson } from "./_json.ts";

type App<K extends AppMessageType> = {
	[P in K]: { readonly type: P; readonly body: AppBody<P> };
}[K];
type Core<K extends CoreMessageType> = {
	[P in K]: { readonly type: P; readonly body: CoreBody<P> };
}[K];

function appAgain<K extends AppMessageType>(message: App<K>): Uint8Array {
	return encodeAppMessage<K>(message.type, message.body);
}

function coreAgain<K extends CoreMessageType>(message: Core<K>): Uint8Array {
	return encodeCoreMessage<K>(message.type, message.body);
}

function read(from: string, bytes: Uint8Array): AppMessage | CoreMessage {
	return from === "app" ? decodeAppMessage(bytes) : decodeCoreMessage(bytes);
}

for (const { name, from, hex, ...expected } of vectors.good) {
	test(`good: ${name}`, (t) => {
		const bytes = bytesOf(hex);
		t.deepEqual(toJson(read(from, bytes)), expected);
		const again =
			from === "app" ? appAgain(decodeAppMessage(bytes)) : coreAgain(decodeCoreMessage(bytes));
		t.is(hexOf(again), hex);
	});
}

for (const { name, from, hex, error } of vectors.bad) {
	test(`bad: ${name}`, (t) => {
		t.throws(() => read(from, bytesOf(hex)), { code: error });
	});
}

test("every type has a vector, and the sides share no number", (t) => {
	const types = new Set(vectors.good.map(({ type }) => type));
	const known = [...Object.keys(appMessages), ...Object.keys(coreMessages)];
	t.deepEqual([...types].sort(), known.sort());
	const numbers = [...Object.values(appMessages), ...Object.values(coreMessages)].map(
		({ number }) => number,
	);
	t.is(new Set(numbers).size, numbers.length);
});

test("every proper prefix is refused", (t) => {
	for (const { name, from, hex } of vectors.good) {
		const bytes = bytesOf(hex);
		for (let length = 0; length < bytes.length; length++) {
			const cut = bytes.subarray(0, length);
			t.throws(() => read(from, cut), { code: "CBOR_MALFORMED" }, `${name} cut at ${length}`);
		}
	}
});
