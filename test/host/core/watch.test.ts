import test from "ava";
import { dueSteps } from "../../../host/core/ladder.ts";
import { type TerminalFacts, type WatchRule, watchTerminal } from "../../../host/core/watch.ts";

const NOW_S = 1_795_305_600; // 2026-11-22 08:00 in China
const looking = { nowS: NOW_S, zoneMinutes: 480 };
const calm: TerminalFacts = {
	terminal: "till-0001",
	name: "Till 1",
	seenS: NOW_S - 60,
	enrolled: true,
	money: [],
	owed: null,
	unconfirmed: null,
	gaps: [],
	clockMoves: [],
};

function found(rule: Partial<WatchRule>, facts: Partial<TerminalFacts>) {
	const whole: WatchRule = { name: "r", type: "silent", severity: "warning", ...rule };
	return watchTerminal([whole], { ...calm, ...facts }, looking).map(({ id }) => id);
}

test("each rule finds its own from the minute it says, and nothing in a calm shop", (t) => {
	const hour = { afterMinutes: 60 };
	const at = (minutes: number) => NOW_S - minutes * 60;
	const of = (minutes: number) => ({ count: 2, sinceS: at(minutes) });
	t.deepEqual(found(hour, { seenS: at(60) }), ["r~till-0001"]);
	t.deepEqual(found(hour, { seenS: at(59) }), []);
	t.deepEqual(found(hour, { seenS: null }), ["r~till-0001"]);
	t.deepEqual(found(hour, { seenS: null, enrolled: false }), []);
	t.deepEqual(found({ ...hour, type: "unprinted" }, { owed: of(60) }), ["r~till-0001"]);
	t.deepEqual(found({ ...hour, type: "unprinted" }, { owed: of(59) }), []);
	t.deepEqual(found({ ...hour, type: "paper" }, { unconfirmed: of(61) }), ["r~till-0001"]);
	t.deepEqual(found({ type: "gap" }, { gaps: [{ about: "1.4-6", count: 3 }] }), [
		"r~till-0001~1.4-6",
	]);
	const moved = { clockMoves: [{ record: "1.9", seconds: -600 }] };
	t.deepEqual(found({ type: "clock", afterMinutes: 10 }, moved), ["r~till-0001~1.9"]);
	t.deepEqual(found({ type: "clock", afterMinutes: 11 }, moved), []);
	for (const type of [
		"silent",
		"unsettled",
		"unprinted",
		"gap",
		"clock",
		"paper",
		"deadline",
	] as const)
		t.deepEqual(found({ ...hour, type }, {}), [], type);
	t.deepEqual(found({ ...hour, terminals: ["till-0002"] }, { seenS: at(99) }), []);
});

test("money is found by its age, its amount and the days to its deadline", (t) => {
	const cny = { count: 6, currency: "CNY", sinceS: NOW_S - 7_200 };
	const money = [
		{ ...cny, about: "unsettled", amountMinor: 112_130, deadline: null },
		{ ...cny, about: "unsettled~VISA~CNY", amountMinor: 112_130, deadline: 2026_11_24 },
		{ ...cny, about: "case-1", amountMinor: -500, deadline: 2026_11_22 },
	];
	t.deepEqual(found({ type: "unsettled", afterMinutes: 120 }, { money }), ["r~till-0001~CNY"]);
	t.deepEqual(found({ type: "unsettled", afterMinutes: 121 }, { money }), []);
	t.deepEqual(found({ type: "unsettled", minorMin: 112_131 }, { money }), []);
	t.deepEqual(found({ type: "deadline", daysBefore: 2 }, { money }), [
		"r~till-0001~unsettled~VISA~CNY",
		"r~till-0001~case-1",
	]);
	t.deepEqual(found({ type: "deadline", daysBefore: 1 }, { money }), ["r~till-0001~case-1"]);
	t.deepEqual(found({ type: "deadline", daysBefore: 1, minorMin: 501 }, { money }), []);
});

test("the ladder is climbed while nobody has taken note, and rests in quiet hours", (t) => {
	const ladder = [
		{ afterMinutes: 0, channels: ["a"] },
		{ afterMinutes: 120, channels: ["b"] },
		{ afterMinutes: 120, channels: ["c"], severities: ["alarm" as const] },
	];
	const quiet = { fromMinute: 22 * 60, untilMinute: 8 * 60, except: ["alarm" as const] };
	const steps = (
		minutes: number,
		changed: Partial<Parameters<typeof dueSteps>[1]> = {},
		when: Partial<Parameters<typeof dueSteps>[2]> = {},
	) => {
		const alert = { severity: "warning", isEnded: false, isAcknowledged: false } as const;
		const firstS = NOW_S - minutes * 60;
		const now = { nowS: NOW_S, zoneMinutes: 480, quiet, ...when };
		return dueSteps(ladder, { ...alert, firstS, ...changed }, now);
	};
	t.deepEqual(steps(0), [0]);
	t.deepEqual(steps(119), [0]);
	t.deepEqual(steps(120), [0, 1]);
	t.deepEqual(steps(120, { severity: "alarm" }), [0, 1, 2]);
	t.deepEqual(steps(120, { isAcknowledged: true }), []);
	t.deepEqual(steps(120, { isEnded: true }), []);
	const night = { nowS: NOW_S - 60 };
	t.deepEqual(steps(200, {}, night), []);
	t.deepEqual(steps(200, { severity: "alarm" }, night), [0, 1, 2]);
	t.deepEqual(steps(900, {}, { nowS: NOW_S + 14 * 3600 - 60 }), [0, 1]);
	t.deepEqual(steps(900, {}, { nowS: NOW_S + 14 * 3600 }), []);
});
