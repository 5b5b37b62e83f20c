import { join } from "node:path";
import test from "ava";
import { type Ran, runIn } from "../host/cli/_run.ts";
import { openShop, type Shop } from "./_shop.ts";

const TILL = "till-0001";

/** A command of the host, while the time of the shop goes on. */
async function closeout(shop: Shop, ...args: readonly string[]): Promise<Ran> {
	let ran: Ran | undefined;
	const running = runIn(shop.dataDir, args, { CLOSEOUT_DATA: shop.dataDir });
	const ended = running.then((result) => {
		ran = result;
	});
	while (ran === undefined) await shop.advance(20);
	await ended;
	return ran;
}

function askTo(shop: Shop, purpose: string): Promise<Ran> {
	const host = ["--host", shop.dashboardUrl];
	return closeout(shop, "service", "release", "--terminal", TILL, "--purpose", purpose, ...host);
}

async function openService(shop: Shop): Promise<void> {
	await shop.press("menu", "8");
	const { lines } = await shop.screen();
	const digits = lines.find(({ style }) => style === "input")?.text ?? "";
	const asked = ["--terminal", TILL, "--challenge", digits, "--by", "Li Wei", "--json"];
	const { out } = await closeout(shop, "service", "response", ...asked);
	await shop.type(JSON.parse(out).response);
	await shop.press("ok");
}

test("the office is told why a terminal with work left is not to be wiped, and may when there is none", async (t) => {
	const shop = await openShop(t);
	await shop.till("PUT", "printer", { paper: "out" });
	await shop.sell({ amount: "12.00", wait: false });
	await shop.advance(5_000);
	const refused = await askTo(shop, "wipe");
	t.is(refused.code, 1, refused.err);
	t.is(
		refused.out,
		[
			`${TILL}: do not wipe it now:`,
			"  its day is not closed",
			"  sales are not settled",
			"  prints are owed",
			"",
		].join("\n"),
	);
	t.deepEqual(await shop.till("GET", "release"), ["notClosed", "unsettled", "unprinted"]);
	await shop.till("PUT", "printer", { paper: "in" });
	await shop.press("cancel");
	await shop.settle();
	await shop.press("cancel", "menu", "4", "ok");
	await shop.advance(60_000);
	await shop.delivered();
	const allowed = await askTo(shop, "update");
	t.is(allowed.code, 0, allowed.err);
	t.is(allowed.out, `${TILL}: you may update it now\n`);
	t.deepEqual(await shop.records("releaseAsked"), [
		{
			purpose: "wipe",
			by: "host",
			role: "host",
			accepted: false,
			reasons: ["notClosed", "unsettled", "unprinted"],
		},
		{ purpose: "update", by: "host", role: "host", accepted: true, reasons: [] },
	]);
});

test("without a network the technician is refused until the records are pulled", async (t) => {
	const shop = await openShop(t);
	await shop.network("down");
	await shop.sell({ amount: "12.00" });
	await shop.press("cancel");
	await openService(shop);
	t.is((await shop.press("4")).name, "release");
	t.is((await shop.press("3")).name, "release-refused");
	t.deepEqual(await shop.lines(), [
		"! 不能注销终端:",
		"! 有主机未收到的记录",
		"! 营业日未日结",
		"! 有未结算交易",
		"请先处理, 或先导出全部记录",
	]);
	await shop.press("ok", "cancel", "3");
	const till = (await shop.call("GET", `/v1/terminals/${TILL}`)) as {
		service: { address: string };
	};
	const file = join(shop.dataDir, "till.pieces");
	const cable = ["--from-terminal", till.service.address, "--out", file];
	const pulled = await closeout(shop, "journal", "pull", ...cable);
	t.is(pulled.code, 0, pulled.err);
	t.is((await shop.press("4", "3")).name, "release-accepted");
	t.is((await shop.lines())[0], "可以注销终端");
	t.like((await shop.records("releaseAsked")).at(-1), {
		purpose: "signOut",
		role: "technician",
		accepted: true,
		reasons: ["unacknowledged", "notClosed", "unsettled"],
	});
});
