import test from "ava";
import fc from "fast-check";
import { type CborValue, encodeCbor } from "../../protocol/cbor.ts";
import { MESSAGE_BYTES_MAX } from "../../protocol/limits.ts";
import {
	type Address,
	commandNumbers,
	commandType,
	type DownBody,
	type DownMessage,
	type DownType,
	downMessages,
	encodeDown,
	encodeUp,
	isAuthentic,
	openEnvelope,
	readDown,
	readUp,
	type Sealing,
	type UpBody,
	type UpMessage,
	type UpType,
	upMessages,
} from "../../protocol/message.ts";
import vectors from "../../protocol/vectors/messages.json" with { type: "json" };
import { hmac } from "./_digest.ts";
import { bytesOf, hexOf, toJson } from "./_json.ts";

function read(direction: string, hex: string, sealing: Sealing): UpMessage | DownMessage {
	const envelope = openEnvelope(bytesOf(hex));
	return direction === "up" ? readUp(envelope, sealing) : readDown(envelope, sealing);
}

type Up<K extends UpType> = {
	[P in K]: Address & { readonly type: P; readonly body: UpBody<P> };
}[K];
type Down<K extends DownType> = {
	[P in K]: Address & { readonly type: P; readonly body: DownBody<P> };
}[K];

function upAgain<K extends UpType>(message: Up<K>, sealing: Sealing): Uint8Array {
	return encodeUp<K>(message, message.type, message.body, sealing);
}

function downAgain<K extends DownType>(message: Down<K>, sealing: Sealing): Uint8Array {
	return encodeDown<K>(message, message.type, message.body, sealing);
}

for (const { name, direction, key, hex, ...expected } of vectors.good) {
	test(`good: ${name}`, (t) => {
		const sealing = { key: bytesOf(key), hmac };
		const envelope = openEnvelope(bytesOf(hex));
		t.true(isAuthentic(envelope, sealing));
		const message = direction === "up" ? readUp(envelope, sealing) : readDown(envelope, sealing);
		t.deepEqual(toJson(message), expected);
		const again =
			direction === "up"
				? upAgain(readUp(envelope, sealing), sealing)
				: downAgain(readDown(envelope, sealing), sealing);
		t.is(hexOf(again), hex);
	});
}

for (const { name, direction, hex, error } of vectors.bad) {
	test(`bad: ${name}`, (t) => {
		t.throws(() => read(direction, hex, { key: bytesOf(vectors.key), hmac }), { code: error });
	});
}

test("every type has a vector, and types below 64 come from terminals", (t) => {
	const types = vectors.good.map(({ type }) => type);
	const known = [...Object.keys(upMessages), ...Object.keys(downMessages)];
	t.deepEqual([...new Set(types)].sort(), known.sort());
	const up = Object.values(upMessages).map(({ number }) => number);
	const down = Object.values(downMessages).map(({ number }) => number);
	t.true(up.every((number) => number >= 1 && number < 64));
	t.true(down.every((number) => number >= 64 && number < 128));
	t.is(new Set([...up, ...down]).size, known.length);
});

test("a message is refused by the side that it does not go to", (t) => {
	for (const { direction, key, hex, name } of vectors.good) {
		const other = direction === "up" ? "down" : "up";
		t.throws(() => read(other, hex, { key: bytesOf(key), hmac }), { code: "SCHEMA" }, name);
	}
});

test("every proper prefix is refused before its mac is looked at", (t) => {
	for (const { name, hex } of vectors.good) {
		const bytes = bytesOf(hex);
		for (let length = 0; length < bytes.length; length++) {
			const cut = bytes.subarray(0, length);
			t.throws(() => openEnvelope(cut), { code: "CBOR_MALFORMED" }, `${name} cut at ${length}`);
		}
	}
});

test("one changed bit anywhere is noticed", (t) => {
	const index = fc.integer({ min: 0, max: vectors.good.length - 1 });
	fc.assert(
		fc.property(index, fc.nat(), fc.integer({ min: 0, max: 7 }), (which, place, bit) => {
			const vector = vectors.good[which];
			if (vector === undefined) return;
			const bytes = bytesOf(vector.hex);
			const at = place % bytes.length;
			bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
			const sealing = { key: bytesOf(vector.key), hmac };
			t.throws(() => read(vector.direction, hexOf(bytes), sealing), { name: "CloseoutError" });
		}),
		{ numRuns: 500 },
	);
});

test("what is no message at all is refused with what it should have been", (t) => {
	const mac = new Uint8Array(32);
	const inner = encodeCbor([1, 66, "shop-0001", 1, 5, mac]);
	const cases: readonly (readonly [value: CborValue, message: string | RegExp])[] = [
		[null, "message: not [inner, mac]"],
		[inner, "message: not [inner, mac]"],
		[[], "message: not [inner, mac]"],
		[[inner], "message: not [inner, mac]"],
		[[inner, mac, null], "message: not [inner, mac]"],
		[["inner", mac], /^message\.inner: /],
		[[new Uint8Array(0), mac], /^message\.inner: /],
		[[inner, mac.slice(1)], /^message\.mac: /],
		[[encodeCbor(null), mac], "message.inner: not an array"],
		[[encodeCbor("1"), mac], "message.inner: not an array"],
		[[encodeCbor([]), mac], /^message version undefined; /],
		[[encodeCbor([2, 66, "shop-0001", 1]), mac], /^message version 2; /],
		[[encodeCbor([1]), mac], /^message\.type: /],
		[[encodeCbor([1, 256, "shop-0001", 1]), mac], /^message\.type: /],
		[[encodeCbor([1, 66]), mac], /^message\.terminal: /],
		[[encodeCbor([1, 66, "shop-0001"]), mac], /^message\.epoch: /],
	];
	for (const [value, message] of cases) {
		t.throws(() => openEnvelope(encodeCbor(value)), { code: "SCHEMA", message });
	}
	t.is(openEnvelope(encodeCbor([inner, mac])).number, 66);
});

test("a mac of another length is no mac", (t) => {
	const [vector] = vectors.good;
	if (vector === undefined) return t.fail();
	const envelope = openEnvelope(bytesOf(vector.hex));
	const empty = () => new Uint8Array(0);
	t.false(isAuthentic(envelope, { key: bytesOf(vector.key), hmac: empty }));
});

test("a message is bounded both ways", (t) => {
	t.throws(() => openEnvelope(new Uint8Array(MESSAGE_BYTES_MAX + 1)), { code: "LIMIT" });
	const hash = new Uint8Array(32);
	const record = { kind: 1, flags: 0, payload: new Uint8Array(1_000) };
	const batch = (count: number) =>
		encodeUp(
			{ terminal: "shop-0001", epoch: 1 },
			"batch",
			{ from: 1, previousChain: hash, records: new Array(count).fill(record), endChain: hash },
			{ key: hash, hmac },
		);
	t.true(batch(16).length <= MESSAGE_BYTES_MAX);
	t.throws(() => batch(17), { code: "LIMIT" });

	const withLast = (length: number) => {
		const last = { ...record, payload: new Uint8Array(length) };
		const records = [...new Array(15).fill(record), last, last];
		return encodeUp(
			{ terminal: "shop-0001", epoch: 1 },
			"batch",
			{ from: 1, previousChain: hash, records, endChain: hash },
			{ key: hash, hmac },
		);
	};
	// Payloads of 256 to 1,000 bytes have heads of one length, so the rest is arithmetic.
	const room = MESSAGE_BYTES_MAX - withLast(300).length;
	t.is(room % 2, 0);
	const full = withLast(300 + room / 2);
	t.is(full.length, MESSAGE_BYTES_MAX);
	t.is(openEnvelope(full).number, 3);
	t.throws(() => withLast(301 + room / 2), { code: "LIMIT" });
});

test("an address that is none is refused when written", (t) => {
	const sealing = { key: new Uint8Array(32), hmac };
	const nak = { from: 1, to: 1 };
	t.throws(() => encodeDown({ terminal: "Shop/1", epoch: 1 }, "nak", nak, sealing), {
		code: "SCHEMA",
		message: /^message\.terminal/,
	});
	t.throws(() => encodeDown({ terminal: "shop-0001", epoch: -1 }, "nak", nak, sealing), {
		code: "SCHEMA",
		message: /^message\.epoch/,
	});
});

test("the journal and the wire number commands alike", (t) => {
	for (const name of commandType.names) t.is(commandType.encode(name, "x"), commandNumbers[name]);
});
