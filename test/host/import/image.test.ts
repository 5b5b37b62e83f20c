import test from "ava";
import { type ImageItem, JournalImage } from "../../../host/import/image.ts";
import { decodeUtf8 } from "../../../protocol/utf8.ts";
import { formatted, opened, recordOf } from "../../_helper/journal.ts";
import { type MemoryStorage, PowerLoss } from "../../_helper/memory-storage.ts";

const RECORDS = 120;

/** Media with a journal of several segments. */
function filled(isClosed: boolean): MemoryStorage {
	const storage = formatted();
	const [journal] = opened(storage);
	for (let number = 1; number <= RECORDS; number += 2) {
		journal.append([recordOf(number), recordOf(number + 1)]);
	}
	if (isClosed) journal.close();
	return storage;
}

function walk(bytes: Uint8Array): readonly ImageItem[] {
	return [...new JournalImage("a.img", bytes).walk()];
}

function recordsOf(items: readonly ImageItem[]): readonly number[] {
	return items.flatMap((item) => (item.type === "record" ? [item.record.sequence] : []));
}

function numbers(from: number, to: number): readonly number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

for (const isClosed of [true, false]) {
	test(`an image of media that were ${isClosed ? "closed" : "in use"} gives every record and right seals`, (t) => {
		const items = walk(filled(isClosed).image());
		t.deepEqual(recordsOf(items), numbers(1, RECORDS));
		const seals = items.filter(({ type }) => type === "seal");
		t.true(seals.length > 2);
		t.true(seals.every((item) => item.type === "seal" && item.isRight));
		t.deepEqual(
			items.filter(({ type }) => type === "problem" || type === "gap"),
			[],
		);
		const [first] = items;
		t.is(first?.type === "record" ? decodeUtf8(first.record.payload).slice(0, 8) : "", "record 1");
	});
}

test("an image of media whose start was cut in any of its calls is whole", (t) => {
	const media = filled(false);
	let cuts = 0;
	for (let isCut = true; isCut; cuts++) {
		const storage = media.restart({ cut: { atChange: cuts + 1 } });
		try {
			opened(storage);
			isCut = false;
		} catch (error) {
			if (!(error instanceof PowerLoss)) throw error;
		}
		const items = walk(storage.image());
		t.deepEqual(recordsOf(items), numbers(1, RECORDS), `cut in call ${cuts + 1}`);
	}
	t.true(cuts > 10);
});

test("damage to one copy is made good by the other and remarked", (t) => {
	const image = filled(true).image();
	image.fill(0x55, 6_000, 6_050);
	const items = walk(image);
	t.deepEqual(recordsOf(items), numbers(1, RECORDS));
	t.true(items.some(({ type }) => type === "remark"));
});

test("records that are destroyed in both copies are a gap, and the rest is there", (t) => {
	const image = filled(true).image();
	for (const half of [0, image.length / 2]) image.fill(0x55, half + 6_000, half + 6_050);
	const items = walk(image);
	const gaps = items.filter((item) => item.type === "gap");
	t.is(gaps.length, 1);
	const [gap] = gaps;
	if (gap?.type !== "gap") return;
	t.deepEqual(recordsOf(items), [...numbers(1, gap.from - 1), ...numbers(gap.to + 1, RECORDS)]);
});

test("bytes that are no storage image are refused by name", (t) => {
	for (const bytes of [new Uint8Array(0), new Uint8Array(100_000).fill(7)]) {
		t.throws(() => new JournalImage("a.img", bytes), { message: /^a\.img: there is no journal/ });
	}
});

test("an image of media that were just formatted is empty", (t) => {
	t.deepEqual(walk(formatted().image()), []);
});
