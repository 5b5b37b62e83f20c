/** A part of the project whose tests are held to kill what is changed in it. */
export interface Room {
	readonly name: string;
	/** Globs of the files that are mutated. */
	readonly files: readonly string[];
	/** Globs of the test files that have to notice it; the cheap ones first. */
	readonly tests: readonly string[];
}

/** Below this share of killed mutants, in percent, a room fails. */
export const scorePercentMin = 95;

/** Without the cuts at every byte: what they find, a test of one rule finds in a thousandth of the time. */
const journalTests = [
	"test/protocol/media*.test.ts",
	"test/firmware/journal/journal.test.ts",
	"test/firmware/journal/!(power-cut).test.ts",
];

export const rooms: readonly Room[] = [
	{
		name: "codec",
		files: [
			"protocol/{bytes,cbor,schema,utf8,crc,chain,record*,message,message-table,card-guard,list-hash}.ts",
		],
		tests: [
			"test/protocol/{bytes,cbor,cbor-rfc8949,chain,crc,schema,record,message,pull,card-guard}.test.ts",
			"test/protocol/{list-hash,merkle,stream-tree,utf8,cbor-random,utf8-platform}.test.ts",
			"test/protocol/generated.test.ts",
		],
	},
	{
		name: "media",
		files: ["protocol/media*.ts"],
		tests: ["test/protocol/media*.test.ts"],
	},
	{
		name: "journal",
		files: ["firmware/core/journal/!(recovery|rebuild|scan|scrub).ts"],
		tests: journalTests,
	},
	{
		name: "recovery",
		files: ["firmware/core/journal/{recovery,rebuild,scan,scrub}.ts"],
		tests: journalTests,
	},
	{
		name: "sync",
		files: ["firmware/core/sync/*.ts"],
		tests: ["test/firmware/sync/*.test.ts"],
	},
	{
		name: "ingest",
		files: ["host/ingest/*.ts"],
		// Those that need no whole host: a store that answers what the test says, and a pipe.
		tests: [
			"test/host/ingest/{bounds,deliver,greet,receive,projector,ingest,pull-turns}.test.ts",
			"test/host/ingest/link.test.ts",
		],
	},
];
