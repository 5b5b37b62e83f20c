import test from "ava";
import { paperText } from "../../emulator/paper/model.ts";
import { actions, challengeOn, openService, query, records, responseTo, traded } from "./_setup.ts";

test("the right response opens the menu; opening and leaving are journalled", (t) => {
	const bench = traded();
	bench.press("menu", "8");
	t.is(bench.screen.name, "service-code");
	t.regex(challengeOn(bench), /^\d{8}$/);
	bench.type(responseTo(bench, challengeOn(bench)));
	bench.press("ok");
	t.is(bench.screen.name, "service-menu");
	bench.press("cancel");
	t.is(bench.screen.name, "home");
	t.deepEqual(actions(bench), ["opened", "left"]);
	t.true(
		records(bench, "service").every(
			({ body }) => body.by === "technician" && body.role === "technician",
		),
	);
});

test("a challenge is good once, for fifteen minutes and for this start", (t) => {
	const bench = traded();
	bench.press("menu", "8");
	const first = challengeOn(bench);
	bench.press("cancel");
	bench.advance(14 * 60_000);
	bench.press("menu", "8");
	t.is(challengeOn(bench), first);
	bench.press("cancel");
	bench.advance(61_000);
	bench.press("menu", "8");
	const second = challengeOn(bench);
	t.not(second, first);
	bench.type(responseTo(bench, first));
	bench.press("ok");
	t.is(bench.screen.name, "service-code");
	bench.type(responseTo(bench, second));
	bench.press("ok");
	t.is(bench.screen.name, "service-menu");
	bench.press("cancel", "menu", "8");
	t.not(challengeOn(bench), second);
	const third = challengeOn(bench);
	bench.powerOff();
	bench.powerOn();
	bench.press("menu", "8");
	t.not(challengeOn(bench), third);
	t.deepEqual(actions(bench), ["refused", "opened", "left"]);
});

test("the fifth wrong response locks for fifteen minutes, and a restart does not help", (t) => {
	const bench = traded();
	bench.press("menu", "8");
	const wrong = () => {
		const right = responseTo(bench, challengeOn(bench));
		bench.type(String((Number(right) + 1) % 100_000_000).padStart(8, "0"));
		bench.press("ok");
	};
	for (let time = 0; time < 4; time++) wrong();
	t.true(bench.screen.lines.some(({ text }) => text.startsWith("!")));
	bench.powerOff();
	bench.powerOn();
	bench.press("menu", "8");
	wrong();
	t.deepEqual(actions(bench), ["refused", "refused", "refused", "refused", "locked"]);
	t.is(challengeOn(bench), "");
	bench.advance(14 * 60_000);
	bench.powerOff();
	bench.powerOn();
	bench.press("menu", "8");
	t.is(challengeOn(bench), "");
	bench.press("1", "ok");
	bench.advance(14 * 60_000);
	t.is(challengeOn(bench), "");
	bench.advance(61_000);
	bench.type(responseTo(bench, challengeOn(bench)));
	bench.press("ok");
	t.is(bench.screen.name, "service-menu");
	bench.press("cancel", "menu", "8");
	wrong();
	t.is(actions(bench).at(-1), "refused");
});

test("a session ends after ten minutes without a key, and a key before puts it off", (t) => {
	const bench = traded();
	openService(bench);
	bench.advance(9 * 60_000);
	bench.press("2");
	t.is(bench.screen.name, "service-status");
	bench.advance(9 * 60_000);
	t.is(bench.screen.name, "service-status");
	bench.advance(61_000);
	t.is(bench.screen.name, "service-ended");
	t.deepEqual(actions(bench), ["opened", "expired"]);
	bench.press("1");
	t.is(bench.screen.name, "home");
	t.is(records(bench, "printDue").filter(({ body }) => body.document === "statusSlip").length, 0);
	bench.press("menu", "8");
	t.is(bench.screen.name, "service-code");
});

test("a session does not survive a restart", (t) => {
	const bench = traded();
	openService(bench);
	bench.powerOff();
	bench.powerOn();
	bench.press("menu", "8");
	t.is(bench.screen.name, "service-code");
	t.deepEqual(actions(bench), ["opened"]);
});

test("the status slip is owed to paper and printed, and is no reprint", (t) => {
	const bench = traded();
	const before = paperText(bench.printer.paper).length;
	openService(bench);
	bench.press("1");
	t.is(bench.screen.name, "service-printed");
	bench.advance(10_000);
	t.regex(paperText(bench.printer.paper).slice(before), /shop-0001/);
	t.like(bench.terminal?.query({ what: "state" }), { debts: [], day: { reprintCount: 0 } });
	const [due] = records(bench, "printDue").filter(({ body }) => body.document === "statusSlip");
	const [opened] = records(bench, "service");
	t.like(due?.body, { by: "technician", copy: 0, subject: opened?.sequence });
	bench.press("ok");
	t.is(bench.screen.name, "service-menu");
});

test("the status screen says where the journal stands, in both languages", (t) => {
	const bench = traded();
	openService(bench);
	bench.press("2");
	bench.advance(1_000);
	const { head } = query(bench, "status") as { head: number };
	const chinese = bench.screen.lines.map(({ text }) => text).join("\n");
	t.regex(chinese, new RegExp(`日志 1 至 ${head} 条`));
	t.regex(chinese, new RegExp(`主机已存至 ${head} 条`));
	t.regex(chinese, /缺口 0/);
	t.regex(chinese, /固件 bench 1 启动 1 次/);
	t.regex(chinese, /代次 1/);
	bench.press("language");
	const english = bench.screen.lines.map(({ text }) => text).join("\n");
	t.regex(english, /segments \d+\/\d+/);
	t.regex(english, /Gaps 0/);
	t.regex(english, /Printer ready/);
});
