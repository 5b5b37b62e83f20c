import test from "ava";
import { Core } from "../../../firmware/core/core.ts";
import { hostCommands } from "../../../firmware/core/host-command.ts";
import { emptyState } from "../../../firmware/core/state/state.ts";
import { FakeJournal } from "../../_helper/fake-journal.ts";
import { FakeClock } from "../sync/_setup.ts";

function setup(unsettled = true) {
	const clock = new FakeClock();
	const core = new Core({ journal: new FakeJournal(), clock, state: emptyState() });
	const settled: string[] = [];
	const settle = (trigger: string) => {
		settled.push(trigger);
		return unsettled;
	};
	const asked: unknown[] = [];
	const pull = (hostSequence: number, range: object) => {
		asked.push({ hostSequence, ...range });
		return "records 3 to 9";
	};
	const answers: unknown[] = [];
	const answerReprint = (asked: number, answer: { readonly accepted: boolean }) => {
		answers.push({ asked, ...answer });
		return answer.accepted ? 77 : null;
	};
	const askRelease = (purpose: string, by: { readonly role: string }) => {
		answers.push({ purpose, role: by.role });
		const reasons = purpose === "wipe" ? (["unsettled", "unprinted"] as const) : [];
		return { accepted: reasons.length === 0, reasons };
	};
	return {
		clock,
		core,
		settled,
		asked,
		answers,
		run: hostCommands({ core, commands: { settle, answerReprint, askRelease }, clock, pull }),
	};
}

const order = { hostSequence: 1, expiresS: 0, arguments: [] } as const;

test("the host lets a terminal settle, and is told when there is nothing", (t) => {
	const busy = setup();
	t.deepEqual(busy.run({ ...order, command: "settle" }), { accepted: true, detail: "settling" });
	t.deepEqual(busy.settled, ["host"]);
	t.is(setup(false).run({ ...order, command: "settle" }).detail, "nothing to settle");
});

test("settings of the host are checked as a whole and journalled before they are in force", (t) => {
	const { core, run } = setup();
	const good = { name: "snoozeMinutes", value: 7 };
	const bad = { name: "paperColumns", value: 33 };
	t.like(run({ ...order, command: "configure", arguments: [good, { ...bad, value: 4711 }] }), {
		accepted: false,
	});
	t.is(core.configuration.snoozeMinutes, 5);
	t.is(core.state.sequence, 0);
	t.like(run({ ...order, command: "configure", arguments: [good] }), { accepted: true });
	t.is(core.configuration.snoozeMinutes, 7);
	t.like(core.recordAt(1), { kind: "configuration", body: { version: 1, source: "host" } });
});

test("a clock set by the host leaves old and new time in the journal", (t) => {
	const { core, clock, run } = setup();
	const arguments_ = [{ name: "wallS", value: 1_790_000_777 }];
	t.true(run({ ...order, command: "setClock", arguments: arguments_ }).accepted);
	t.like(core.recordAt(1), {
		kind: "clock",
		body: { oldWallS: 1_790_000_000, newWallS: 1_790_000_777, source: "host" },
	});
	t.is(clock.wallMs, 1_790_000_777_000);
	t.false(run({ ...order, command: "setClock" }).accepted);
});

test("a copy is allowed or refused by the request's number and a name, and not without them", (t) => {
	const { run, answers } = setup();
	const given = [
		{ name: "asked", value: 41 },
		{ name: "by", value: "Li Wei of the office" },
	];
	const command = { ...order, command: "approveReprint", arguments: given } as const;
	t.deepEqual(run(command), { accepted: true, detail: "print 77" });
	const refused = [...given, { name: "accepted", value: false }];
	t.deepEqual(run({ ...command, arguments: refused }), { accepted: true, detail: "refused" });
	const by = "Li Wei of the of";
	t.deepEqual(answers, [
		{ asked: 41, accepted: true, by, way: "host" },
		{ asked: 41, accepted: false, by, way: "host" },
	]);
	t.false(run({ ...command, arguments: [] }).accepted);
});

test("a pull takes the ends of its range from the host, or none", (t) => {
	const { run, asked } = setup();
	const range = [
		{ name: "from", value: 3 },
		{ name: "to", value: 9 },
	];
	t.deepEqual(run({ ...order, command: "pull", arguments: range }), {
		accepted: true,
		detail: "records 3 to 9",
	});
	run({ ...order, hostSequence: 2, command: "pull" });
	t.deepEqual(asked, [
		{ hostSequence: 1, from: 3, to: 9 },
		{ hostSequence: 2, from: null, to: null },
	]);
});

test("an update is let happen, a wipe refused with its reasons, anything else not understood", (t) => {
	const { run, answers } = setup();
	const release = (purpose: string) =>
		run({ ...order, command: "release", arguments: [{ name: "purpose", value: purpose }] });
	t.deepEqual(release("update"), { accepted: true, detail: "clear at record 0" });
	t.deepEqual(release("wipe"), { accepted: false, detail: "unsettled unprinted" });
	t.regex(release("rest").detail, /update, wipe or signOut/);
	t.deepEqual(answers, [
		{ purpose: "update", role: "host" },
		{ purpose: "wipe", role: "host" },
	]);
});
