import test from "ava";
import { type Change, Changes } from "../../../host/ingest/changes.ts";
import { Projector, type ProjectorOptions } from "../../../host/ingest/projector.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import type { Address } from "../../../protocol/message.ts";
import { listeningLog } from "./_desk.ts";

const one = { terminal: "till-0001", epoch: 1 };
const two = { terminal: "till-0002", epoch: 3 };

/** A projector over a store in which a stream needs so many steps. */
function setUp(changed: Partial<ProjectorOptions["store"]> = {}, needed = 1) {
	const steps: string[] = [];
	const judged: string[] = [];
	const incidents: object[] = [];
	const { log, told, fields } = listeningLog();
	const changes = new Changes(log);
	const heard: Change[] = [];
	changes.listen((change) => heard.push(change));
	const left = new Map<string, number>();
	const projector = new Projector({
		store: {
			addIncident: async (incident) => {
				incidents.push(incident);
			},
			listUnprojected: async () => [],
			listUntreed: async () => [],
			projectStream: async ({ terminal }) => {
				steps.push(terminal);
				const still = (left.get(terminal) || needed) - 1;
				left.set(terminal, still);
				return { projected: 10 - still, isDone: still === 0 };
			},
			...changed,
		},
		changes,
		log,
		heads: async ({ terminal }: Address) => {
			judged.push(terminal);
		},
	});
	const came = (stream: Address) => changes.tell({ type: "records", ...stream, watermark: 10 });
	return { projector, came, changes, steps, judged, incidents, heard, told, fields };
}

test("what was left over is taken up at the start, and told", async (t) => {
	const { projector, steps, heard, judged } = setUp({
		listUnprojected: async () => [one],
		listUntreed: async () => [two],
	});
	await projector.start();
	await projector.idle();
	t.deepEqual(steps, [one.terminal, two.terminal]);
	t.deepEqual(judged, steps);
	t.deepEqual(heard, [
		{ type: "projected", ...one, watermark: 10 },
		{ type: "projected", ...two, watermark: 10 },
	]);
});

test("new records are folded when they are committed; other news are nothing to it", async (t) => {
	const { projector, came, changes, steps } = setUp();
	await projector.start();
	changes.tell({ type: "terminal", terminal: one.terminal });
	await projector.idle();
	t.deepEqual(steps, []);
	came(one);
	await projector.idle();
	came(one);
	await projector.idle();
	t.deepEqual(steps, [one.terminal, one.terminal]);
});

test("a long catch-up of one stream keeps no other waiting, and heads are judged at its end", async (t) => {
	const { projector, came, steps, judged, heard } = setUp({}, 3);
	await projector.start();
	came(one);
	came(two);
	came(one);
	await projector.idle();
	t.deepEqual(
		steps.map((terminal) => terminal.slice(-1)),
		["1", "2", "1", "2", "1", "2"],
	);
	t.deepEqual(judged, [one.terminal, two.terminal]);
	t.deepEqual(
		heard.flatMap((change) =>
			change.type === "projected" && change.terminal === one.terminal ? [change.watermark] : [],
		),
		[8, 9, 10],
	);
});

test("records that cannot be folded are kept and noted, and the next stream goes on", async (t) => {
	const error = new CloseoutError("SCHEMA", "record 3 is none");
	const seen: string[] = [];
	const { projector, came, incidents, told, fields } = setUp({
		projectStream: async ({ terminal }) => {
			seen.push(terminal);
			if (terminal === one.terminal) throw error;
			return { projected: 1, isDone: true };
		},
	});
	await projector.start();
	came(one);
	came(two);
	await projector.idle();
	t.deepEqual(seen, [one.terminal, two.terminal]);
	t.deepEqual(incidents, [{ ...one, type: "unreadable", detail: "record 3 is none" }]);
	t.deepEqual(told, ["error records kept but not folded; rebuild when mended"]);
	t.deepEqual(fields, [{ error, ...one }]);
});

test("trouble of the database, and of our own, is logged and no incident", async (t) => {
	for (const error of [new CloseoutError("STORE", "gone"), new RangeError("ours")]) {
		const { projector, came, incidents, told } = setUp({
			projectStream: async () => {
				throw error;
			},
		});
		await projector.start();
		came(one);
		await projector.idle();
		t.deepEqual(incidents, []);
		t.is(told.length, 1);
	}
});

test("an incident that cannot be noted is logged", async (t) => {
	const gone = new CloseoutError("STORE", "gone");
	const { projector, came, told, fields } = setUp({
		projectStream: async () => {
			throw new CloseoutError("SCHEMA", "record 3 is none");
		},
		addIncident: async () => {
			throw gone;
		},
	});
	await projector.start();
	came(one);
	await projector.idle();
	t.is(told[1], "error incident not noted");
	t.deepEqual(fields[1], { error: gone, ...one });
});

test("after the end nothing more is folded; the step under way is finished", async (t) => {
	const { projector, came, steps } = setUp({}, 3);
	await projector.start();
	came(one);
	came(two);
	await projector.close();
	t.deepEqual(steps, [one.terminal]);
	came(two);
	await projector.idle();
	t.deepEqual(steps, [one.terminal]);
});
