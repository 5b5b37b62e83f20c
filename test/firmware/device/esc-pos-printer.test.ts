import test from "ava";
import { EscPosPrinter } from "../../../firmware/device/esc-pos-printer.ts";
import { toHex } from "../../../protocol/bytes.ts";

const ESC_AT = "1b40";
const PAPER_ASKED = "100404";
const IN_TURN_ASKED = "1d7201";

/** A line whose other end the test plays. */
class Line {
	isUp = true;
	connections = 1;
	room = 1_000;
	sent = "";
	#answers: number[] = [];

	write(bytes: Uint8Array): number {
		const taken = bytes.subarray(0, this.room);
		this.sent += toHex(taken);
		return taken.length;
	}

	read(): Uint8Array | undefined {
		const answers = this.#answers;
		this.#answers = [];
		return answers.length === 0 ? undefined : Uint8Array.from(answers);
	}

	answer(...bytes: readonly number[]): void {
		this.#answers.push(...bytes);
	}
}

function setUp() {
	const line = new Line();
	const clock = { nowMs: 0 };
	const printer = new EscPosPrinter({ stream: line, monotonicMs: () => clock.nowMs });
	return { line, clock, printer };
}

function setUpReady() {
	const bench = setUp();
	bench.printer.status();
	bench.line.answer(0x12, 0x12);
	return bench;
}

test("it takes bytes only when it has answered", (t) => {
	const { line, printer } = setUp();
	t.is(printer.write(Uint8Array.of(1)), 0);
	t.false(printer.status().online);
	t.true(line.sent.includes(PAPER_ASKED));
	line.answer(0x12, 0x12);
	t.deepEqual(printer.status(), { online: true, paper: "ok", drained: true });
	t.is(printer.write(Uint8Array.of(1, 2, 3)), 3);
});

test("a block is on paper when the answer behind it has come, and not before", (t) => {
	const { line, printer } = setUpReady();
	printer.write(Uint8Array.of(0x41));
	t.is(printer.status().drained, false);
	t.true(line.sent.endsWith(`41${IN_TURN_ASKED}`));
	t.is(printer.status().drained, false);
	line.answer(0x00);
	t.is(printer.status().drained, true);
});

test("paper that is low, out and back again is told", (t) => {
	const { line, clock, printer } = setUpReady();
	for (const [answer, paper] of [
		[0x1e, "low"],
		[0x72, "out"],
		[0x12, "ok"],
	] as const) {
		clock.nowMs += 1_000;
		printer.status();
		// Without paper a printer calls itself off line; the paper is what matters.
		line.answer(paper === "out" ? 0x1a : 0x12, answer);
		t.deepEqual(printer.status(), { online: true, paper, drained: true });
	}
});

test("a printer that falls silent is off line", (t) => {
	const { clock, printer } = setUpReady();
	t.true(printer.status().online);
	clock.nowMs += 1_000;
	printer.status();
	clock.nowMs += 5_001;
	t.false(printer.status().online);
});

test("one that can never say anything prints all the same, and says that it cannot say", (t) => {
	const { clock, printer } = setUp();
	printer.status();
	clock.nowMs += 3_001;
	t.deepEqual(printer.status(), { online: true, paper: "unknown", drained: "unknown" });
	t.is(printer.write(Uint8Array.of(1)), 1);
});

test("a connection that breaks over a block is off line until the job begins anew", (t) => {
	const { line, printer } = setUpReady();
	printer.write(Uint8Array.of(0x41));
	line.connections = 2;
	printer.status();
	line.answer(0x12, 0x12);
	t.false(printer.status().online);
	printer.reset();
	t.true(line.sent.endsWith(ESC_AT));
	t.true(printer.status().online);
	t.is(printer.status().drained, true);
});

test("a question that does not fit is not cut in two by what follows", (t) => {
	const { line, printer } = setUpReady();
	printer.write(Uint8Array.of(0x41));
	line.sent = "";
	line.room = 1;
	printer.status();
	t.is(printer.write(Uint8Array.of(0x42)), 0);
	line.room = 1_000;
	t.is(printer.write(Uint8Array.of(0x42)), 1);
	t.is(line.sent, `${IN_TURN_ASKED}42`);
});
