import test from "ava";
import { openTestStore, storePlaces } from "../../_helper/stores.ts";

for (const place of await storePlaces()) {
	test(`${place.name}: decisions of people are kept in order, each tenant its own`, async (t) => {
		const store = await openTestStore(t, await place.make(t), { nowS: 1_795_305_600 });
		const rows = ["acquirer:c.csv:17:sale", "terminal:till-0001.1:53:sale"];
		const said = { tenant: "shop", rows, by: "Li Wei", why: "slip seen" };
		const first = await store.addManualDecision({ ...said, type: "match" });
		const second = await store.addManualDecision({ ...said, type: "unmatch" });
		await store.addManualDecision({ ...said, tenant: "other", type: "match" });
		const kept = { rows, by: "Li Wei", why: "slip seen", atS: 1_795_305_600 };
		t.deepEqual(first, { ...kept, number: 1, type: "match" });
		t.deepEqual(second, { ...kept, number: 2, type: "unmatch" });
		t.deepEqual(await store.listManualDecisions("shop"), [first, second]);
		t.is((await store.listManualDecisions("other")).length, 1);
		t.deepEqual(await store.listManualDecisions("nobody"), []);
	});
}
