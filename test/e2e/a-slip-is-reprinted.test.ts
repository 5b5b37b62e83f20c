import test from "ava";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { managerPin, openShop, type Shop } from "./_shop.ts";

test("小票补打: a slip comes again after settlement, marked and counted", async (t) => {
	const shop = await openShop(t);
	const { trace } = await shop.sell({ amount: "66.00" });
	await shop.settle();
	const before = (await shop.paper()).length;

	await shop.press("menu", "5", "4");
	await shop.type(String(trace));
	t.is((await shop.press("ok")).name, "reprinted");
	await shop.press("ok");
	await shop.advance(30_000);
	const copy = (await shop.paper()).slice(before);
	t.regex(copy, /重打印\/DUPLICATE 1/);
	t.regex(copy, /66\.00/);

	await shop.sell({ amount: "1.00" });
	await shop.settle();
	t.regex(await shop.paper(), /补打次数 +1/);
});

test("a second copy needs a reason and a manager: identical but for the mark, and counted", async (t) => {
	const shop = await openShop(t);
	const first = await endOfPaper(shop);
	await shop.sell({ amount: "66.00" });
	const original = await linesFrom(shop, first);
	await shop.advance(15_000);
	t.deepEqual(await shop.walk("menu", "5", "1", "ok"), ["menu", "reprint", "reprinted", "home"]);
	await shop.advance(10_000);
	const second = await endOfPaper(shop);
	const asked = await shop.walk("menu", "5", "1", "2", "1", { type: "1111" }, "ok");
	t.deepEqual(asked, [
		"menu",
		"reprint",
		"reprint-reason",
		"reprint-approval",
		"manager-pin",
		"manager-pin",
		"manager-pin",
	]);
	t.true((await shop.lines()).includes("! 密码错误"));
	t.deepEqual(await shop.walk({ type: managerPin }, "ok", "ok"), [
		"manager-pin",
		"reprinted",
		"home",
	]);
	await shop.advance(10_000);
	t.deepEqual(differenceOf(original, await linesFrom(shop, second)), {
		gone: ["持卡人签名:"],
		added: [
			"重打印/DUPLICATE 2",
			"原始时间 DATE TIME",
			"补打人 01",
			"补打时间 DATE TIME",
			"原因 原件损坏",
			"批准 店长",
		],
	});
	const listed = await endOfPaper(shop);
	await shop.settle();
	t.true((await linesFrom(shop, listed)).includes("补打次数 2"));
});

test("the office allows a copy over the network, or refuses it", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "166.00" });
	await shop.advance(15_000);
	const before = await endOfPaper(shop);
	t.deepEqual(await shop.walk("menu", "5", "1", "1", "2"), [
		"menu",
		"reprint",
		"reprint-reason",
		"reprint-approval",
		"reprint-waiting",
	]);
	const [line, waiting] = await shop.lines();
	t.is(waiting, "已申请, 等待主机批准...");
	await shop.delivered();
	const { requests } = JSON.parse(await shop.askHost("/api/reprints")) as Requests;
	t.like(requests, [{ terminal: "till-0001", document: "slip", copy: 1, reason: "顾客要求" }]);
	const asked = requests[0]?.asked ?? 0;
	t.is(line, `申请号 ${asked}`);
	await answer(shop, asked, { by: "Li Wei", accepted: true });
	t.deepEqual(await shop.lines(), [`申请号 ${asked}`, "Li Wei 已批准, 已加入打印"]);
	await shop.advance(10_000);
	const copy = await linesFrom(shop, before);
	t.is(copy[0], "重打印/DUPLICATE 1");
	t.true(copy.includes("批准 Li Wei (主机)"));

	await shop.walk("ok", "menu", "5", "1", "1", "2");
	await shop.delivered();
	const again = JSON.parse(await shop.askHost("/api/reprints?terminal=till-0001")) as Requests;
	t.is(again.requests.length, 1);
	await answer(shop, again.requests[0]?.asked ?? 0, { by: "Li Wei", accepted: false });
	t.is((await shop.lines())[1], "! Li Wei 未批准");
	await t.throwsAsync(answer(shop, asked, { by: "Li Wei", accepted: true }), {
		message: /NOT_FOUND/,
	});
	const answers = await shop.records("reprintAnswer");
	t.deepEqual(
		answers.map(({ accepted, by, way }) => ({ accepted, by, way })),
		[
			{ accepted: true, by: "Li Wei", way: "host" },
			{ accepted: false, by: "Li Wei", way: "host" },
		],
	);
	const copies = (await shop.records("printDue")).filter((due) => due.copy > 0);
	t.deepEqual(
		copies.map((due) => due.copy),
		[1],
	);
});

test("without a network a one-time code allows one copy; it is good once, and five wrong ones lock", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "166.00" });
	await shop.delivered();
	await shop.network("down");
	await shop.advance(60_000);
	await shop.walk("cancel", "menu", "5", "1", "3", "2");
	t.is((await shop.lines())[1], "! 主机未连接, 可改用一次性码");
	const before = await endOfPaper(shop);
	const code = await askCode(shop);
	t.deepEqual(await shop.walk({ type: code }, "ok", "ok"), ["reprint-code", "reprinted", "home"]);
	await shop.advance(10_000);
	t.true((await linesFrom(shop, before)).includes("批准 一次性码"));

	await askCode(shop);
	await shop.walk({ type: code }, "ok");
	t.true((await shop.lines()).includes("! 一次性码错误"));
	for (let time = 0; time < 4; time++) await shop.walk({ type: "00000000" }, "ok");
	t.deepEqual(await shop.lines(), ["! 已锁定, 请 15 分钟后再试"]);
	t.like(await shop.records("reprintAnswer"), [
		{ accepted: true, by: "code", way: "code" },
		{ accepted: false, by: "code", way: "code" },
	]);
	const given = await shop.host.store.listServiceResponses({ terminal: "till-0001" });
	t.true(given.every(({ by, purpose }) => by === "Zhao Min" && purpose === "reprint"));
});

interface Requests {
	readonly requests: readonly { readonly asked: number }[];
}

/** The lines of the original that the copy has not, and those that it has besides. */
function differenceOf(original: readonly string[], copy: readonly string[]) {
	return {
		gone: original.filter((line) => !copy.includes(line)),
		added: copy.filter((line) => !original.includes(line)),
	};
}

async function answer(
	shop: Shop,
	asked: number,
	decision: { readonly by: string; readonly accepted: boolean },
): Promise<void> {
	await shop.tellHost(`/api/terminals/till-0001/reprints/${asked}`, decision);
	await shop.advance(2_000);
	await shop.delivered();
}

/** Asks for the last slip by code, and has the office on the telephone compute it. */
async function askCode(shop: Shop): Promise<string> {
	await shop.press("cancel");
	const steps = await shop.walk("menu", "5", "1", "1", "3");
	const screen = await shop.screen();
	if (steps.at(-1) !== "reprint-code") throw new Error(`at ${steps.join(", ")}`);
	const challenge = screen.lines.find(({ style }) => style === "input")?.text ?? "";
	const path = "/api/terminals/till-0001/reprint-code";
	const { code } = JSON.parse(await shop.tellHost(path, { challenge, by: "Zhao Min" }));
	return code;
}
