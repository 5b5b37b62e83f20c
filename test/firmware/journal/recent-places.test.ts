import test from "ava";
import { emptyTail } from "../../../firmware/core/journal/context.ts";
import { chainGroup } from "../../../firmware/core/journal/group.ts";
import { RecentPlaces } from "../../../firmware/core/journal/recent-places.ts";
import { frameBytes } from "../../../protocol/media.ts";
import { sha256 } from "../../_helper/digest.ts";

const key = {
	number: 2,
	firstSequence: 1,
	previousChain: new Uint8Array(32),
	salt: new Uint8Array(8),
};
const align = 4;

/** Notes groups of records of 10 bytes behind record 40, at offset 200; returns the chain after each record. */
function note(places: RecentPlaces, ...groups: number[]): Uint8Array[] {
	const chains: Uint8Array[] = [new Uint8Array(32).fill(1)];
	const tail = emptyTail({ sequence: 40, chain: chains[0] ?? new Uint8Array(0) }, key, 0, sha256);
	tail.offset = 200;
	for (const count of groups) {
		const group = Array.from({ length: count }, () => ({ kind: 1, payload: new Uint8Array(10) }));
		const chained = chainGroup(group, tail.head, sha256);
		places.note(tail, chained, align);
		for (const { sequence, chain } of chained) {
			chains.push(chain);
			tail.head = { sequence, chain };
			tail.offset += frameBytes(10, align);
		}
	}
	return chains;
}

test("a tail that holds nothing takes no records", (t) => {
	const tail = emptyTail({ sequence: 4, chain: new Uint8Array(32) }, key, 3, sha256);
	t.like(tail, { key, epoch: 3, offset: 0, retired: true, head: { sequence: 4 } });
});

test("each of the newest records is found with its offset and the chain before it", (t) => {
	const places = new RecentPlaces();
	const chains = note(places, 1, 3, 2);
	for (let sequence = 41; sequence <= 46; sequence++) {
		t.deepEqual(places.at(sequence), {
			key,
			offset: 200 + (sequence - 41) * frameBytes(10, align),
			sequence,
			chain: chains[sequence - 41] ?? new Uint8Array(0),
		});
	}
	t.is(places.at(40), undefined);
	t.is(places.at(47), undefined);
});

test("no more than eight places are kept, the newest ones", (t) => {
	const places = new RecentPlaces();
	note(places, 5, 4, 3);
	const known = Array.from({ length: 20 }, (_, index) => 38 + index).filter((each) =>
		places.at(each),
	);
	t.deepEqual(known, [45, 46, 47, 48, 49, 50, 51, 52]);
});

test("nothing is known before the first group and after all was forgotten", (t) => {
	const places = new RecentPlaces();
	t.is(places.at(0), undefined);
	note(places, 3);
	places.clear();
	t.is(places.at(41), undefined);
	note(places, 3);
	t.is(places.at(42)?.sequence, 42);
});
