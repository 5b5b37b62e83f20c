import test, { type ExecutionContext } from "ava";
import { verifyEd25519 } from "../../../host/ed25519.ts";
import { noteOf, verifyHead } from "../../../host/import/head.ts";
import type { Store } from "../../../host/store/store.ts";
import { toHex } from "../../../protocol/bytes.ts";
import { cosignedBytes } from "../../../protocol/checkpoint.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { keyOfSeed, testHostKey } from "../../_helper/head-keys.ts";
import { appendHead, appendKey, terminalKey } from "../../_helper/signed-journal.ts";
import { openTestStore, type Place, storePlaces } from "../../_helper/stores.ts";

const terminal = "till-0001";
const stream = { terminal, epoch: 1 };

async function opened(
	t: ExecutionContext,
	place: Place,
): Promise<{ store: Store; journal: FakeJournal }> {
	const store = await openTestStore(t, await place.make(t));
	await enrolInStore(store, terminal);
	const journal = new FakeJournal(terminal, 1);
	appendKey(journal);
	return { store, journal };
}

/** Delivers what is new, in batches of `records`, and judges the heads after each. */
async function deliver(store: Store, journal: FakeJournal, records = 50) {
	const [{ watermark = 0 } = {}] = await store.listStreams(terminal);
	const heads = [];
	for (let from = watermark + 1; from <= journal.last; from += records) {
		const body = journal.batch(from, Math.min(journal.last, from + records - 1));
		await store.commitDeliveries([{ type: "batch", ...stream, body }]);
		for (let isDone = false; !isDone; ) {
			const advanced = await store.advanceHeads(stream, testHostKey);
			heads.push(...advanced.heads);
			isDone = advanced.isDone;
		}
	}
	return heads;
}

async function incidents(store: Store): Promise<readonly string[]> {
	return (await store.listIncidents()).map(({ type }) => type);
}

for (const place of await storePlaces()) {
	test(`${place.name}: what is consistent is cosigned, however the records came`, async (t) => {
		for (const records of [1, 7, 50]) {
			const { store, journal } = await opened(t, place);
			for (let sale = 0; sale < 20; sale++) journal.sell();
			const first = appendHead(journal);
			journal.wholeDay(20261121);
			const second = appendHead(journal);
			const heads = await deliver(store, journal, records);
			t.deepEqual(
				heads.map(({ seq, verdict }) => [seq, verdict]),
				[
					[first, "consistent"],
					[second, "consistent"],
				],
			);
			const last = await store.lastCosigned(stream);
			if (last?.cosigned == null) return t.fail("nothing is cosigned");
			t.like(last, { seq: second, first: 1, size: second - 1, tenant: "shop" });
			const { hostKey, timeS, signature } = last.cosigned;
			t.is(toHex(hostKey), toHex(testHostKey.publicKey));
			t.true(verifyEd25519(hostKey, cosignedBytes(last, timeS), signature));
			t.true(verifyHead(noteOf(last, terminalKey.publicKey), terminalKey.publicKey));
			t.is(
				toHex((await store.signingKey(stream)) ?? new Uint8Array()),
				toHex(terminalKey.publicKey),
			);
			t.deepEqual(await incidents(store), []);
			t.deepEqual(await store.listUntreed(), []);
		}
	});

	test(`${place.name}: records from before there were trees are taken up`, async (t) => {
		const { store, journal } = await opened(t, place);
		for (let sale = 0; sale < 600; sale++) journal.sell();
		appendHead(journal);
		for (let from = 1; from <= journal.last; from += 50)
			await store.commitDeliveries([{ type: "batch", ...stream, body: journal.batch(from) }]);
		t.deepEqual(await store.listUntreed(), [stream]);
		t.false((await store.advanceHeads(stream, testHostKey)).isDone, "in bounded steps");
		while (!(await store.advanceHeads(stream, testHostKey)).isDone);
		t.like(await store.lastCosigned(stream), { seq: journal.last, verdict: "consistent" });
		t.deepEqual(await store.listUntreed(), []);
	});

	test(`${place.name}: a head that is not of the records is a fork, and is not cosigned`, async (t) => {
		const { store, journal } = await opened(t, place);
		journal.sell();
		appendHead(journal, { changed: { root: new Uint8Array(32) } });
		appendHead(journal, { changed: { size: 2 } });
		const heads = await deliver(store, journal);
		t.deepEqual(
			heads.map(({ verdict, cosigned }) => [verdict, cosigned]),
			[
				["fork", null],
				["fork", null],
			],
		);
		t.deepEqual(await incidents(store), ["fork", "fork"]);
		t.is(await store.lastCosigned(stream), undefined);
	});

	test(`${place.name}: only the stream's first key counts`, async (t) => {
		const { store, journal } = await opened(t, place);
		const other = keyOfSeed(new Uint8Array(32).fill(0x66));
		appendHead(journal, { key: other });
		appendKey(journal, other);
		appendHead(journal, { key: other });
		appendHead(journal);
		const heads = await deliver(store, journal);
		t.deepEqual(
			heads.map(({ verdict }) => verdict),
			["badSignature", "badSignature", "consistent"],
		);
		t.deepEqual(await incidents(store), ["head", "head", "head"]);
		t.is(toHex((await store.signingKey(stream)) ?? new Uint8Array()), toHex(terminalKey.publicKey));
	});

	test(`${place.name}: a tree that was begun anew is followed`, async (t) => {
		const { store, journal } = await opened(t, place);
		for (let sale = 0; sale < 5; sale++) journal.sell();
		const damageHash = new Uint8Array(32);
		const gap = journal.append("gap", { from: 3, to: 4, damageHash });
		journal.sell();
		const told = appendHead(journal, { from: gap });
		const updated = journal.sell();
		const later = appendHead(journal, { from: updated });
		const heads = await deliver(store, journal);
		t.deepEqual(
			heads.map(({ seq, first, verdict }) => [seq, first, verdict]),
			[
				[told, gap, "consistent"],
				[later, updated, "consistent"],
			],
		);
	});

	test(`${place.name}: over records that are lost here only the signature is known`, async (t) => {
		const { store, journal } = await opened(t, place);
		for (let sale = 0; sale < 5; sale++) journal.sell();
		const head = appendHead(journal);
		const { kind, flags, payload, chain } = journal.entries[5] ?? t.fail();
		await store.commitDeliveries([{ type: "batch", ...stream, body: journal.batch(1, 2) }]);
		const loss = { from: 3, to: 5, next: { kind, flags, payload }, nextChain: chain };
		await store.commitDeliveries([{ type: "loss", ...stream, body: loss }]);
		const heads = await deliver(store, journal);
		t.like(heads[0], { seq: head, verdict: "unproven", cosigned: null });
		t.deepEqual(await incidents(store), []);
	});
}
