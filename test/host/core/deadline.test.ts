import test from "ava";
import { type DeadlineReason, deadlineOf } from "../../../host/core/deadline.ts";
import { defaultDeadlines } from "../../../host/core/default-deadlines.ts";

function dueBy(reason: DeadlineReason, scheme?: string, country = "CN") {
	const table = { ...defaultDeadlines, country };
	const found = deadlineOf(table, { reason, scheme, businessDate: 2026_12_28 });
	return found && `${found.rule} ${found.date}`;
}

test("the first line of the table that fits country, scheme and reason counts", (t) => {
	t.is(dueBy("unsettled", "girocard", "DE"), "girocard-guarantee 20270104");
	t.is(dueBy("unsettled", "girocard", "AT"), "unsettled 20270104");
	t.is(dueBy("unsettled", "VISA"), "visa-presentment 20270105");
	t.is(dueBy("missing-at-acquirer", "visa"), "visa-presentment 20270105");
	t.is(dueBy("missing-at-acquirer", "CUP"), "authorisation 20270118");
	t.is(dueBy("missing-at-acquirer"), "authorisation 20270118");
	t.is(dueBy("missing-at-bank", "VISA"), "claim 20270127");
	const none = { ...defaultDeadlines, deadlines: [] };
	const about = { reason: "unsettled", scheme: undefined, businessDate: 2026_12_28 } as const;
	t.is(deadlineOf(none, about), undefined);
});

test("every line names where its number comes from, in both languages", (t) => {
	const { deadlines } = defaultDeadlines;
	for (const { name, why, source } of deadlines)
		t.true(why.en !== "" && why["zh-CN"] !== "" && source !== "", name);
	t.is(new Set(deadlines.map(({ name }) => name)).size, deadlines.length);
});
