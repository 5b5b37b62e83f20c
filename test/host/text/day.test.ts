import test from "ava";
import { missingTypes } from "../../../host/core/day-facts.ts";
import { missingText } from "../../../host/text/day.ts";

test("everything that a day can lack is a whole sentence in both languages", (t) => {
	for (const type of missingTypes) {
		const missing = {
			type,
			count: 3,
			subject: 17,
			document: "dailyList",
			amountMinor: 123_450,
			currency: "CNY",
		} as const;
		const [english, chinese] = [missingText(missing, "en"), missingText(missing, "zh-CN")];
		t.false(/[{}]/.test(english + chinese), type);
		t.regex(chinese, /\p{Script=Han}/u);
		t.notRegex(english, /\p{Script=Han}/u);
	}
});

test("money at risk stands with its currency", (t) => {
	const missing = { type: "unsettled", count: 2, amountMinor: 1500, currency: "CNY" } as const;
	t.is(missingText(missing, "en"), "2 transactions are not settled, 15.00 CNY");
	t.is(missingText(missing, "zh-CN"), "2 笔交易未结算，金额 15.00 CNY");
});
