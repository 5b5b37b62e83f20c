import test from "ava";
import { chainGroup, checkedGroupBytes } from "../../../firmware/core/journal/group.ts";
import {
	GROUP_BYTES_MAX,
	GROUP_RECORDS_MAX,
	RECORD_PAYLOAD_BYTES_MAX,
} from "../../../protocol/limits.ts";
import { FLAG_LAST_OF_GROUP, frameBytes, nextChain } from "../../../protocol/media.ts";
import { sha256 } from "../../_helper/digest.ts";

const align = 4;
const record = (kind: number, length: number) => ({ kind, payload: new Uint8Array(length) });
const many = (count: number, length: number) =>
	Array.from({ length: count }, () => record(1, length));

test("a group takes the frames of all its records", (t) => {
	const records = [record(1, 10), record(2, 0), record(3, 57)];
	const bytes = frameBytes(10, align) + frameBytes(0, align) + frameBytes(57, align);
	t.is(checkedGroupBytes(records, align), bytes);
	t.is(checkedGroupBytes(records, 64), 128 + 64 + 128);
});

test("each limit of a group is taken up to its last value and refused beyond it", (t) => {
	const fits = (records: ReturnType<typeof many>) => t.true(checkedGroupBytes(records, align) > 0);
	const refused = (records: ReturnType<typeof many>, message: RegExp) =>
		t.throws(() => checkedGroupBytes(records, align), { code: "LIMIT", message });
	fits(many(1, 0));
	refused([], /group of 0 records; 1 to 16/);
	fits(many(GROUP_RECORDS_MAX, 0));
	refused(many(GROUP_RECORDS_MAX + 1, 0), /group of 17 records/);
	fits([record(0, 0), record(255, 0)]);
	for (const kind of [-1, 256, 1.5, Number.NaN])
		refused([record(kind, 0)], /kind .* is not 0 to 255/);
	fits(many(1, RECORD_PAYLOAD_BYTES_MAX));
	refused(many(1, RECORD_PAYLOAD_BYTES_MAX + 1), /record of 1025 bytes; at most 1024/);
	const share = GROUP_BYTES_MAX / 6 - frameBytes(0, align);
	t.is(checkedGroupBytes(many(6, share), align), GROUP_BYTES_MAX);
	refused(
		[...many(5, share), record(1, share + 1)],
		/group of 6148 bytes .* at most 6144, so split it/,
	);
});

test("records of a group follow the head, and only the last one ends the group", (t) => {
	const head = { sequence: 41, chain: new Uint8Array(32).fill(9) };
	const chained = chainGroup([record(5, 3), record(6, 2), record(7, 1)], head, sha256);
	t.deepEqual(
		chained.map(({ sequence, kind, flags }) => [sequence, kind, flags]),
		[
			[42, 5, 0],
			[43, 6, 0],
			[44, 7, FLAG_LAST_OF_GROUP],
		],
	);
	let chain: Uint8Array = head.chain;
	for (const { chain: own, ...rest } of chained) {
		chain = nextChain(chain, rest, sha256);
		t.deepEqual(own, chain);
	}
});
