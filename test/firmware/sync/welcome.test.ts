import test from "ava";
import { ack, batches, forever, welcomed, wire } from "./_wire.ts";

test("only the first answer to this hello counts", (t) => {
	const made = wire();
	const { sync, host, journal, clock, states, said, sell } = made;
	sell(4);
	sync.step();
	made.welcome({ nonce: new Uint8Array(16) });
	sync.step();
	t.false(sync.status().online);
	made.welcome({ nonce: new Uint8Array(16) });
	sync.step();
	t.false(sync.status().online);
	made.welcome({ watermark: 2, chain: journal.chainAt(2) ?? host.chain });
	sync.step();
	t.true(sync.status().online);
	t.is(journal.watermark.sequence, 2);
	t.deepEqual(batches(said()), [3]);
	const before = clock.wallMs;
	made.welcome({ watermark: 0, wallS: host.wallS + 100_000 });
	sync.step();
	t.is(clock.wallMs, before);
	t.deepEqual(said(), []);
	t.deepEqual(states(), ["init", "ready"]);
});

test("a stream that differs freezes the terminal, which shows the host the other past", (t) => {
	const cases = [
		[{ frozen: true }, []],
		[{ watermark: 2, chain: new Uint8Array(32) }, [2]],
		[{ watermark: 4, chain: new Uint8Array(32) }, []],
	] as const;
	for (const [change, evidence] of cases) {
		const made = wire();
		const { sync, told, states, said, sell } = made;
		sell(3);
		sync.step();
		sync.step();
		said();
		made.welcome(change);
		t.is(sync.step(), forever);
		t.true(sync.status().frozen);
		const shown = said();
		t.deepEqual(batches(shown), [...evidence]);
		t.is(shown.length, evidence.length);
		t.deepEqual(states(), ["init", "alert"]);
		const at = "watermark" in change ? change.watermark : 0;
		t.deepEqual(told, [`error CHAIN_BROKEN the host's stream differs at or before record ${at}`]);
		made.host.say("nak", { from: 1, to: 3 });
		ack(made, 1);
		t.is(sync.step(), forever);
		t.deepEqual(said(), []);
		t.is(made.journal.watermark.sequence, 0);
	}
});

test("a freeze ends with the connection when the host agrees again", (t) => {
	const made = wire();
	const { sync, host, clock, said, sell } = made;
	sell(1);
	sync.step();
	sync.step();
	made.welcome({ frozen: true });
	sync.step();
	host.cut();
	clock.advance(60_000);
	sync.step();
	sync.step();
	made.welcome();
	said();
	sync.step();
	t.false(sync.status().frozen);
	t.deepEqual(batches(said()), [1]);
});

test("the host may stand at the very head, and at a record whose chain is lost", (t) => {
	const made = wire();
	const { sync, journal, sell, said, told } = made;
	sell(3);
	sync.step();
	sync.step();
	said();
	made.welcome({ watermark: 3, chain: journal.head.chain });
	t.is(sync.step(), forever);
	t.false(sync.status().frozen);
	t.deepEqual(said(), []);

	const lost = wire({
		outbox: {
			head: () => ({ sequence: 3, chain: new Uint8Array(32) }),
			first: () => 1,
			watermark: () => ({ sequence: 0, chain: new Uint8Array(32) }),
			chainAt: () => undefined,
			scanChained: () => undefined,
			acknowledge: () => false,
		},
	});
	lost.sync.step();
	lost.sync.step();
	lost.welcome({ watermark: 2 });
	lost.sync.step();
	t.false(lost.sync.status().frozen);
	t.deepEqual([...told, ...lost.told], []);
});

test("an image that a cosigned head contradicts is frozen, and its hello says what was there", (t) => {
	const broken = { sequence: 9, chain: new Uint8Array(32).fill(9) };
	const taken: number[] = [];
	const heads = { broken, take: ({ size }: { readonly size: number }) => void taken.push(size) };
	const made = wire({ heads });
	const { sync, said, states, sell, host } = made;
	sell(2);
	sync.step();
	sync.step();
	const [hello] = said();
	t.like(hello?.body, { watermark: 9, watermarkChain: broken.chain });
	made.welcome();
	t.is(sync.step(), forever);
	t.true(sync.status().frozen);
	t.is(states().at(-1), "alert");
	const hash = new Uint8Array(32);
	host.say("cosigned", {
		...{ first: 1, size: 5, root: hash, chain: hash },
		...{ hostKey: hash, timeS: 1, signature: new Uint8Array(64) },
	});
	sync.step();
	t.deepEqual(taken, [5]);
	const terminalNonce = new Uint8Array(16);
	host.say("enrolled", {
		...{ terminalNonce, hostNonce: terminalNonce, newEpoch: 2, hostSequence: 0 },
	});
	sync.step();
	t.deepEqual(taken, [5], "an answer to an enrolment is none of its business");
});

test("the host's clock is followed from ten minutes and a second on, either way", (t) => {
	for (const [difference, isFollowed] of [
		[600, false],
		[-600, false],
		[601, true],
		[-601, true],
	] as const) {
		const made = wire();
		const { sync, host, clock, core } = made;
		const { wallS } = core.stamp();
		sync.step();
		sync.step();
		made.welcome({ wallS: host.wallS + difference });
		sync.step();
		t.is(clock.wallMs, (wallS + (isFollowed ? difference : 0)) * 1_000, `${difference}`);
		const record = core.recordAt(1);
		t.deepEqual(
			record?.kind === "clock" ? record.body : undefined,
			isFollowed ? { oldWallS: wallS, newWallS: wallS + difference, source: "host" } : undefined,
		);
	}
});

test("a terminal that cannot sign passes a cosigned head over", (t) => {
	const { sync, host, told } = welcomed();
	const hash = new Uint8Array(32);
	host.say("cosigned", {
		...{ first: 1, size: 5, root: hash, chain: hash },
		...{ hostKey: hash, timeS: 1, signature: new Uint8Array(64) },
	});
	t.is(sync.step(), forever);
	t.deepEqual(told, []);
});
