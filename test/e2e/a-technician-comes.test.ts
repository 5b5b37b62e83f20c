import { join } from "node:path";
import test from "ava";
import { readPieceFile } from "../../host/import/piece-file.ts";
import { decodeRecord } from "../../protocol/record.ts";
import { type Ran, runIn } from "../host/cli/_run.ts";
import { openShop, type Shop } from "./_shop.ts";

const TILL = "till-0001";
const EXIT_NO_CONNECTION = 69;

function closeout(shop: Shop, ...args: readonly string[]): Promise<Ran> {
	return runIn(shop.dataDir, args, { CLOSEOUT_DATA: shop.dataDir });
}

/** The same, while the time of the shop goes on. */
async function meanwhile(shop: Shop, running: Promise<Ran>): Promise<Ran> {
	let ran: Ran | undefined;
	const ended = running.then((result) => {
		ran = result;
	});
	while (ran === undefined) await shop.advance(20);
	await ended;
	return ran;
}

async function challenge(shop: Shop): Promise<string> {
	await shop.press("menu", "8");
	const screen = await shop.screen();
	return screen.lines.find(({ style }) => style === "input")?.text ?? "";
}

/** The technician reads the challenge out, the service desk answers. */
async function openService(shop: Shop): Promise<void> {
	const digits = await challenge(shop);
	const asked = ["--terminal", TILL, "--challenge", digits, "--by", "Li Wei", "--json"];
	const { out } = await closeout(shop, "service", "response", ...asked);
	await shop.type(JSON.parse(out).response);
	await shop.press("ok");
}

async function cableOf(shop: Shop): Promise<string> {
	const till = (await shop.call("GET", `/v1/terminals/${TILL}`)) as {
		service: { address: string };
	};
	return till.service.address;
}

interface Told {
	readonly sequence: number;
	readonly kind: string;
	readonly body: Readonly<Record<string, unknown>>;
}

async function records(shop: Shop): Promise<readonly Told[]> {
	return (await shop.till("GET", "records")) as readonly Told[];
}

/** The records of a piece file, decoded as the terminal tells its own. */
async function inFile(path: string): Promise<readonly unknown[]> {
	const found: unknown[] = [];
	for await (const piece of readPieceFile(path)) {
		for (const { sequence, kind, payload } of piece.records)
			found.push({ sequence, ...decodeRecord({ kind, payload }) });
	}
	return JSON.parse(JSON.stringify(found));
}

function fileOf({ dataDir }: Shop): string {
	return join(dataDir, "till.pieces");
}

test("a technician is let in, prints the status and carries the journal away over a cable that breaks", async (t) => {
	const shop = await openShop(t);
	await shop.till("POST", "busy-morning", { count: 60, seed: "pull" });
	await openService(shop);
	t.is((await shop.screen()).name, "service-menu");

	const before = (await shop.paper()).length;
	await shop.press("1");
	await shop.advance(10_000);
	t.regex((await shop.paper()).slice(before), /till-0001/);

	await shop.press("ok", "3");
	const path = fileOf(shop);
	const pull = ["journal", "pull", "--from-terminal", await cableOf(shop), "--out", path];
	for (const cutAfterBytes of [700, 4_000, 6_000]) {
		await shop.till("PUT", "service", { cutAfterBytes });
		const cut = await closeout(shop, ...pull);
		t.is(cut.code, EXIT_NO_CONNECTION, `${cutAfterBytes}: ${cut.out}`);
	}
	const whole = await closeout(shop, ...pull, "--json");
	t.is(whole.code, 0, whole.err);
	const { to, epoch } = JSON.parse(whole.out);
	const told = await records(shop);
	t.true(to > 200);
	t.is(epoch, 1);
	t.deepEqual(
		await inFile(path),
		told.filter(({ sequence }) => sequence <= to),
	);
	const pulls = told.filter(({ kind }) => kind === "pull");
	t.is(pulls.length, 4);
	t.true(pulls.every(({ body }) => body.by === "technician" && body.via === "cable"));
	const sessions = told.filter(({ kind }) => kind === "service");
	t.like(sessions, [{ body: { action: "opened", by: "technician", role: "technician" } }]);
	const [asked] = await shop.host.store.listServiceResponses({ terminal: TILL });
	t.like(asked, { by: "Li Wei", epoch: 1 });
});

test("the office pulls the journal over the network, and the shop goes on", async (t) => {
	const shop = await openShop(t);
	await shop.till("POST", "busy-morning", { count: 60, seed: "pull" });
	const path = fileOf(shop);
	const pull = ["journal", "pull", "--terminal", TILL, "--host", shop.dashboardUrl, "--out", path];
	const part = await meanwhile(shop, closeout(shop, ...pull, "--to", "77", "--json"));
	t.is(part.code, 0, part.err);
	t.like(JSON.parse(part.out), { from: 1, to: 77, journalled: true });
	const rest = await meanwhile(shop, closeout(shop, ...pull, "--json"));
	t.is(rest.code, 0, rest.err);
	const { from, to } = JSON.parse(rest.out);
	t.is(from, 78);
	const told = await records(shop);
	t.deepEqual(
		await inFile(path),
		told.filter(({ sequence }) => sequence <= to),
	);
	t.deepEqual(
		told.filter(({ kind }) => kind === "pull").map(({ body }) => body.via),
		["network", "network"],
	);
	t.is((await shop.stream())?.watermark, (await shop.status()).head);
});

test("nobody pulls without a session and a cable that is switched on", async (t) => {
	const shop = await openShop(t);
	const address = await cableOf(shop);
	const pull = () =>
		closeout(shop, "journal", "pull", "--from-terminal", address, "--out", fileOf(shop));
	t.is((await pull()).code, EXIT_NO_CONNECTION);
	await openService(shop);
	t.is((await pull()).code, EXIT_NO_CONNECTION);
	await shop.press("3");
	t.is((await pull()).code, 0);
	await shop.press("cancel");
	const ended = await pull();
	t.is(ended.code, EXIT_NO_CONNECTION);
	t.regex(ended.err, /^closeout: connection: .*service menu/);
});

test("five wrong responses lock the menu, and the right one does not open it then", async (t) => {
	const shop = await openShop(t);
	await challenge(shop);
	for (let time = 0; time < 5; time++) {
		await shop.type("00000000");
		await shop.press("ok");
	}
	const locked = await shop.screen();
	t.is(locked.name, "service-code");
	t.is(locked.lines.length, 1);
	await shop.advance(14 * 60_000);
	t.deepEqual(await shop.screen(), {
		...locked,
		lines: [{ ...locked.lines[0], text: "! 已锁定, 请 1 分钟后再试" }],
	});
	await shop.advance(60_000);
	await shop.press("cancel");
	await openService(shop);
	t.is((await shop.screen()).name, "service-menu");
	const actions = (await records(shop)).filter(({ kind }) => kind === "service");
	t.deepEqual(
		actions.map(({ body }) => body.action),
		["refused", "refused", "refused", "refused", "locked", "opened"],
	);
});

test("a session that nobody uses ends by itself, with its cable", async (t) => {
	const shop = await openShop(t);
	await openService(shop);
	await shop.press("3");
	await shop.advance(10 * 60_000);
	t.is((await shop.screen()).name, "service-ended");
	const address = await cableOf(shop);
	const path = fileOf(shop);
	const late = await closeout(shop, "journal", "pull", "--from-terminal", address, "--out", path);
	t.is(late.code, EXIT_NO_CONNECTION);
	const actions = (await records(shop)).filter(({ kind }) => kind === "service");
	t.deepEqual(
		actions.map(({ body }) => body.action),
		["opened", "expired"],
	);
});

test("a slow cable takes its time", async (t) => {
	const shop = await openShop(t);
	await openService(shop);
	await shop.press("3");
	await shop.till("PUT", "service", { bytesPerSecond: 960 });
	const address = await cableOf(shop);
	const path = fileOf(shop);
	const pull = closeout(
		shop,
		"journal",
		"pull",
		"--from-terminal",
		address,
		"--out",
		path,
		"--json",
	);
	const { code, out: told } = await meanwhile(shop, pull);
	t.is(code, 0);
	t.is((await inFile(path)).length, JSON.parse(told).to);
});
