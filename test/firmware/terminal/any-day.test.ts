import test from "ava";
import type { Key } from "../../../firmware/core/port.ts";
import type { State } from "../../../firmware/core/state/state.ts";
import { decodeRecord } from "../../../protocol/record.ts";
import { Random } from "../../_helper/random.ts";
import { behaviours, operations } from "../../emulator/payment/acquirer.ts";
import { Bench } from "./_bench.ts";

const keys: readonly Key[] = [
	...(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "00"] as const),
	...(["ok", "ok", "ok", "cancel", "clear", "up", "down", "menu", "menu", "language"] as const),
];
/** Money that lands after its reversal stays a task until a person gives it back; nobody here does. */
const unattended = behaviours.filter((behaviour) => behaviour !== "landLater");
const DAYS = 40;
const EVENTS_A_DAY = 120;
const HOUR_MS = 3_600_000;

function pick<T>(random: Random, from: readonly T[]): T {
	const found = from[random.below(from.length)];
	if (found === undefined) throw new RangeError("nothing to pick from");
	return found;
}

/** One thing that happens in a shop, of whatever kind. */
function happen(bench: Bench, random: Random): void {
	const isOn = bench.terminal !== undefined;
	const kind = random.below(12);
	if (kind <= 3 && isOn) bench.press(pick(random, keys));
	if (kind === 4 && isOn) bench.sell(1 + random.below(100_000), pick(random, ["VISA", "WECHAT"]));
	if (kind === 5) bench.advance(100 + random.below(5) * 20_000);
	if (kind === 6) {
		const times = 1 + random.below(3);
		bench.acquirer.plan(
			pick(random, operations),
			pick(random, unattended),
			times,
			random.below(60_000),
		);
	}
	if (kind === 7 && isOn) bench.powerOff();
	if (kind === 7 && !isOn) bench.powerOn();
	if (kind === 8 && random.below(2) === 0) bench.printer.paperOut(random.below(20));
	if (kind === 8) bench.printer.paperIn();
	if (kind === 9) bench.advance(random.below(3) * HOUR_MS);
	if (kind === 10) bench.printer.setOnline(random.below(3) > 0);
	if (kind === 11) bench.printer.setCanSay(random.below(3) > 0);
}

/** Ids of transactions that the host's copy of the journal has as approved and not reversed. */
function approvedAtHost(bench: Bench): Set<number> {
	const approved = new Set<number>();
	for (const record of bench.host.records) {
		if (record === "lost") continue;
		const { kind, body } = decodeRecord(record);
		if (kind === "outcome" && body.outcome === "approved") approved.add(body.transaction);
		if (kind === "reversal" && body.result === "reversed") approved.delete(body.transaction);
	}
	return approved;
}

test("whatever happens in whatever order, nothing is owed, unknown, unsent or in one book only at the end", (t) => {
	let charged = 0;
	for (let seed = 1; seed <= DAYS; seed++) {
		const random = new Random(seed);
		const bench = new Bench();
		bench.powerOn();
		bench.enrol();
		bench.press("menu", "1", "0", "1", "ok");
		for (let event = 0; event < EVENTS_A_DAY; event++) happen(bench, random);
		if (bench.terminal === undefined) bench.powerOn();
		bench.printer.setOnline(true);
		bench.printer.setCanSay(true);
		bench.printer.paperIn();
		bench.acquirer.forgetPlans();
		bench.advance(3 * HOUR_MS);

		const state = bench.terminal?.query({ what: "state" }) as State;
		t.true(
			state.debts.every((debt) => debt.state === "unknown"),
			`seed ${seed}: prints owed`,
		);
		t.deepEqual(state.open, [], `seed ${seed}: open transactions`);
		t.like(bench.terminal?.query({ what: "status" }), { pending: 0 }, `seed ${seed}: unsent`);
		const booked = bench.acquirer.books.bookings.filter(({ status }) => status === "approved");
		charged += booked.length;
		t.deepEqual(
			[...approvedAtHost(bench)].sort((a, b) => a - b),
			booked.map(({ transaction }) => transaction).sort((a, b) => a - b),
			`seed ${seed}: books`,
		);
	}
	t.true(charged > 2 * DAYS, `${charged} charges`);
});
