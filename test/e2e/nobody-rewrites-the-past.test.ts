import test from "ava";
import { verifyEd25519 } from "../../host/ed25519.ts";
import { checkList } from "../../host/import/paper-check.ts";
import { cosignedBytes, lastOfHead } from "../../protocol/checkpoint.ts";
import { openShop, type Shop } from "./_shop.ts";

async function incidents(shop: Shop): Promise<readonly string[]> {
	await shop.delivered();
	const found = await shop.host.store.listIncidents();
	return found.map(({ type }) => type);
}

async function lastHead(shop: Shop) {
	await shop.delivered();
	const [stream] = await shop.host.store.listStreams("till-0001");
	return shop.host.store.lastCosigned({ terminal: "till-0001", epoch: stream?.epoch ?? 0 });
}

test("after a settlement the host holds a signed head and has cosigned it", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "12.00" });
	await shop.settle();
	const head = await lastHead(shop);
	const { settlements, signedHead } = await shop.state();
	if (head?.cosigned == null) return t.fail("no head was cosigned");
	t.true(
		lastOfHead(head) >= (settlements.at(-1)?.end ?? Number.POSITIVE_INFINITY),
		"it covers the settlement",
	);
	t.is(head.seq, signedHead?.sequence ?? 0);
	const { hostKey, timeS, signature } = head.cosigned;
	t.true(verifyEd25519(hostKey, cosignedBytes(head, timeS), signature));
	t.deepEqual(await incidents(shop), []);
});

test("an image of yesterday is known as one at the start, and by the host at first contact", async (t) => {
	const shop = await openShop(t);
	await shop.sell();
	await shop.settle();
	const yesterday = await shop.image();
	await shop.advanceTo("18:00");
	await shop.sell({ amount: "30.00" });
	await shop.settle();
	const before = await lastHead(shop);
	await shop.network("down");
	await shop.tamper((now) => now.set(yesterday));
	t.regex((await shop.screen()).title, /日志不符/);
	t.deepEqual(await incidents(shop), []);
	await shop.network("up");
	await shop.advance(60_000);
	t.deepEqual(await incidents(shop), ["rollback"]);
	const [{ detail = "" } = {}] = await shop.host.store.listIncidents();
	t.regex(detail, new RegExp(`last cosigned head ends at ${before && lastOfHead(before)}$`));
	t.deepEqual(await lastHead(shop), before, "nothing new is cosigned");
});

test("two terminals from one image are a fork, with the records of both kept", async (t) => {
	const shop = await openShop(t);
	await shop.sell();
	await shop.delivered();
	const image = await shop.image();
	await shop.sell({ amount: "11.00" });
	await shop.delivered();
	await shop.network("down");
	await shop.tamper((now) => now.set(image));
	for (let sale = 0; sale < 3; sale++) await shop.sell({ amount: "99.00" });
	await shop.network("up");
	await shop.advance(60_000);
	t.true((await incidents(shop)).includes("fork"));
	const [stream] = await shop.host.store.listStreams("till-0001");
	t.true(stream?.frozen);
	const kept = await shop.host.store.listEvidence({
		terminal: "till-0001",
		epoch: stream?.epoch ?? 0,
	});
	t.true(kept.length > 0);
});

test("a paper list is the host's list, and an altered one is not", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "12.00" });
	await shop.sell({ amount: "7.50" });
	await shop.settle();
	await shop.delivered();
	const [, seal = ""] = /\[QR (CLOSEOUT-LIST[^\]]*)\]/.exec(await shop.paper()) ?? [];
	t.like(await checkList(shop.host.store, seal), {
		verdict: "same",
		signature: "right",
		paper: { rowCount: 2, netMinor: 1_950 },
		missing: [],
	});
	const altered = seal.replace(":2:1950:CNY:", ":2:1200:CNY:");
	t.like(await checkList(shop.host.store, altered), { verdict: "differs", signature: "wrong" });
});
