import test from "ava";
import { type Wire, welcomed } from "./_wire.ts";

const order = {
	hostSequence: 7,
	expiresS: 1_790_000_900,
	command: "settle",
	arguments: [],
} as const;

test("a command that came before is answered with what became of it, and one before that as taken", (t) => {
	for (const accepted of [true, false]) {
		const made = welcomed({}, () => ({ accepted, detail: "so" }));
		const { sync, host, said, core } = made;
		host.say("command", order);
		sync.step();
		const answer = (messages: ReturnType<Wire["said"]>) =>
			messages.flatMap((message) => (message.type === "commandResult" ? [message.body] : []));
		t.deepEqual(answer(said()), [{ hostSequence: 7, accepted, detail: "so" }]);
		host.say("command", order);
		host.say("command", { ...order, hostSequence: 6 });
		const last = core.state.sequence;
		sync.step();
		t.deepEqual(answer(said()), [
			{ hostSequence: 7, accepted, detail: "taken before" },
			{ hostSequence: 6, accepted: true, detail: "taken before" },
		]);
		t.is(core.state.sequence, last);
	}
});

test("a command is journalled before it is carried out, and its refusal behind it", (t) => {
	let before = -1;
	const made: Wire = welcomed({}, () => {
		before = made.core.state.sequence;
		return { accepted: false, detail: "no paper" };
	});
	const { sync, host, core } = made;
	host.say("command", order);
	sync.step();
	t.is(before, 1);
	t.deepEqual(
		[1, 2, 3].map((sequence) => core.recordAt(sequence)?.body),
		[
			{ hostSequence: 7, command: 1, accepted: true, detail: "" },
			{ hostSequence: 7, command: 1, accepted: false, detail: "no paper" },
			undefined,
		],
	);
});

test("a command that has expired is refused and journalled once; its last second still counts", (t) => {
	const done: number[] = [];
	const made = welcomed({}, ({ hostSequence }) => {
		done.push(hostSequence);
		return { accepted: true, detail: "" };
	});
	const { sync, host, core, said } = made;
	const { wallS } = core.stamp();
	host.say("command", { ...order, expiresS: wallS });
	host.say("command", { ...order, hostSequence: 8, expiresS: wallS - 1 });
	sync.step();
	t.deepEqual(done, [7]);
	t.is(core.state.sequence, 2);
	t.like(core.recordAt(2)?.body, { accepted: false, detail: "expired" });
	const results = said().filter(({ type }) => type === "commandResult");
	t.like(results.at(-1)?.body, { hostSequence: 8, accepted: false, detail: "expired" });
});
