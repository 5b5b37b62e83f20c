import test from "ava";
import { paperText } from "./model.ts";
import { SimulatedPrinter, type SimulatedPrinterOptions } from "./printer.ts";

const ascii = (text: string) => Buffer.from(text, "latin1");
const LINE_MM = 34 / 8;

/** A printer that needs a second for each line, and a clock to let seconds pass. */
function slowPrinter(options: SimulatedPrinterOptions = {}) {
	let nowMs = 0;
	const clock = { monotonicMs: () => nowMs };
	const printer = new SimulatedPrinter({ clock, mmPerSecond: LINE_MM, ...options });
	return {
		printer,
		wait: (ms: number) => {
			nowMs += ms;
		},
	};
}

test("without a speed everything is on paper at once", (t) => {
	const printer = new SimulatedPrinter();
	t.is(printer.write(ascii("a\nb\n")), 4);
	t.deepEqual(printer.status(), { online: true, paper: "ok", drained: true });
	t.is(paperText(printer.paper), "a\nb\n");
	t.is(printer.usedMm, 2 * LINE_MM);
	t.deepEqual(printer.roll, Uint8Array.from(ascii("a\nb\n")));
});

test("a line without its line feed is not drained", (t) => {
	const printer = new SimulatedPrinter();
	printer.write(ascii("a\nb"));
	t.false(printer.status().drained);
	t.is(printer.roll.length, 2);
	t.is(printer.pendingBytes, 1);
});

test("it takes only what its buffer holds and prints at its own speed", (t) => {
	const { printer, wait } = slowPrinter({ bufferBytes: 4 });
	t.is(printer.write(ascii("a\nb\nc\nd\n")), 4);
	t.is(printer.write(ascii("c\nd\n")), 2);
	t.is(paperText(printer.paper), "a\n");
	t.is(printer.write(ascii("d\n")), 0);
	wait(1_000);
	t.is(paperText(printer.paper), "a\nb\n");
	t.is(printer.write(ascii("d\n")), 2);
	wait(2_000);
	t.is(paperText(printer.paper), "a\nb\nc\nd\n");
	t.false(printer.status().drained);
	wait(1_000);
	t.true(printer.status().drained);
});

test("idle time is not saved up", (t) => {
	const { printer, wait } = slowPrinter();
	wait(60_000);
	printer.write(ascii("a\nb\nc\n"));
	t.is(paperText(printer.paper), "a\n");
});

test("when the paper ends, the rest stays unprinted until there is paper again", (t) => {
	const printer = new SimulatedPrinter();
	printer.paperOut(2);
	printer.write(ascii("a\nb\nc\nd\n"));
	t.is(paperText(printer.paper), "a\nb\n");
	t.deepEqual(printer.status(), { online: true, paper: "out", drained: false });
	printer.paperIn();
	t.is(paperText(printer.paper), "a\nb\nc\nd\n");
	t.deepEqual(printer.status(), { online: true, paper: "ok", drained: true });
});

test("a reset at the end of the paper means that the new roll begins clean", (t) => {
	const printer = new SimulatedPrinter();
	printer.write(ascii("a\nhalf"));
	printer.paperOut();
	printer.write(ascii(" a line\n"));
	printer.reset();
	t.like(printer.status(), { paper: "out", drained: true });
	printer.paperIn();
	printer.write(ascii("b\n"));
	t.is(paperText(printer.paper), "a\nb\n");
	t.deepEqual(printer.roll, Uint8Array.from(ascii("a\nb\n")));
});

test("a roll of so many millimetres gets low and ends", (t) => {
	const printer = new SimulatedPrinter({ paperMm: 3 * LINE_MM, lowMm: LINE_MM });
	printer.write(ascii("a\n"));
	t.is(printer.status().paper, "ok");
	printer.write(ascii("b\n"));
	t.is(printer.status().paper, "low");
	printer.write(ascii("c\nd\n"));
	t.like(printer.status(), { paper: "out", drained: false });
	t.is(printer.remainingMm, 0);
	printer.paperIn();
	t.is(printer.remainingMm, 2 * LINE_MM);
});

test("a power cut loses buffer and modes, and nothing of what is on paper", (t) => {
	const { printer, wait } = slowPrinter();
	printer.write(ascii("\x1d!\x11a\nb\nc\n"));
	printer.cutPower();
	t.like(printer.status(), { online: false });
	t.is(printer.write(ascii("x\n")), 0);
	printer.restorePower();
	wait(10_000);
	printer.write(ascii("d\n"));
	t.is(paperText(printer.paper), "a\nd\n");
	t.deepEqual(
		printer.paper.entries.map((entry) => entry.advanceDots),
		[48, 34],
	);
});

test("off line it takes nothing and forgets nothing", (t) => {
	const { printer, wait } = slowPrinter();
	printer.write(ascii("a\nb\n"));
	printer.setOnline(false);
	wait(10_000);
	t.is(printer.write(ascii("c\n")), 0);
	t.deepEqual(printer.status(), { online: false, paper: "ok", drained: false });
	printer.setOnline(true);
	t.is(paperText(printer.paper), "a\nb\n");
});

test("a printer that cannot say knows neither paper nor progress", (t) => {
	const printer = new SimulatedPrinter();
	printer.setCanSay(false);
	printer.paperOut();
	t.is(printer.write(ascii("a\n")), 2);
	t.deepEqual(printer.status(), { online: true, paper: "unknown", drained: "unknown" });
});
