import { mock } from "node:test";
import test from "ava";
import { Pulls } from "../../../host/ingest/pulls.ts";
import { decodeSourceMessage, encodeSourceMessage } from "../../../protocol/pull.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { desk, key, stream } from "./_desk.ts";

const { terminal } = key;
const journal = new FakeJournal(terminal);
for (let sale = 0; sale < 5; sale++) journal.sell();

const begin = (from: number, to: number) =>
	encodeSourceMessage("begin", { request: 5, ...stream, from, to, journalled: true });
const piece = (from: number, to: number) => encodeSourceMessage("piece", journal.batch(from, to));
const loss = (from: number, to: number, isFollowed: boolean) =>
	encodeSourceMessage("loss", {
		...{ from, to, next: isFollowed ? (journal.batch(to + 1, to + 1).records[0] ?? null) : null },
		nextChain: journal.chainAt(to + 1),
	});

function setUp() {
	const made = desk();
	const pulls = new Pulls(made.context);
	const come = (message: Uint8Array, hostSequence = 5, of = terminal) =>
		pulls.take({ ...stream, terminal: of, type: "pulled", body: { hostSequence, message } });
	/** What the terminal was told it has to go on with, since this was asked last. */
	const acknowledged = () =>
		made.sent().map(({ body }) => (body as { readonly next: number }).next);
	return { ...made, pulls, come, acknowledged, pull: (number = 5) => pulls.messages(key, number) };
}

async function types(pulled: AsyncGenerator<Uint8Array, void>): Promise<readonly string[]> {
	const found: string[] = [];
	for await (const message of pulled) found.push(decodeSourceMessage(message).type);
	return found;
}

test("a pull ends with the piece that reaches its end, and its pieces are acknowledged as they are taken", async (t) => {
	const { pull, come, acknowledged } = setUp();
	const pulled = pull();
	const first = pulled.next();
	come(begin(3, 9));
	t.deepEqual((await first).value, begin(3, 9));
	t.deepEqual(acknowledged(), [], "not before the next is asked for");
	come(piece(3, 4));
	come(loss(5, 6, true));
	t.deepEqual(acknowledged(), []);
	t.deepEqual((await pulled.next()).value, piece(3, 4));
	t.deepEqual(acknowledged(), [3]);
	t.deepEqual((await pulled.next()).value, loss(5, 6, true));
	t.deepEqual(acknowledged(), [5]);
	const next = pulled.next();
	come(loss(8, 9, false));
	t.deepEqual((await next).value, loss(8, 9, false));
	t.true((await pulled.next()).done);
	t.deepEqual(acknowledged(), [8, 10]);
	come(piece(1, 2));
	t.deepEqual(acknowledged(), [], "nobody waits any more");
});

test("what is out of turn is dropped, and the terminal is told where the host stands", async (t) => {
	const { pull, come, acknowledged } = setUp();
	const pulled = pull();
	const first = pulled.next();
	come(piece(1, 2));
	t.deepEqual(acknowledged(), [], "before the beginning there is nothing to go on with");
	come(begin(1, 4));
	await first;
	const second = pulled.next();
	t.deepEqual(acknowledged(), [1]);
	come(begin(1, 4));
	come(piece(3, 4));
	come(loss(3, 4, false));
	t.deepEqual(acknowledged(), [1, 1, 1]);
	come(piece(1, 2));
	t.deepEqual((await second).value, piece(1, 2));
	const rest = types(pulled);
	come(piece(3, 4));
	t.deepEqual(await rest, ["piece"]);
});

test("pieces of another pull and of another terminal are nothing to this one", async (t) => {
	const { pull, pulls, come, acknowledged } = setUp();
	const pulled = types(pull());
	come(begin(1, 1), 4);
	come(begin(1, 1), 5, "till-0002");
	const answer = { accepted: false, detail: "so" };
	const result = { ...stream, type: "commandResult" } as const;
	pulls.takeResult({ ...result, body: { ...answer, hostSequence: 4 } });
	pulls.takeResult({ ...result, terminal: "till-0002", body: { ...answer, hostSequence: 5 } });
	pulls.takeResult({ ...result, body: { hostSequence: 5, accepted: true, detail: "" } });
	t.deepEqual(acknowledged(), []);
	come(begin(1, 1));
	come(piece(1, 1));
	t.deepEqual(await pulled, ["begin", "piece"]);
});

test("a pull that is refused, or whose place another takes, fails with the reason", async (t) => {
	const { pull, pulls } = setUp();
	const refused = types(pull());
	const body = { hostSequence: 5, accepted: false, detail: "records 1 to 9" };
	pulls.takeResult({ ...stream, type: "commandResult", body });
	await t.throwsAsync(refused, { code: "REFUSED", message: "till-0001 refuses: records 1 to 9" });
	const first = types(pull());
	const second = pull(6);
	const waiting = second.next();
	await t.throwsAsync(first, {
		code: "CONNECTION",
		message: "terminal till-0001 is pulled by another; see whether it is on line, then pull again",
	});
	pulls.close();
	await t.throwsAsync(waiting, { code: "CONNECTION", message: /is left by the host, which ends/ });
});

test("what came before the end of the waiting is still given", async (t) => {
	const { pull, pulls, come } = setUp();
	const pulled = pull();
	const first = pulled.next();
	come(begin(1, 4));
	come(piece(1, 2));
	pulls.close();
	t.deepEqual((await first).value, begin(1, 4));
	t.deepEqual((await pulled.next()).value, piece(1, 2));
	await t.throwsAsync(pulled.next(), { code: "CONNECTION" });
});

test("a pull whose reader stops is forgotten, but not the one that took its place", async (t) => {
	const { pull, come, acknowledged } = setUp();
	const left = pull();
	const first = left.next();
	come(begin(1, 4));
	await first;
	const other = pull(6);
	const waiting = other.next();
	await left.return();
	come(begin(1, 4), 6);
	t.deepEqual((await waiting).value, begin(1, 4));
	await other.return();
	acknowledged();
	come(begin(1, 4), 6);
	t.deepEqual(acknowledged(), []);
});

// Serial: it turns the clock of the whole process.
test.serial("a terminal that says nothing for half a minute is not there", async (t) => {
	mock.timers.enable({ apis: ["setTimeout"] });
	t.teardown(() => mock.timers.reset());
	const { pull, come } = setUp();
	const pulled = pull();
	for (const message of [begin(1, 6), piece(1, 2), piece(3, 4)]) {
		const next = pulled.next();
		mock.timers.tick(29_999);
		come(message);
		t.deepEqual((await next).value, message);
	}
	let isOver = false;
	const last = pulled.next().finally(() => {
		isOver = true;
	});
	const failing = t.throwsAsync(last, {
		code: "CONNECTION",
		message: "terminal till-0001 does not answer; see whether it is on line, then pull again",
	});
	mock.timers.tick(29_999);
	await new Promise((resolve) => setImmediate(resolve));
	t.false(isOver, "each message begins the half minute anew");
	mock.timers.tick(1);
	await failing;
});
