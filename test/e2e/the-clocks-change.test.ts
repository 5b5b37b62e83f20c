import test, { type ExecutionContext } from "ava";
import { addDays } from "../../protocol/time.ts";
import { TimeZone } from "../emulator/time-zone.ts";
import { closedShop, type Shop } from "./_shop.ts";

const ZONE = "Europe/Berlin";
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The business date changes, and the window of automatic settlement lies, in the hour that is missing or comes twice. */
const configuration = {
	cutOverMinute: 150,
	autoSettleStartMinute: 130,
	autoSettleEndMinute: 140,
	autoSettleAskMinutes: 0,
	slipPerSale: false,
};

interface Change {
	readonly atMs: number;
	/** Local date of it, `yyyymmdd`. */
	readonly date: number;
}

/** The next time at which the clocks of the zone go by an hour: forward in spring, back in autumn. */
function nextChange(fromMs: number, byMinutes: 60 | -60): Change {
	const zone = new TimeZone(ZONE);
	for (let atMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS; ; atMs += HOUR_MS) {
		const minutes = zone.minutesAt(atMs);
		if (minutes - zone.minutesAt(atMs - HOUR_MS) !== byMinutes) continue;
		const local = new Date(atMs + minutes * MINUTE_MS).toISOString().slice(0, 10);
		return { atMs, date: Number(local.replaceAll("-", "")) };
	}
}

/** Moves the world to so many minutes after (or before) a change. */
async function moveTo(shop: Shop, { atMs }: Change, minutes: number): Promise<void> {
	for (;;) {
		const { wallMs } = (await shop.call("GET", "/v1/clock")) as { wallMs: number };
		const leftMs = atMs + minutes * MINUTE_MS - wallMs;
		if (leftMs <= 0) return;
		await shop.advance(Math.min(leftMs, 8 * DAY_MS));
	}
}

/** A terminal of a zone with transitions, switched on in the evening before one of them. */
async function eveningBefore(
	t: ExecutionContext,
	byMinutes: 60 | -60,
): Promise<{ readonly shop: Shop; readonly change: Change }> {
	const shop = await closedShop(t, { configuration });
	const { wallMs } = (await shop.call("GET", "/v1/clock")) as { wallMs: number };
	const change = nextChange(wallMs, byMinutes);
	await shop.till("PUT", "clock", { timeZone: ZONE });
	await shop.power(false);
	await moveTo(shop, change, -6 * 60);
	await shop.power(true);
	await shop.advance(10_000);
	return { shop, change };
}

/** Closes what is open, opens a shift, and says the business date that it belongs to. */
async function openAnew(shop: Shop): Promise<number | undefined> {
	const { day } = await shop.state();
	if (day !== null) {
		await shop.settle();
		await shop.press("cancel", "cancel", "menu", "4", "ok", "ok");
	}
	await shop.press("cancel");
	await shop.openShift();
	return (await shop.state()).day?.businessDate;
}

test("the night of 23 hours: a cut-over and a settlement window that do not exist come once all the same", async (t) => {
	const { shop, change } = await eveningBefore(t, 60);
	const before = addDays(change.date, -1);
	t.is(await openAnew(shop), before);
	await moveTo(shop, change, -30);
	t.is(await openAnew(shop), before);
	await shop.sell({ amount: "10.00" });
	await moveTo(shop, change, -1);
	const count = (await shop.records("settleBegin")).length;
	await moveTo(shop, change, 5);
	t.deepEqual(
		(await shop.records("settleBegin")).slice(count).map(({ trigger }) => trigger),
		["catchUp"],
	);
	await shop.press("cancel");
	t.is((await shop.lines())[0]?.slice(11), "03:05");
	t.is(await openAnew(shop), change.date);
	await moveTo(shop, change, 23 * 60 + 25);
	t.is(await openAnew(shop), change.date);
	await moveTo(shop, change, 23 * 60 + 40);
	t.is(await openAnew(shop), addDays(change.date, 1));
	t.deepEqual(await shop.records("clock"), []);
});

test("the night of 25 hours: the hour that comes twice gives no date a second time and none back", async (t) => {
	const { shop, change } = await eveningBefore(t, -60);
	t.is(await openAnew(shop), addDays(change.date, -1));
	await moveTo(shop, change, -25);
	t.is(await openAnew(shop), change.date);
	await moveTo(shop, change, 10);
	await shop.press("cancel");
	t.is((await shop.lines())[0]?.slice(11), "02:10");
	t.is(await openAnew(shop), change.date);
	await moveTo(shop, change, 40);
	t.is(await openAnew(shop), change.date);
	await moveTo(shop, change, 24 * 60 + 25);
	t.is(await openAnew(shop), change.date);
	await moveTo(shop, change, 24 * 60 + 40);
	t.is(await openAnew(shop), addDays(change.date, 1));
	const dates = (await shop.records("dayOpen")).map(({ businessDate }) => businessDate);
	t.deepEqual(dates, dates.toSorted());
	t.deepEqual(await shop.records("clock"), []);
});
