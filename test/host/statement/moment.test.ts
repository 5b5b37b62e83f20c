import test from "ava";
import {
	dateNear,
	parseClock,
	parseLocalDate,
	parseLocalMoment,
} from "../../../host/statement/moment.ts";
import { instantIn } from "../../../host/statement/zone.ts";

for (const [text, order, date] of [
	["2026-11-20", "ymd", 2026_11_20],
	["20261120", "ymd", 2026_11_20],
	["2026/1/2", "ymd", 2026_01_02],
	["2026.01.02", "ymd", 2026_01_02],
	["2026年11月20日", "ymd", 2026_11_20],
	["20.11.2026", "dmy", 2026_11_20],
	["1/2/26", "dmy", 2026_02_01],
	["1/2/2026", "mdy", 2026_01_02],
] as const) {
	test(`"${text}" (${order}) is ${date}`, (t) => {
		t.is(parseLocalDate(text, order), date);
	});
}

for (const [text, order] of [
	["2026-02-30", "ymd"],
	["13/1/2026", "mdy"],
	["", "ymd"],
	["x", "dmy"],
] as const) {
	test(`"${text}" (${order}) is no date`, (t) => {
		t.throws(() => parseLocalDate(text, order), { code: "SCHEMA" });
	});
}

test("times of day", (t) => {
	const noon = 12 * 3600;
	t.deepEqual(["12:00", "12：00：00", "120000", "12:00:00 PM", "0:00:01"].map(parseClock), [
		noon,
		noon,
		noon,
		noon,
		1,
	]);
	for (const text of ["24:00", "12:60", "noon"])
		t.throws(() => parseClock(text), { code: "SCHEMA" });
});

test("a moment has an instant where its zone is known", (t) => {
	const at = Date.UTC(2026, 10, 20, 10) / 1000;
	for (const [text, zone] of [
		["2026-11-20 18:00:00", "+08:00"],
		["2026/11/20 02:00:00 -0800", undefined],
		["2026-11-20T10:00:00.123Z", undefined],
		["2026-11-20 11:00", "CET"],
		["2026-11-20 05:00:00", "America/New_York"],
		["20261120180000", "+08:00"],
	] as const) {
		t.deepEqual(parseLocalMoment(text, zone), { date: 2026_11_20, at }, text);
	}
	t.is(parseLocalMoment("2026-11-20 10:00:00").at, undefined);
	t.is(parseLocalMoment("2026-11-20 10:00:00", "Nowhere/Town").at, undefined);
});

test("summer and winter clocks of one zone", (t) => {
	const wall = (month: number) => Date.UTC(2026, month, 1, 12) / 1000;
	t.is(instantIn("PST", wall(6)), wall(6) + 7 * 3600);
	t.is(instantIn("PST", wall(0)), wall(0) + 8 * 3600);
	// The hour that comes twice is taken as its first.
	const twice = Date.UTC(2026, 9, 25, 2, 30) / 1000;
	t.is(instantIn("Europe/Paris", twice), twice - 2 * 3600);
});

test("a month and day get the year of the file, or the one before", (t) => {
	t.is(dateNear(2026_01_01, 1231), 2025_12_31);
	t.is(dateNear(2026_01_01, 102), 2026_01_02);
	t.throws(() => dateNear(2026_01_01, 1399), { code: "SCHEMA" });
});
