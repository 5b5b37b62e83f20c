/** A mistake that others made, to be made again in memory. */
export interface Bug {
	readonly name: string;
	/** Who had it, or who does it by design. */
	readonly history: string;
	/** The campaign of lane ci that has to find it. */
	readonly campaign: string;
	readonly file: string;
	readonly changes: readonly (readonly [find: string, put: string])[];
	/** It never ends: the watchdog finds it. */
	readonly hangs?: boolean;
}

export const bugs: readonly Bug[] = [
	{
		name: "padding-outside-checksum",
		history: "TigerBeetle 2025, sector padding; the probe behind the design",
		campaign: "rot",
		file: "/protocol/media-frame.ts",
		changes: [
			[
				"crc32c(bytes, FRAME_HEADER_BYTES, end, headCrc)",
				"crc32c(bytes, FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + payload.length + CHAIN_BYTES, headCrc)",
			],
			[
				"crc32c(bytes, FRAME_HEADER_BYTES, end, header.crc)",
				"crc32c(bytes, FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + header.length + CHAIN_BYTES, header.crc)",
			],
			["if (!isFilledWith(bytes.subarray(chainEnd, end), 0)) return undefined;", ""],
		],
	},
	{
		name: "no-sync",
		history: "esp_littlefs#129, Moddable File: flushed to the system, not to the media",
		campaign: "reorder",
		file: "/firmware/core/journal/medium.ts",
		changes: [["		this.#storage.sync();", ""]],
	},
	{
		name: "failed-sync-retried",
		history: "PostgreSQL 2018, Rebello et al. 2020: the second fsync says success",
		campaign: "io-errors",
		file: "/firmware/core/journal/medium.ts",
		changes: [
			[
				"		this.#storage.sync();",
				"		try { this.#storage.sync(); } catch (error) { if (error instanceof CloseoutError) this.#storage.sync(); else throw error; }",
			],
		],
	},
	{
		name: "no-read-back",
		history:
			"short write without an error: Moddable files-posix; worn flash in littlefs's bad-block models",
		campaign: "io-errors",
		file: "/firmware/core/journal/medium.ts",
		changes: [
			[
				"if (!found || !equalBytes(found, part)) return false;",
				"if (found === null) return false;",
			],
		],
	},
	{
		name: "repair-in-place",
		history: "redb: a crash during the recovery of an earlier crash lost durable commits",
		campaign: "endless",
		file: "/firmware/core/journal/rebuild.ts",
		changes: [
			[
				"medium.replace(base, layout.segmentBytes, image.bytes),\n	);\n	if (staged.length",
				"base >= 0,\n	);\n	if (staged.length",
			],
		],
	},
	{
		name: "counter-wraps",
		history: "zephyr#84874: 256 cuts in a row wrapped a counter",
		campaign: "endless",
		file: "/protocol/media-root.ts",
		changes: [["writeU64(view, 8, root.sequence);", "writeU64(view, 8, root.sequence % 256);"]],
	},
	{
		name: "bad-checksum-skipped",
		history: "Zephyr FCB: skips entries that have no valid checksum",
		campaign: "rot",
		file: "/protocol/media-walk.ts",
		changes: [
			[
				"if (lastMissing < first) return",
				"if (lastMissing >= first) {\n			this.#expected = lastMissing + 1;\n			this.#chain = undefined;\n		}\n		if (lastMissing >= 0) return",
			],
		],
	},
	{
		name: "cut-at-first-damage",
		history: "RocksDB point-in-time recovery: drops all that follows",
		campaign: "rot",
		file: "/protocol/media-walk.ts",
		changes: [
			[
				"const next = this.#sealed || complete ? undefined : this.#resync(from, writtenEnd);",
				"const next = undefined as { offset: number; lastMissing: number } | undefined;",
			],
		],
	},
	{
		name: "torn-tail-is-corruption",
		history: "zephyr#103029: power loss in the last entry of a sector, and it never mounts again",
		campaign: "power",
		file: "/protocol/media-survey.ts",
		changes: [
			[
				"const isBounded = least?.isExact || Math.min(...written) === this.#counted;",
				"const isBounded = false;",
			],
		],
	},
	{
		name: "appends-after-torn-write",
		history: "zephyr PR 103452, littlefs#671: programming goes on behind a half-programmed area",
		campaign: "power",
		file: "/firmware/core/journal/recovery.ts",
		changes: [
			['if (root.state !== "open") {', "if (root.state.length > 0) {"],
			[
				"const isWhole = isHeaderWhole && summary.findings === 0;",
				"const isWhole = isHeaderWhole;",
			],
		],
	},
	{
		name: "one-copy",
		history: "littlefs#843, #602, #1022; TigerBeetle with one replica: what rots is gone",
		campaign: "rot",
		file: "/firmware/core/journal/segment-write.ts",
		changes: [
			[
				"for (const base of segmentBases(layout, number)) {",
				"for (const base of segmentBases(layout, number).slice(0, 1)) {",
			],
		],
	},
	{
		name: "half-a-group-counts",
		history: "a commit frame that is not looked for: SQLite's WAL has it for this",
		campaign: "power",
		file: "/protocol/media-survey.ts",
		changes: [["if (item.record.flags & FLAG_LAST_OF_GROUP) this.#count();", "this.#count();"]],
	},
	{
		name: "roots-all-at-once",
		history: "superblocks without a barrier between the copies: ALICE 2014, littlefs's pairs",
		campaign: "reorder",
		file: "/firmware/core/journal/root-store.ts",
		changes: [
			[
				"const split = Math.max(QUORUM, order.length - this.#holders.length);",
				"const split = order.length;",
			],
		],
	},
	{
		name: "unconfirmed-given-free",
		history: "Zephyr FCB rotate: the oldest goes, delivered or not; KIP-192",
		campaign: "endless",
		file: "/firmware/core/journal/journal.ts",
		changes: [["Math.min(keepFrom, opened.watermark.sequence + 1)", "keepFrom"]],
	},
	{
		name: "recovery-never-ends",
		history: "zephyr#80835: mounting a corrupt image loops for ever",
		campaign: "rot",
		file: "/protocol/media-walk.ts",
		changes: [["offset < end; offset += alignBytes", "offset < end; offset += 0"]],
		hangs: true,
	},
	{
		name: "acknowledgement-believed",
		history: "mosquitto#1855: a broker's acknowledgement taken for storage",
		campaign: "tamper",
		file: "/firmware/core/journal/journal.ts",
		changes: [
			[
				"if (own === undefined || !equalBytes(own, chain)) return false;",
				"if (own === undefined) return false;",
			],
		],
	},
	{
		name: "fork-is-a-duplicate",
		history: "Pulsar, Kafka: a duplicate is known by its number alone",
		campaign: "tamper",
		file: "/host/core/stream.ts",
		changes: [
			[
				'return equalBytes(chain, stored) ? { type: "duplicate" } : { type: "fork" };',
				'return { type: "duplicate" };',
			],
			[
				'return stored !== undefined && !equalBytes(lastChain, stored) ? "fork" : "behind";',
				'return "ok";',
			],
		],
	},
	{
		name: "head-not-compared",
		history: "split view of a log: CT monitors that look at sizes only",
		campaign: "tamper",
		file: "/host/core/stream.ts",
		changes: [
			[
				'if (last === head.watermark && !equalBytes(lastChain, head.chain)) return "fork";',
				'if (last === head.watermark) return "ok";',
			],
			[
				'if (watermark === head.watermark && !equalBytes(watermarkChain, head.chain)) return "fork";',
				"",
			],
			[
				"if (atWatermark === undefined || !equalBytes(atWatermark, head.chain)) return",
				"if (atWatermark === undefined) return",
			],
		],
	},
	{
		name: "longer-forms-accepted",
		history: "cbor-x and most decoders: two byte strings for one value, so two hashes",
		campaign: "frames",
		file: "/protocol/cbor.ts",
		changes: [["if (!shortest) {", "if (size < 0) {"]],
	},
	{
		name: "mac-not-checked",
		history: "a signature that is parsed and never compared",
		campaign: "frames",
		file: "/protocol/message.ts",
		changes: [["return difference === 0;", "return difference >= 0 || difference < 0;"]],
	},
	{
		name: "trailing-bytes-accepted",
		history: "cbor test vectors, part of appendix F: bytes after the item",
		campaign: "frames",
		file: "/protocol/cbor.ts",
		changes: [["reader.offset !== bytes.length", "reader.offset > bytes.length"]],
	},
	{
		name: "nesting-without-bound",
		history: "CVE-2019-11888 and kin: a deep item takes the stack",
		campaign: "frames",
		file: "/protocol/cbor.ts",
		changes: [
			[
				"	#array(length: number, depth: number, start: number): CborValue[] {\n		if (depth >= CBOR_DEPTH_MAX) {",
				"	#array(length: number, depth: number, start: number): CborValue[] {\n		if (depth >= 1_000_000) {",
			],
		],
	},
	{
		name: "separators-hide-cards",
		history: "log scrubbers that know 16 digits in a row only",
		campaign: "cards",
		file: "/protocol/card-guard.ts",
		changes: [["if (code === 0x20 || code === 0x2d) return true;", ""]],
	},
];
