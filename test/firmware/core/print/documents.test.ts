import test, { type ExecutionContext } from "ava";
import { Reports } from "../../../../firmware/core/day/report.ts";
import { lineColumnsUsed } from "../../../emulator/paper/model.ts";
import { checkPicture, golden } from "./_golden.ts";
import { clerk, manager, Shop, type ShopOptions } from "./_shop.ts";

const papers: readonly Required<Pick<ShopOptions, "language" | "columns">>[] = [
	{ language: "zh-CN", columns: 32 },
	{ language: "zh-CN", columns: 48 },
	{ language: "en", columns: 32 },
	{ language: "en", columns: 48 },
];

function check(t: ExecutionContext, shop: Shop, name: string): void {
	shop.run();
	t.deepEqual(shop.core.state.debts, []);
	t.is(
		shop.text,
		golden(`${name}-${shop.columns}-${shop.core.configuration.language}.txt`, shop.text),
	);
	const { columns } = shop;
	const { entries } = shop.printer.paper;
	checkPicture(t, `${name}-${columns}-${shop.core.configuration.language}`, { entries, columns });
	t.deepEqual(shop.printer.paper.ignored, []);
	for (const entry of shop.printer.paper.entries) {
		if (entry.kind === "line") t.true(lineColumnsUsed(entry) <= shop.columns);
	}
}

for (const paper of papers) {
	const name = `${paper.columns} columns, ${paper.language}`;

	test(`${name}: slips of a card sale, a QR order, a refund, a refusal and a copy`, (t) => {
		const shop = new Shop(paper);
		const sale = shop.trade();
		const wallet = {
			group: "wallet",
			scheme: "Alipay",
			lastFour: null,
			authorisation: null,
		} as const;
		shop.owe("slip", sale);
		shop.owe("slip", shop.trade({ method: "qr", order: "ORDER202611210001" }, wallet));
		shop.owe("slip", shop.trade({ type: "refund", original: sale, amountMinor: 999 }));
		const refused = shop.intent();
		shop.outcome(refused, { outcome: "declined", response: "51", authorisation: null });
		shop.owe("slip", refused);
		shop.desk.reprint("slip", sale, manager, "顾客要求");
		check(t, shop, "slips");
	});

	test(`${name}: settlements agreed, not agreed, in doubt, unfinished and empty`, (t) => {
		const shop = new Shop(paper);
		shop.sell(6);
		shop.owe("settlementSlip", shop.settle());
		shop.sell(2);
		for (const group of ["domestic", "foreign", "wallet", "cash"] as const) {
			shop.trade({ type: "refund", amountMinor: 100 }, { group });
			shop.trade({ type: "void", amountMinor: 100 }, { group });
		}
		const notAgreed = shop.settle("notAgreed", 10);
		shop.owe("settlementSlip", notAgreed);
		shop.trade();
		shop.owe("settlementSlip", shop.settle("cannotConfirm"));
		shop.owe("settlementSlip", shop.settle());
		shop.trade();
		const { batch } = shop.core.state;
		const begin = { batch: batch.number, first: batch.first, last: shop.core.state.sequence };
		const groups = { currency: "CNY", groups: batch.groups };
		const open = shop.core.record("settleBegin", { ...begin, ...groups, trigger: "automatic" });
		shop.owe("settlementSlip", open);
		shop.desk.reprint("settlementSlip", notAgreed, clerk, "");
		check(t, shop, "settlements");
	});

	test(`${name}: X reports of a day with everything in it, and of one with nothing`, (t) => {
		const shop = new Shop(paper);
		const reports = new Reports({ core: shop.core });
		reports.interim(clerk);
		shop.run();
		const [sale = 0] = shop.sell(6);
		const foreign = { group: "foreign", scheme: "VISA" } as const;
		shop.trade({ type: "refund", original: sale, amountMinor: 999 }, foreign);
		shop.trade({ type: "void", original: sale, amountMinor: 100 });
		shop.trade({ type: "preAuthorisation", amountMinor: 50_000 });
		shop.outcome(shop.intent(), { outcome: "declined", response: "51" });
		shop.outcome(shop.intent(), { outcome: "unknown", response: null, lastFour: null });
		const reversed = shop.intent();
		shop.core.record("reversal", { transaction: reversed, attempt: 1, result: "reversed" });
		reports.interim(clerk);
		// Sold after it was asked for: not in its totals, and open when it prints.
		shop.owe("slip", shop.trade({ amountMinor: 777_77 }));
		check(t, shop, "interim");
	});

	test(`${name}: the test slip`, (t) => {
		const shop = new Shop(paper);
		new Reports({ core: shop.core }).test(clerk);
		check(t, shop, "test");
	});

	test(`${name}: a day and a shift closed with exceptions`, (t) => {
		const shop = new Shop(paper);
		const { day, shift } = shop.core.state;
		const unknown = shop.intent();
		const by = { by: "王店长", role: "manager", reason: "银行已确认, 明天处理" } as const;
		for (let count = 0; count < 3; count++) {
			shop.core.record("override", { blocker: "unknownOutcome", subject: unknown, ...by });
		}
		shop.core.record("override", { blocker: "hostNotReached", subject: null, ...by });
		const exceptions = [
			{ blocker: "unknownOutcome", count: 1 },
			{ blocker: "openPreAuthorisation", count: 12 },
			{ blocker: "hostNotReached", count: 1 },
		] as const;
		const shiftEnd = { shift: 1, operator: "01", first: shift?.first ?? 0, exceptions: [] };
		shop.owe("exceptionList", shop.core.record("shiftClose", shiftEnd));
		const first = day?.first ?? 0;
		shop.core.record("dayClose", { day: 1, businessDate: 20261121, first, exceptions });
		shop.owe("exceptionList", first);
		check(t, shop, "exceptions");
	});

	test(`${name}: the status slip`, (t) => {
		const shop = new Shop(paper);
		shop.sell(3);
		shop.core.record("gap", { from: 4, to: 6, damageHash: new Uint8Array(32) });
		shop.core.record("scrub", { segment: 0, findings: 2, repaired: 1 });
		shop.owe("statusSlip", shop.core.state.sequence);
		check(t, shop, "status");
	});
}

test("the longest names and numbers fit on every paper", (t) => {
	for (const paper of papers) {
		const shop = new Shop(paper);
		const settings = [{ name: "merchantName", value: "示范商店有限责任公司".repeat(4) }];
		shop.core.record("configuration", { version: 2, source: "host", settings });
		const most = {
			amountMinor: 999_999_999_999,
			operator: "操".repeat(16),
			order: "9A".repeat(16),
		};
		const longest = {
			scheme: "W".repeat(16),
			reference: "Z9".repeat(16),
			authorisation: "Y".repeat(8),
		};
		const sale = shop.trade({ ...most, trace: 999_999 }, longest);
		for (const group of ["domestic", "foreign", "wallet", "cash"] as const) {
			shop.trade({ ...most, type: "refund" }, { ...longest, group });
		}
		const settlement = shop.settle("notAgreed", 5);
		const asked = { name: "名".repeat(16), role: "manager" } as const;
		const reason = "原因".repeat(32);
		shop.desk.reprint("slip", sale, asked, reason);
		shop.desk.reprint("settlementSlip", settlement, asked, reason);
		shop.desk.reprint("dailyList", settlement, asked, reason);
		shop.run();
		t.deepEqual(shop.core.state.debts, []);
		for (const entry of shop.printer.paper.entries) {
			if (entry.kind === "line") t.true(lineColumnsUsed(entry) <= shop.columns);
		}
	}
});
