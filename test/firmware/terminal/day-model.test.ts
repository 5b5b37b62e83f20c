import test from "ava";
import fc from "fast-check";
import type { Key } from "../../../firmware/core/port.ts";
import type { State } from "../../../firmware/core/state/state.ts";
import { entersTotals } from "../../../firmware/core/state/totals.ts";
import { PIN_LOCK_SECONDS } from "../../../protocol/limits.ts";
import type { DownBody } from "../../../protocol/message.ts";
import type { AnyRecord } from "../../../protocol/record.ts";
import { thin } from "../../_helper/effort.ts";
import { behaviours, operations } from "../../emulator/payment/acquirer.ts";
import { Bench } from "./_bench.ts";

/**
 * The whole terminal by what happens to it from outside, in any order, beside a model that knows no more than a shop
 * does: what the acquirer has booked. What the journal says is read by its records, not by the state.
 */
const SEQUENCES = 2_000;
const SEED = 20_261_121;
const PIN = "2468";
const MINUTE_MS = 60_000;

class Model {
	/** Whether the mains are there. */
	isOn = true;
	sales = 0;
	hostSequence = 0;
}

type Step = fc.Command<Model, Bench>;

function command(name: string, run: (bench: Bench, model: Model) => void, needsPower = true): Step {
	return {
		check: ({ isOn }) => isOn || !needsPower,
		run: (model, bench) => run(bench, model),
		toString: () => name,
	};
}

const keys = (...pressed: readonly Key[]): Step =>
	command(`keys ${pressed.join(" ")}`, (bench) => bench.press(...pressed));

const deeds: readonly Step[] = [
	keys("menu", "1", "0", "1", "ok"),
	keys("menu", "2"),
	keys("menu", "3", "ok", "ok"),
	keys("menu", "4", "ok", "ok"),
	keys("menu", "3", "menu", "2", "4", "6", "8", "ok", "1", "ok"),
	keys("menu", "4", "menu", "2", "4", "6", "8", "ok", "2", "ok"),
	command("complete a hold by keys", (bench, model) => {
		model.sales++;
		bench.press("menu", "4", "ok", "1", "cancel");
	}),
	command("cancel a hold by keys", (bench, model) => {
		model.sales++;
		bench.press("menu", "4", "ok", "2", "cancel");
	}),
	keys("menu", "4", "ok", "3", "cancel"),
	keys("menu", "4", "ok", "4", "2", "4", "6", "8", "ok", "1"),
	keys("menu", "2", "1", "cancel", "cancel"),
	keys("menu", "2", "3", "2", "4", "6", "8", "ok", "1"),
	keys("ok"),
	keys("cancel"),
	keys("language"),
	command("cut", (bench, model) => {
		bench.powerOff();
		model.isOn = false;
	}),
	command(
		"mains",
		(bench, model) => {
			if (!model.isOn) bench.powerOn();
			model.isOn = true;
		},
		false,
	),
	command("paper out", (bench) => bench.printer.paperOut(3)),
	command("paper in", (bench) => bench.printer.paperIn(), false),
	command("host asks to settle", (bench, model) =>
		tell(bench, model, { command: "settle", arguments: [] }),
	),
	command("host asks to wipe", (bench, model) => {
		const before = recordsOf(bench).length;
		tell(bench, model, { command: "release", arguments: [{ name: "purpose", value: "wipe" }] });
		checkRelease(bench, before);
	}),
	command("host sets another cut-over", (bench, model) =>
		tell(bench, model, {
			command: "configure",
			arguments: [{ name: "cutOverMinutes", value: 60 * (model.hostSequence % 12) }],
		}),
	),
	command("host deaf", (bench) => {
		bench.host.isDeaf = !bench.host.isDeaf;
	}),
];

const steps = [
	fc
		.record({
			amountMinor: fc.integer({ min: 1, max: 50_000 }),
			scheme: fc.constantFrom("VISA", "WECHAT"),
		})
		.map(({ amountMinor, scheme }) =>
			command(`sell ${amountMinor} ${scheme}`, (bench, model) => {
				model.sales++;
				bench.sell(amountMinor, scheme);
				bench.advance(200);
			}),
		),
	fc
		.record({
			type: fc.constantFrom("preAuthorisation", "completion", "cancellation", "tip", "sale"),
			originalTrace: fc.integer({ min: 1, max: 6 }),
		})
		.map(({ type, originalTrace }) =>
			command(`${type} of ${originalTrace}`, (bench, model) => {
				model.sales++;
				bench.pay({ type, originalTrace, expectTip: true });
				bench.advance(2_000);
			}),
		),
	fc.constantFrom(...deeds),
	fc.constantFrom(...deeds),
	fc
		.constantFrom(1, 50, 600)
		.map((seconds) =>
			command(`wait ${seconds} s`, (bench) => bench.advance(seconds * 1_000), false),
		),
	fc
		.constantFrom(-26, -1, 1, 20, 49)
		.map((hours) =>
			command(`clock ${hours} h`, (bench) => bench.moveClock(hours * 60 * MINUTE_MS), false),
		),
	fc
		.record({
			operation: fc.constantFrom(...operations),
			behaviour: fc.constantFrom(...behaviours),
		})
		.map(({ operation, behaviour }) =>
			command(
				`acquirer ${operation} ${behaviour}`,
				(bench) => bench.acquirer.plan(operation, behaviour, 1, 0),
				false,
			),
		),
];

type Order = DownBody<"command">;

function tell(bench: Bench, model: Model, given: Pick<Order, "command" | "arguments">): void {
	const hostSequence = ++model.hostSequence;
	const expiresS = bench.host.wallS + 60;
	bench.host.say("command", { hostSequence, expiresS, ...given });
	bench.advance(100);
}

function stateOf(bench: Bench): State {
	return bench.terminal?.query({ what: "state" }) as State;
}

type Kept = AnyRecord & { readonly sequence: number };

function recordsOf(bench: Bench): readonly Kept[] {
	return bench.terminal?.query({ what: "records" }) as readonly Kept[];
}

/** A terminal that lets itself be wiped has nothing open, unsettled or owed to paper. */
function checkRelease(bench: Bench, before: number): void {
	if (bench.terminal === undefined) return;
	const answer = recordsOf(bench)
		.slice(before)
		.find(({ kind }) => kind === "releaseAsked");
	if (answer?.kind !== "releaseAsked" || !answer.body.accepted) return;
	const { day, batch, settlement, open, tips, holds, debts } = stateOf(bench);
	const left = [...batch.groups, ...open, ...tips, ...holds, ...debts];
	if (day !== null || settlement !== null || left.length > 0)
		throw new RangeError("wiped with work left");
}

/** Every approved sale is in one batch and in one day, and the totals of each are theirs. */
function checkPeriods(bench: Bench): void {
	if (bench.terminal === undefined) return;
	const records = recordsOf(bench);
	const { batch, day } = stateOf(bench);
	const amounts = new Map<number, number>();
	const approved: Kept[] = [];
	const seen = new Set<number>();
	for (const record of records) {
		if (record.kind === "intent") {
			const { type, amountMinor } = record.body;
			amounts.set(record.sequence, entersTotals(type) ? amountMinor : 0);
		}
		if (record.kind !== "outcome" || record.body.outcome !== "approved") continue;
		if (record.body.source === "contradicting") continue;
		if (seen.has(record.body.transaction)) throw new RangeError("a sale was approved twice");
		seen.add(record.body.transaction);
		approved.push(record);
	}
	const batches = records.flatMap(({ kind, body }) => (kind === "settleBegin" ? [body] : []));
	const open = { first: batch.first, last: Number.MAX_SAFE_INTEGER, groups: batch.groups };
	const sumOf = (first: number, last: number) =>
		approved
			.filter(({ sequence }) => first <= sequence && sequence <= last)
			.reduce(
				(sum, { kind, body }) =>
					sum + (kind === "outcome" ? (amounts.get(body.transaction) ?? Number.NaN) : 0),
				0,
			);
	for (const { first, last, groups } of [...batches, open]) {
		const sum = groups.reduce((total, { debitMinor }) => total + debitMinor, 0);
		if (sum !== sumOf(first, last)) throw new RangeError(`batch ${first}-${last} has ${sum}`);
	}
	for (const { sequence } of approved) {
		const found = [...batches, open].filter(
			({ first, last }) => first <= sequence && sequence <= last,
		);
		if (found.length !== 1) throw new RangeError(`sale ${sequence} is in ${found.length} batches`);
	}
	checkDays(records, approved, day);
}

/**
 * A sale is of the day in which its outcome came. One whose outcome came while no day was open has arrived late and
 * is of the day that it was begun in.
 */
function checkDays(records: readonly Kept[], approved: readonly Kept[], day: State["day"]): void {
	const ranges = records.flatMap(({ kind, body, sequence }) =>
		kind === "dayClose" ? [{ first: body.first, last: sequence }] : [],
	);
	if (day !== null) ranges.push({ first: day.first, last: Number.MAX_SAFE_INTEGER });
	const countAt = (at: number) =>
		ranges.filter(({ first, last }) => first <= at && at <= last).length;
	for (const { sequence, kind, body } of approved) {
		if (kind !== "outcome") continue;
		const count = countAt(sequence) || countAt(body.transaction);
		if (count !== 1) throw new RangeError(`sale ${body.transaction} is in ${count} days`);
	}
}

/** From wherever this ended: with the mains and paper back, a manager closes the day by keys. */
function goHome(bench: Bench, model: Model): boolean {
	if (!model.isOn) bench.powerOn();
	bench.printer.paperIn();
	for (let attempt = 0; attempt < 4; attempt++) {
		bench.press("cancel", "cancel", "cancel");
		bench.advance(2_000);
		if (stateOf(bench).day === null) return true;
		for (const scope of ["3", "4"] as const) {
			bench.press("menu", scope);
			if (bench.screen.name === "close-ready") bench.press("ok", "ok");
			if (bench.screen.name === "close-refused") {
				bench.press("menu");
				bench.type(PIN);
				bench.press("ok", "1", "ok");
			}
			bench.press("cancel", "cancel");
		}
		// Wrong PINs may have locked the role.
		bench.advance(PIN_LOCK_SECONDS * 1_000);
	}
	return stateOf(bench).day === null;
}

function openBench(): Bench {
	const bench = new Bench([], { managerPin: PIN });
	bench.powerOn();
	bench.enrol();
	bench.press("menu", "1", "0", "1", "ok");
	return bench;
}

test("in any order of events each sale is in one batch and one day, sums agree, and a manager gets home", (t) => {
	fc.assert(
		fc.property(fc.commands(steps, { maxCommands: 12 }), (commands) => {
			const model = new Model();
			const bench = openBench();
			fc.modelRun(() => ({ model, real: bench }), commands);
			if (!goHome(bench, model)) throw new RangeError(`no way home from ${bench.screen.name}`);
			checkPeriods(bench);
			const kept = recordsOf(bench).filter(
				({ kind, body }) => kind === "outcome" && body.outcome === "approved",
			);
			const booked = bench.acquirer.books.bookings.filter(({ status }) => status === "approved");
			return kept.length <= model.sales && booked.length <= model.sales;
		}),
		{ seed: SEED, numRuns: thin(SEQUENCES, 50), includeErrorInReport: true },
	);
	t.pass();
});
