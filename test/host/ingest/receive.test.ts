import test from "ava";
import { hmacSha256 } from "../../../host/digest.ts";
import type { IngestStore } from "../../../host/ingest/context.ts";
import { newCounters } from "../../../host/ingest/counters.ts";
import { Receiver } from "../../../host/ingest/receive.ts";
import { type CborValue, encodeCbor } from "../../../protocol/cbor.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { encodeUp, type UpBody, type UpType } from "../../../protocol/message.ts";
import type { TopicParts } from "../../../protocol/topic.ts";
import { desk, key, stream } from "./_desk.ts";

const { tenant, terminal } = key;
const topic: TopicParts = { tenant, terminal, leaf: "up" };
const other = new Uint8Array(32).fill(1);

function seal<K extends UpType>(
	type: K,
	body: UpBody<K>,
	{ epoch = 1, by = key.key, from = terminal } = {},
): Uint8Array {
	return encodeUp({ terminal: from, epoch }, type, body, { key: by, hmac: hmacSha256 });
}

/** A message made with the right key out of fields that are none. */
function sealedInner(fields: readonly CborValue[]): Uint8Array {
	const inner = encodeCbor(fields);
	return encodeCbor([inner, hmacSha256(key.key, inner)]);
}

const result = { hostSequence: 1, accepted: true, detail: "done" };
const good = seal("commandResult", result);
const enrolBody = { nonce: new Uint8Array(16), firmware: "test 1" };
const card = "4111111111111111";

function setUp(store: Partial<IngestStore> = {}) {
	let asked = 0;
	const made = desk({
		findKey: async (address) => {
			asked += 1;
			return address.terminal === terminal && address.epoch === 1 ? key : undefined;
		},
		enrolmentKeys: async (of, inTenant) =>
			of === terminal && inTenant === tenant
				? [
						{ terminal, number: 1, key: other },
						{ terminal, number: 2, key: key.key },
					]
				: [],
		...store,
	});
	const receiver = new Receiver(made.context);
	return Object.assign(made, {
		open: (payload: Uint8Array, at = topic) => receiver.open(at, payload),
		asked: () => asked,
	});
}

test("a message made with the terminal's key is opened", async (t) => {
	const { open, told, asked, context } = setUp();
	t.like(await open(good), {
		...{ type: "word", key },
		message: { type: "commandResult", ...stream, body: result },
	});
	await open(good);
	t.is(asked(), 1, "a key is looked for once");
	t.deepEqual(told, []);
	t.deepEqual(context.counters, newCounters());
});

test("a request to be enrolled is opened with the code's key that fits", async (t) => {
	const { open, told } = setUp();
	t.like(await open(seal("enrol", enrolBody, { epoch: 0 })), {
		...{ type: "enrol", key: { terminal, number: 2 }, message: { type: "enrol" } },
	});
	t.deepEqual(told, []);
});

test("what is not to be believed is counted, logged with its reason, and dropped", async (t) => {
	const cases = [
		[good.slice(0, -3), topic, "malformed", /./],
		[new Uint8Array([1, 2, 3]), topic, "malformed", /./],
		[sealedInner([1, 5, terminal, 1, "one", true, "done"]), topic, "malformed", /./],
		[seal("commandResult", result, { by: other }), topic, "forged", /./],
		[
			seal("commandResult", result, { from: "till-0002" }),
			topic,
			"wrongTopic",
			/^it says it is from till-0002$/,
		],
		[
			seal("commandResult", result, { epoch: 2 }),
			topic,
			"unknownTerminal",
			/^its epoch 2 is not known here$/,
		],
		[good, { ...topic, tenant: "mall" }, "unknownTerminal", /^its epoch 1 is not known here$/],
		[
			seal("enrol", enrolBody, { epoch: 0, by: new Uint8Array(32) }),
			topic,
			"forged",
			/^it is made with no open enrolment code of this terminal$/,
		],
		[
			seal("enrol", enrolBody, { epoch: 0 }),
			{ ...topic, tenant: "mall" },
			"forged",
			/^it is made with no open/,
		],
		[
			seal("commandResult", { ...result, detail: card }),
			topic,
			"cardData",
			/^it holds what looks like a card number$/,
		],
		[
			seal("enrol", { ...enrolBody, firmware: card }, { epoch: 0 }),
			topic,
			"cardData",
			/^it holds what looks like a card number$/,
		],
	] as const;
	for (const [index, [payload, at, counter, why]] of cases.entries()) {
		const { open, told, fields, context, sent } = setUp();
		t.is(await open(payload, at), undefined);
		const { counters } = context;
		const counted = Object.entries(counters).filter(([, count]) => count > 0);
		t.deepEqual(counted, [[counter, 1]], `case ${index}`);
		t.deepEqual(told, ["warn message refused"]);
		const [{ why: said, ...rest }] = fields as readonly [{ readonly why: string }];
		t.deepEqual(rest, { tenant: at.tenant, terminal });
		t.regex(said, why);
		t.deepEqual(sent(), []);
	}
});

test("records of a batch are not looked at here, so that the one concerned can be named", async (t) => {
	const { open } = setUp();
	const records = [{ kind: 1, flags: 1, payload: new TextEncoder().encode(card) }];
	const hash = new Uint8Array(32);
	const batch = seal("batch", { from: 1, previousChain: hash, records, endChain: hash });
	t.like(await open(batch), { type: "delivery", delivery: { type: "batch" } });
});

test("trouble of the database and mistakes of our own are not the sender's", async (t) => {
	for (const error of [new CloseoutError("STORE", "gone"), new RangeError("ours")]) {
		const failing = setUp({
			findKey: async () => {
				throw error;
			},
			enrolmentKeys: async () => {
				throw error;
			},
		});
		for (const payload of [good, seal("enrol", enrolBody, { epoch: 0 })])
			await t.throwsAsync(failing.open(payload), { is: error });
		t.deepEqual(failing.told, []);
	}
});

test("a stream without a key is looked for again, and a payload that is no bytes is our mistake", async (t) => {
	const { open, asked } = setUp();
	const unknown = seal("commandResult", result, { epoch: 2 });
	await open(unknown);
	await open(unknown);
	t.is(asked(), 2);
	const none: Uint8Array | undefined = undefined;
	await t.throwsAsync(open(none as unknown as Uint8Array), { instanceOf: TypeError });
});

/** Opens messages of these epochs, 9 not being known, with room for two keys; the epochs whose key was looked for. */
async function lookedFor(epochs: readonly number[]): Promise<readonly number[]> {
	const asked: number[] = [];
	const { context } = desk({
		findKey: async (address) => {
			asked.push(address.epoch);
			return address.epoch === 9 ? undefined : { ...key, ...address };
		},
	});
	const receiver = new Receiver(context, { keysMax: 2 });
	for (const epoch of epochs) await receiver.open(topic, seal("commandResult", result, { epoch }));
	return asked;
}

test("as many keys are kept as fit, the oldest goes first", async (t) => {
	t.deepEqual(await lookedFor([1, 2, 1, 2, 3, 2, 3, 1, 3, 2]), [1, 2, 3, 1, 2]);
});

test("streams that are not known push out no key", async (t) => {
	t.deepEqual(await lookedFor([1, 2, 9, 1, 2]), [1, 2, 9]);
});
