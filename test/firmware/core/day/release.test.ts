import test from "ava";
import { chen, lin, openShop, type Shop } from "../../../_helper/shop.ts";

const technician = { name: "technician", role: "technician" } as const;
const host = { name: "host", role: "host" } as const;

/** The host holds everything up to here. */
function acknowledged(shop: Shop): void {
	shop.figures = { ...shop.figures, watermark: shop.state.sequence };
}

function closedShop(): Shop {
	const shop = openShop({ settings: [{ name: "slipPerSale", value: false }] });
	shop.day.close("day", lin);
	return shop;
}

test("a terminal with work left is neither updated, wiped nor signed out, and says why", (t) => {
	const shop = openShop();
	shop.sell(10_00);
	shop.app.fates.push("hang");
	shop.sell(20_00);
	shop.figures = { ...shop.figures, watermark: 2 };
	const reasons = ["unacknowledged", "notClosed", "unsettled", "open", "unprinted"] as const;
	t.deepEqual(shop.day.releaseReasons(), reasons);
	t.deepEqual(shop.day.askRelease("wipe", host), { accepted: false, reasons });
	t.deepEqual(shop.records("releaseAsked")[0]?.body, {
		purpose: "wipe",
		by: "host",
		role: "host",
		accepted: false,
		reasons,
	});
});

test("a clean terminal is let go; records of service and delivery hold nothing up", (t) => {
	const shop = closedShop();
	acknowledged(shop);
	shop.core.record("command", { hostSequence: 1, command: 7, accepted: true, detail: "" });
	shop.core.record("service", { action: "opened", by: "technician", role: "technician" });
	t.deepEqual(shop.day.askRelease("update", host), { accepted: true, reasons: [] });
	t.deepEqual(shop.day.askRelease("signOut", chen), { accepted: true, reasons: [] });
	shop.day.openShift("lin");
	t.deepEqual(shop.day.askRelease("signOut", chen).reasons, ["unacknowledged", "notClosed"]);
});

test("a technician's pull of all that only the terminal has lets it go; a part of it does not", (t) => {
	const shop = openShop();
	shop.sell(10_00);
	shop.figures = { ...shop.figures, watermark: 3 };
	const { sequence } = shop.state;
	t.false(shop.day.askRelease("wipe", technician).accepted);
	const pull = { by: "technician", via: "cable" } as const;
	shop.core.record("pull", { ...pull, from: 4, to: sequence - 1 });
	t.false(shop.day.askRelease("wipe", technician).accepted);
	shop.core.record("pull", { ...pull, from: sequence + 9, to: sequence + 9 });
	t.false(shop.day.askRelease("wipe", technician).accepted);
	shop.core.record("pull", { ...pull, from: 1, to: sequence });
	t.false(shop.day.askRelease("wipe", host).accepted);
	t.true(shop.day.askRelease("wipe", technician).accepted);
	shop.sell(11_00);
	t.false(shop.day.askRelease("wipe", technician).accepted);
});
