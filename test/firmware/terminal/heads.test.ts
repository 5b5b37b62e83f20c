import test from "ava";
import { cosignedBytes, formatCheckpoint, lastOfHead } from "../../../protocol/checkpoint.ts";
import type { DownBody } from "../../../protocol/message.ts";
import { decodeRecord, type RecordBody } from "../../../protocol/record.ts";
import { StreamTree } from "../../../protocol/stream-tree.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import { sha256 } from "../../_helper/digest.ts";
import { fakeSignature, fakeSigner } from "../../_helper/fake-signer.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import { tenant, terminal } from "../sync/_fake-host.ts";
import { Bench } from "./_bench.ts";

const signer = fakeSigner();
const hostKey = new Uint8Array(32).fill(0x48);
const stream = { tenant, terminal, epoch: 1 };

function opened(): Bench {
	const bench = new Bench([], { signer, segmentBytes: 8_192 });
	bench.powerOn();
	bench.enrol();
	bench.press("menu", "1");
	bench.type("01");
	bench.press("ok");
	return bench;
}

function settle(bench: Bench): void {
	bench.press("menu", "2");
	bench.advance(20_000);
}

type Head = RecordBody<"signedHead"> & { readonly sequence: number };

/** The heads that the host has got, each compared with a tree over all that came before it. */
function heads(bench: Bench): {
	readonly found: readonly Head[];
	readonly wrong: readonly number[];
} {
	const tree = new StreamTree(sha256);
	const found: Head[] = [];
	const wrong: number[] = [];
	for (const [index, record] of bench.host.records.entries()) {
		if (record === "lost") continue;
		const sequence = index + 1;
		const decoded = decodeRecord(record);
		if (decoded.kind === "signedHead") {
			const { body } = decoded;
			const text = encodeUtf8(formatCheckpoint({ ...stream, ...body }));
			const isRight =
				lastOfHead(body) === sequence - 1 &&
				body.root.join() === tree.root().join() &&
				body.chain.join() === bench.host.chains[sequence - 1]?.join() &&
				signer.verify(signer.publicKey(), text, body.signature);
			if (!isRight) wrong.push(sequence);
			found.push({ ...body, sequence });
		}
		tree.add({ ...record, sequence });
	}
	return { found, wrong };
}

function kinds(bench: Bench): readonly string[] {
	return bench.host.records.map((record) => (record === "lost" ? "" : decodeRecord(record).kind));
}

test("the key stands in the journal once, and a head follows each settlement at once", (t) => {
	const bench = opened();
	for (let day = 0; day < 2; day++) {
		bench.sell(1_000);
		bench.advance(5_000);
		settle(bench);
		bench.powerOff();
		bench.powerOn();
		bench.advance(5_000);
	}
	const found = kinds(bench);
	t.is(found.filter((kind) => kind === "signingKey").length, 1);
	const behind = found.slice(found.indexOf("settleEnd") + 1);
	t.is(
		behind.find((kind) => kind !== "printDue"),
		"signedHead",
	);
	t.deepEqual(heads(bench).wrong, []);
	t.is(heads(bench).found.length, 2);
});

test("over segments and starts the root is the one of all records from the first", (t) => {
	const bench = opened();
	for (let round = 0; round < 4; round++) {
		for (let sale = 0; sale < 12; sale++) {
			bench.sell(1_000);
			bench.advance(5_000);
		}
		bench.powerOff();
		bench.powerOn();
		bench.advance(5_000);
	}
	settle(bench);
	const { found, wrong } = heads(bench);
	t.deepEqual(wrong, []);
	t.true(found.length > 2, "sealed segments are signed as well");
	t.true(found.every(({ first }) => first === 1));
});

function cosigned(bench: Bench, change: Partial<DownBody<"cosigned">> = {}): DownBody<"cosigned"> {
	const head = heads(bench).found.at(-1);
	if (head === undefined) throw new Error("there is no head to cosign");
	const { first, size, root, chain } = { ...head, ...change };
	const timeS = 1_790_000_000;
	const body = { first, size, root, chain };
	const signed = cosignedBytes({ ...stream, ...body }, timeS);
	return { ...body, hostKey, timeS, signature: fakeSignature(hostKey, signed), ...change };
}

/** Puts the media as they were back in, after the host has cosigned what came later; says what the screen then shows. */
function rolledBack(change: Partial<DownBody<"cosigned">>): Bench {
	const storage = new MemoryStorage({ sizeBytes: 2 * 1024 * 1024, sectorBytes: 4096 });
	const bench = new Bench([], { signer, storage });
	bench.powerOn();
	bench.enrol();
	bench.press("menu", "1");
	bench.type("01");
	bench.press("ok");
	const before = storage.image();
	bench.sell(1_000);
	bench.advance(5_000);
	settle(bench);
	bench.host.say("cosigned", cosigned(bench, change));
	bench.advance(1_000);
	bench.powerOff();
	storage.overwrite(0, before);
	bench.host.isDown = true;
	bench.powerOn();
	return bench;
}

test("an older image is known at the start by the head that the host has cosigned", (t) => {
	const bench = rolledBack({});
	t.is(bench.screen.tone, "alarm");
	t.regex(bench.screen.title, /日志不符/);
	bench.host.heard.length = 0;
	bench.host.isDown = false;
	bench.advance(120_000);
	const hello = bench.host.heard.find(({ type }) => type === "hello");
	if (hello?.type !== "hello") return t.fail("no hello was said");
	t.true(hello.body.watermark > hello.body.last, "the hello says that more was there");
	t.false(bench.host.heard.some(({ type }) => type === "batch"));
});

test("a head is only remembered when chain, cosignature and place are right", (t) => {
	for (const change of [
		{ chain: new Uint8Array(32) },
		{ signature: new Uint8Array(64) },
		{ hostKey: new Uint8Array(32) },
		{ size: 1 },
	]) {
		const bench = rolledBack(change);
		t.notRegex(bench.screen.title, /日志不符/, Object.keys(change).join());
	}
});
