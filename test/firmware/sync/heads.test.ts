import test from "ava";
import type { Vault } from "../../../firmware/core/port.ts";
import { emptyState, type State } from "../../../firmware/core/state/state.ts";
import { Heads, headsOf } from "../../../firmware/core/sync/heads.ts";
import { cosignedBytes, formatCheckpoint, streamName } from "../../../protocol/checkpoint.ts";
import type { DownBody } from "../../../protocol/message.ts";
import { keyIdOf, noteKeyType } from "../../../protocol/note.ts";
import type { RecordBody, RecordKind } from "../../../protocol/record.ts";
import { StreamTree } from "../../../protocol/stream-tree.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import { digest, sha256 } from "../../_helper/digest.ts";
import { fakeSignature, fakeSigner } from "../../_helper/fake-signer.ts";
import { tenant, terminal } from "./_fake-host.ts";

const signer = fakeSigner();
const own = signer.publicKey();
const hostKey = new Uint8Array(32).fill(0x48);
const credentials = { tenant, terminal, epoch: 3, key: new Uint8Array(32) };
const stream = { tenant, terminal, epoch: 3 };

const chainOf = (sequence: number) => new Uint8Array(32).fill(sequence);

interface Made {
	readonly kind: RecordKind;
	readonly body: object;
}

/** A stream of `last` records whose chain hashes are filled with their number, and what the rules would see of it. */
function setup(
	last: number,
	{
		state = {},
		entries = new Map<string, Uint8Array>(),
		lost = [],
		unsealedFrom = 1,
		epoch = 3,
	}: {
		readonly state?: Partial<State>;
		readonly entries?: Map<string, Uint8Array>;
		readonly lost?: readonly number[];
		readonly unsealedFrom?: number;
		readonly epoch?: number;
	} = {},
) {
	const tree = new StreamTree(sha256);
	const payload = new Uint8Array(3);
	for (let sequence = 1; sequence <= last; sequence++)
		tree.add({ sequence, kind: 1, flags: 1, payload });
	const made: Made[] = [];
	const told: string[] = [];
	const vault: Vault = {
		read: (name) => entries.get(name),
		write: (name, bytes) => {
			if (bytes) entries.set(name, bytes);
		},
	};
	const options = {
		core: {
			state: { ...emptyState(), ...state },
			record: <K extends RecordKind>(kind: K, body: RecordBody<K>) => made.push({ kind, body }),
		},
		outbox: {
			head: () => ({ sequence: last, chain: chainOf(last) }),
			chainAt: (sequence: number) =>
				sequence > last || lost.includes(sequence) ? undefined : chainOf(sequence),
		},
		tree: { current: tree },
		unsealedFrom: () => unsealedFrom,
		signer,
		vault,
		digest,
		log: {
			write: (level: string, code: string, text: string) =>
				void told.push(`${level} ${code} ${text}`),
		},
		credentials: { ...credentials, epoch },
	};
	const kinds = () => made.map(({ kind }) => kind);
	return { heads: new Heads(options), options, made, kinds, told, entries, tree };
}

/** State in which the key stands and nothing is owed. */
const keyed: Partial<State> = { signingKey: own };

const settled = (end: number): State["settlements"] => [
	{ settlement: 1, batch: 1, first: 1, last: 1, end: 1, wallS: 0, agreed: true },
	{ settlement: 1, batch: 1, first: 1, last: 1, end: 1, wallS: 0, agreed: true },
	{ settlement: 2, batch: 2, first: 2, last: 2, end, wallS: 0, agreed: true },
];

const closedDay = (last: number): State["days"] => [
	{
		...{ day: 1, businessDate: 2026_11_21, first: 1, last },
		...{ listConfirmed: true, clean: true, listWaived: false },
	},
];

const signedAt = (sequence: number): State["signedHead"] => ({
	sequence,
	size: 1,
	root: new Uint8Array(32),
});

/** A head of `size` records as a host cosigns it. */
function cosigned(
	size: number,
	key = hostKey,
	first = 1,
	timeS = 1_790_000_000,
): DownBody<"cosigned"> {
	const head = { first, size, root: chainOf(0x77), chain: chainOf(first + size - 1) };
	const signature = fakeSignature(key, cosignedBytes({ ...stream, ...head }, timeS));
	return { ...head, hostKey: key, timeS, signature };
}

test("the key is put in the journal when it does not stand there", (t) => {
	for (const signingKey of [null, new Uint8Array(32)]) {
		const { heads, made } = setup(5, { state: { signingKey } });
		t.is(heads.step(), Number.POSITIVE_INFINITY);
		t.deepEqual(made, [{ kind: "signingKey", body: { publicKey: own } }]);
	}
	const { heads, made } = setup(5, { state: keyed });
	t.is(heads.step(), Number.POSITIVE_INFINITY);
	t.deepEqual(made, []);
});

test("a head says where the stream stands, signed under the name of the stream", (t) => {
	const { heads, made, tree } = setup(5, { state: { ...keyed, settlements: settled(4) } });
	heads.step();
	const head = { first: 1, size: 5, root: tree.root(), chain: chainOf(5) };
	const text = encodeUtf8(formatCheckpoint({ ...stream, ...head }));
	const named = { name: streamName(stream), type: noteKeyType.ed25519, publicKey: own };
	const keyId = keyIdOf(named, sha256);
	const body = { ...head, keyId, signature: fakeSignature(own, text) };
	t.deepEqual(made, [{ kind: "signedHead", body }]);
});

test("a head is owed after the last settlement and the last close of a day", (t) => {
	const isOwed = (state: Partial<State>) => {
		const { heads, kinds } = setup(9, { state: { ...keyed, ...state } });
		heads.step();
		return kinds().includes("signedHead");
	};
	t.false(isOwed({}));
	t.true(isOwed({ settlements: settled(4) }));
	t.true(isOwed({ days: closedDay(4) }));
	t.false(isOwed({ settlements: settled(4), signedHead: signedAt(5) }));
	t.false(isOwed({ settlements: settled(5), signedHead: signedAt(5) }));
	t.true(isOwed({ settlements: settled(6), signedHead: signedAt(5) }));
	t.false(isOwed({ days: closedDay(5), signedHead: signedAt(5) }));
	t.true(isOwed({ days: closedDay(6), settlements: settled(2), signedHead: signedAt(5) }));
	t.true(isOwed({ days: closedDay(2), settlements: settled(6), signedHead: signedAt(5) }));
});

test("a head is owed after a sealed segment, while no customer waits", (t) => {
	const open: State["open"] = [
		{
			...{ transaction: 8, type: "sale", method: "card", amountMinor: 1, currency: "CNY" },
			...{ trace: null, original: null, wallS: 0, phase: "inFlight", reversalAttempts: 0 },
			request: 1,
		},
	];
	const isOwed = (unsealedFrom: number, state: Partial<State>) => {
		const { heads, kinds } = setup(9, { unsealedFrom, state: { ...keyed, ...state } });
		heads.step();
		return kinds().includes("signedHead");
	};
	t.false(isOwed(1, {}));
	t.true(isOwed(2, {}));
	t.false(isOwed(6, { signedHead: signedAt(5) }));
	t.true(isOwed(7, { signedHead: signedAt(5) }));
	t.false(isOwed(7, { signedHead: signedAt(5), open }));
	t.true(isOwed(7, { signedHead: signedAt(5), open, settlements: settled(6) }));
});

test("a tree without records has no head", (t) => {
	const { heads, made } = setup(0, { state: { ...keyed, settlements: settled(4) } });
	heads.step();
	t.deepEqual(made, []);
});

test("a head that the host has cosigned is remembered for the next start", (t) => {
	const { heads, entries, told } = setup(5);
	t.is(heads.broken, undefined);
	heads.take(cosigned(4));
	t.deepEqual(told, []);
	const shorter = setup(3, { entries });
	t.deepEqual(shorter.heads.broken, { sequence: 4, chain: chainOf(4) });
	t.deepEqual(shorter.told, [
		"error CHAIN_BROKEN the journal ends at record 3; the host has cosigned up to 4",
	]);
	t.is(setup(4, { entries }).heads.broken, undefined);
	t.is(setup(3, { entries, epoch: 4 }).heads.broken, undefined, "of another life of the journal");
	t.is(setup(9, { entries, lost: [4] }).heads.broken, undefined, "destroyed is not other");
});

test("a journal with another record at the cosigned place is another one, and nothing is signed for it", (t) => {
	const { heads, entries } = setup(9);
	const other = cosigned(4);
	heads.take(other);
	const made = setup(9, { entries, state: { settlements: settled(4) } });
	made.options.outbox.chainAt = (sequence) => chainOf(sequence + 1);
	const again = new Heads(made.options);
	t.deepEqual(again.broken, { sequence: 4, chain: chainOf(4) });
	t.deepEqual(made.told, [
		"error CHAIN_BROKEN the journal has another record 4; the host has cosigned up to 4",
	]);
	t.is(again.step(), Number.POSITIVE_INFINITY);
	t.deepEqual(made.made, []);
});

test("only a later head takes the place of the one that is remembered", (t) => {
	const { heads, entries } = setup(9);
	heads.take(cosigned(4));
	const first = entries.get("head.cosigned");
	heads.take(cosigned(3));
	heads.take(cosigned(4, hostKey, 1, 1_790_000_001));
	t.is(entries.get("head.cosigned"), first);
	heads.take(cosigned(3, hostKey, 3));
	t.not(entries.get("head.cosigned"), first, "3 records from the third on end later");
	t.deepEqual(setup(1, { entries }).heads.broken?.sequence, 5);
});

test("a cosigned head with another chain, or of records that are not there, is not taken", (t) => {
	const { heads, entries, told } = setup(5, { lost: [2] });
	heads.take({ ...cosigned(4), chain: chainOf(9) });
	heads.take(cosigned(6));
	heads.take(cosigned(2));
	t.is(entries.size, 0);
	t.deepEqual(
		told,
		[4, 6, 2].map((last) => `error CHAIN_BROKEN the host has cosigned another record ${last}`),
	);
});

test("a cosignature that is wrong, or by another host than the last one, is not taken", (t) => {
	const { heads, entries, told } = setup(5);
	heads.take({ ...cosigned(2), signature: new Uint8Array(64) });
	heads.take({ ...cosigned(2), timeS: 1 });
	t.is(entries.size, 0);
	const forged = "warn MESSAGE_FORGED a cosignature by key 48484848 is not the host's; enrol again";
	t.deepEqual(told, [forged, forged]);
	heads.take(cosigned(2));
	const kept = entries.get("head.cosigned");
	heads.take(cosigned(3, new Uint8Array(32).fill(0x0f)));
	t.is(entries.get("head.cosigned"), kept);
	t.regex(told.at(-1) ?? "", /by key 0f0f0f0f is/);
});

test("a platform that cannot sign has no heads", (t) => {
	const { options } = setup(1);
	const { core, outbox, tree, unsealedFrom, vault, log } = options;
	const about = { core, outbox, tree, unsealedFrom, credentials };
	t.is(headsOf({ vault, digest, log }, about), undefined);
	const heads = headsOf({ signer, vault, digest, log }, about);
	heads?.step();
	t.deepEqual(heads && [heads.broken, options.core.record("signingKey", { publicKey: own })], [
		undefined,
		2,
	]);
});
