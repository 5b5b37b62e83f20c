import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import test from "ava";
import { type Edge, importsOf, root, sources } from "./_sources.ts";

/** First folder that fits decides. Each room may import from the rooms named, and from outside what `outside` says. */
interface Room {
	readonly prefix: string;
	readonly from: readonly string[];
	readonly outside: "nothing" | "device" | "node";
}

const rooms: readonly Room[] = [
	{ prefix: "protocol/", from: ["protocol/"], outside: "nothing" },
	{
		prefix: "firmware/core/",
		from: ["protocol/", "firmware/core/", "firmware/resources/"],
		outside: "nothing",
	},
	{ prefix: "firmware/resources/generate-", from: ["firmware/resources/"], outside: "node" },
	{ prefix: "firmware/resources/", from: ["firmware/resources/"], outside: "nothing" },
	{
		prefix: "firmware/device/",
		from: ["protocol/", "firmware/core/", "firmware/device/", "firmware/resources/"],
		outside: "device",
	},
	{ prefix: "firmware/", from: ["protocol/", "firmware/"], outside: "device" },
	{ prefix: "manifests/", from: ["protocol/", "firmware/", "manifests/"], outside: "node" },
	{ prefix: "host/core/", from: ["protocol/", "host/core/"], outside: "nothing" },
	{ prefix: "host/cli/", from: ["protocol/", "host/"], outside: "node" },
	{ prefix: "host/", from: ["protocol/", "host/"], outside: "node" },
	{
		prefix: "test/",
		from: ["protocol/", "firmware/", "host/", "manifests/", "test/"],
		outside: "node",
	},
];

/** Rooms that are composed from others and that nothing but tests may build on. */
const compositionRoots = ["host/cli/", "firmware/main.ts", "firmware/setup/"];

function isLocal(to: string): boolean {
	return existsSync(`${root}${to}`);
}

/** Modules of the Moddable SDK, by the names that ECMA-419 and its manifests give them, and plain script that runs there. */
const deviceModule =
	/^(@noble\/|embedded:|mc\/|mod\/|pins\/|sntp$|timer$|time$|crypt$|Resource$|piu\/|commodetto\/|preference$|flash$|file$|base64$|bin$)/;

function isAllowed({ from, to }: Edge): boolean {
	const room = rooms.find(({ prefix }) => from.startsWith(prefix));
	if (room === undefined) return false;
	if (isLocal(to)) {
		const isRoot = compositionRoots.some((prefix) => to.startsWith(prefix));
		const fromRoot = compositionRoots.some((prefix) => from.startsWith(prefix));
		if (isRoot && !fromRoot && !from.startsWith("test/")) return false;
		return room.from.some((prefix) => to.startsWith(prefix));
	}
	if (room.outside === "nothing") return false;
	if (room.outside === "device") return deviceModule.test(to) && !isBuiltin(to);
	return !deviceModule.test(to) || isBuiltin(to);
}

test("imports go in the allowed directions only", (t) => {
	const edges = sources.flatMap(importsOf);
	t.true(edges.length > 50, "the imports are found");
	const offending = edges
		.filter((edge) => !isAllowed(edge))
		.map(({ from, to }) => `${from} → ${to}`);
	t.deepEqual(offending, []);
});

test("an import in a forbidden direction is found", (t) => {
	const offending: readonly (readonly [from: string, to: string])[] = [
		["protocol/cbor.ts", "firmware/core/port.ts"],
		["protocol/cbor.ts", "node:fs"],
		["firmware/core/port.ts", "cbor-x"],
		["firmware/core/port.ts", "timer"],
		["firmware/core/port.ts", "protocol/missing.ts"],
		["firmware/device/clock.ts", "node:fs"],
		["firmware/device/clock.ts", "test/style/_sources.ts"],
		["host/core/stream.ts", "node:crypto"],
		["host/core/stream.ts", "firmware/core/port.ts"],
		["host/ingest/link.ts", "firmware/core/port.ts"],
		["host/ingest/link.ts", "test/style/_sources.ts"],
		["host/ingest/link.ts", "embedded:network/mqtt/client"],
		["scripts/tool.ts", "protocol/cbor.ts"],
	];
	for (const [from, to] of offending) t.false(isAllowed({ from, to }), `${from} → ${to}`);
});

test("relative imports name a file that is there", (t) => {
	const lost = sources
		.flatMap(importsOf)
		.filter(({ to }) => /^(protocol|firmware|host|manifests|test)\//.test(to) && !isLocal(to))
		.map(({ from, to }) => `${from} → ${to}`);
	t.deepEqual(lost, []);
});
