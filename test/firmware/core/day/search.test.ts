import test from "ava";
import { noCriteria, SEARCH_PAGE, Search } from "../../../../firmware/core/day/search.ts";
import { openShop, type Shop } from "../../../_helper/shop.ts";

function searchIn(shop: Shop, first = 1) {
	const search = new Search({ core: shop.core, first: () => first });
	const run = () => {
		let steps = 0;
		while (search.step() === 0) steps += 1;
		return steps;
	};
	return { search, run };
}

test("hits come newest first, a page at a time, each once, over any number of steps", (t) => {
	const shop = openShop();
	const sold: number[] = [];
	for (let count = 0; count < 45; count++) sold.push(shop.sell(count % 3 === 0 ? 7_00 : 1_00));
	const { search, run } = searchIn(shop);
	search.begin({ ...noCriteria, amountMinor: 7_00 });
	const found: number[] = [];
	for (let page = 0; page < 10; page++) {
		run();
		t.true(search.page.length <= SEARCH_PAGE);
		found.push(...search.page.map(({ subject }) => subject));
		if (!search.hasMore) break;
		search.more();
	}
	const wanted = sold.filter((_transaction, index) => index % 3 === 0).reverse();
	t.deepEqual(found, wanted);
});

test("a declined sale is found as what it is, and facts are asked for together", (t) => {
	const shop = openShop();
	shop.app.fates.push("decline");
	const declined = shop.sell(7_00);
	const approved = shop.sell(7_00);
	const { search, run } = searchIn(shop);
	search.begin({ ...noCriteria, amountMinor: 7_00 });
	run();
	t.like(search.page, [
		{ subject: approved, standing: "approved" },
		{ subject: declined, standing: "declined" },
	]);
	const { trace } = search.page[1] ?? { trace: null };
	search.begin({ ...noCriteria, amountMinor: 7_00, trace });
	run();
	t.deepEqual(
		search.page.map(({ subject }) => subject),
		[declined],
	);
	search.begin({ ...noCriteria, amountMinor: 7_01, trace });
	run();
	t.deepEqual(search.page, []);
	t.false(search.hasMore);
});

test("nothing older than what the journal holds is looked for", (t) => {
	const shop = openShop();
	shop.sell(7_00);
	const { search, run } = searchIn(shop, shop.state.sequence + 1);
	search.begin(noCriteria);
	run();
	t.deepEqual(search.page, []);
});
