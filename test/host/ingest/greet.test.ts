import test from "ava";
import { answerEnrol, answerHello, takeCommandResult } from "../../../host/ingest/greet.ts";
import { keepHeads, sendCosigned } from "../../../host/ingest/heads.ts";
import type { CommandStatus } from "../../../host/store/command.ts";
import type { KeptHead } from "../../../host/store/head.ts";
import type { Welcome } from "../../../host/store/stream.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { chain, desk, key, stream } from "./_desk.ts";

const nonce = new Uint8Array(16).fill(5);
const enrolmentKey = { terminal: stream.terminal, number: 2, key: key.key };
const enrol = { type: "enrol", terminal: stream.terminal, epoch: 0 } as const;

function enrolling(fresh: boolean) {
	const used: object[] = [];
	const made = desk({
		useEnrolment: async (given) => {
			used.push(given);
			return { hostNonce: new Uint8Array(16).fill(8), epoch: 4, hostSequence: 6, fresh };
		},
	});
	const answer = () =>
		answerEnrol(
			made.context,
			{ ...enrol, body: { nonce, firmware: "test 1" } },
			enrolmentKey,
			"shop",
		);
	return { ...made, used, answer };
}

test("a code that is used opens an epoch, and its answer is what both sides make the key of", async (t) => {
	const { answer, used, sent, context, changes, told, fields } = enrolling(true);
	await answer();
	t.deepEqual(used, [
		{ ...enrolmentKey, terminalNonce: nonce, hostNonce: new Uint8Array(16).fill(9) },
	]);
	t.deepEqual(sent(), [
		{
			type: "enrolled",
			body: {
				terminalNonce: nonce,
				hostNonce: new Uint8Array(16).fill(8),
				newEpoch: 4,
				hostSequence: 6,
			},
		},
	]);
	t.is(context.counters.enrolled, 1);
	t.deepEqual(told, ["info terminal enrolled"]);
	t.deepEqual(fields, [{ terminal: stream.terminal, epoch: 4 }]);
	t.deepEqual(changes, [{ type: "terminal", terminal: stream.terminal }]);
});

test("an answer that is given again is no second enrolment", async (t) => {
	const { answer, sent, context, changes, told } = enrolling(false);
	await answer();
	t.is(sent().length, 1);
	t.is(context.counters.enrolled, 0);
	t.deepEqual([...changes, ...told], []);
});

test("a code that is void is refused without a word, and other trouble goes on", async (t) => {
	for (const code of ["REFUSED", "STORE"] as const) {
		const made = desk({
			useEnrolment: async () => {
				throw new CloseoutError(code, "so");
			},
		});
		const message = { ...enrol, body: { nonce, firmware: "test 1" } };
		const answer = answerEnrol(made.context, message, enrolmentKey, "shop");
		if (code === "STORE") await t.throwsAsync(answer, { code });
		else await answer;
		t.is(made.context.counters.enrolmentRefused, code === "STORE" ? 0 : 1);
		t.deepEqual(made.told, code === "STORE" ? [] : ["warn enrolment refused"]);
		const refused = { terminal: stream.terminal, why: "so" };
		t.deepEqual(made.fields, code === "STORE" ? [] : [refused]);
		t.deepEqual(made.sent(), []);
	}
	const ours = desk({
		useEnrolment: async () => {
			throw new RangeError("ours");
		},
	});
	const message = { ...enrol, body: { nonce, firmware: "test 1" } };
	await t.throwsAsync(answerEnrol(ours.context, message, enrolmentKey, "shop"), {
		message: "ours",
	});
});

const head: KeptHead = {
	...{ ...stream, tenant: "shop", first: 1, size: 6, root: chain, chain, seq: 7 },
	...{ verdict: "consistent", receivedS: 1, keyId: new Uint8Array(4) },
	signature: new Uint8Array(64),
	cosigned: { hostKey: chain, timeS: 5, signature: new Uint8Array(64).fill(2) },
};
const cosignedBody = {
	...{ first: 1, size: 6, root: chain, chain, hostKey: chain, timeS: 5 },
	signature: new Uint8Array(64).fill(2),
};

const command = (hostSequence: number): CommandStatus => ({
	...{ terminal: stream.terminal, hostSequence, expiresS: 9, command: "settle", arguments: [] },
	...{ createdS: 1, accepted: null, detail: "" },
});

const journal = new FakeJournal(stream.terminal);
for (let sale = 0; sale < 5; sale++) journal.sell();

/** Answers a hello from a journal of ten records where the host stands as told. */
function greeting(
	welcome: Partial<Welcome> | undefined,
	{
		watermark = 4,
		cosigned,
		commands = [],
	}: {
		readonly watermark?: number;
		readonly cosigned?: KeptHead;
		readonly commands?: readonly CommandStatus[];
	} = {},
) {
	const incidents: object[] = [];
	const asked: object[] = [];
	const made = desk({
		receiveHello: async ({ terminal, epoch }) =>
			terminal !== stream.terminal || epoch !== stream.epoch
				? undefined
				: welcome && { watermark: 4, chain, frozen: false, verdict: "ok", ...welcome },
		lastCosigned: async (address) => (address.epoch === stream.epoch ? cosigned : undefined),
		listCommands: async (terminal, which) => {
			asked.push({ terminal, which });
			return [...commands];
		},
		addIncident: async (incident) => {
			incidents.push(incident);
		},
	});
	const hello = { ...stream, type: "hello", body: journal.hello(watermark) } as const;
	return { ...made, incidents, asked, hello, answer: () => answerHello(made.context, hello, key) };
}

test("a hello is answered with where the host stands", async (t) => {
	const { answer, sent, hello, context, changes, incidents, asked } = greeting({});
	await answer();
	t.deepEqual(sent(), [
		{
			type: "welcome",
			body: {
				...{ nonce: new Uint8Array(hello.body.nonce), watermark: 4, chain, wallS: 1_795_305_600 },
				frozen: false,
			},
		},
	]);
	t.is(context.counters.hello, 1);
	t.is(context.counters.naks, 0);
	t.deepEqual(changes, [{ type: "terminal", terminal: stream.terminal }]);
	t.deepEqual(incidents, []);
	t.deepEqual(asked, [{ terminal: stream.terminal, which: "open" }]);
});

test("a hello of a stream that is not known is not answered", async (t) => {
	const { answer, sent, changes } = greeting(undefined);
	await answer();
	t.deepEqual([...sent(), ...changes], []);
});

test("a welcome is followed by the last cosigned head, what the host lacks, and open commands, the oldest first", async (t) => {
	const { answer, sent, context } = greeting(
		{ verdict: "behind", watermark: 4 },
		{ watermark: 9, cosigned: head, commands: [command(3), command(2)] },
	);
	await answer();
	const [welcome, ...rest] = sent();
	t.is(welcome?.type, "welcome");
	const told = { expiresS: 9, command: "settle", arguments: [] };
	t.deepEqual(rest, [
		{ type: "cosigned", body: cosignedBody },
		{ type: "nak", body: { from: 5, to: 9 } },
		{ type: "command", body: { hostSequence: 2, ...told } },
		{ type: "command", body: { hostSequence: 3, ...told } },
	]);
	t.is(context.counters.naks, 1);
});

test("a frozen terminal gets the welcome and nothing else", async (t) => {
	const { answer, sent } = greeting(
		{ frozen: true },
		{ watermark: 9, cosigned: head, commands: [command(3)] },
	);
	await answer();
	t.deepEqual(
		sent().map(({ type }) => type),
		["welcome"],
	);
});

test("a journal that ends before a cosigned or acknowledged record is a rollback; else it is cut off or a fork", async (t) => {
	const ends = "the terminal ends at record 10, the host holds 20";
	const upTo = (size: number) => ({ ...head, size });
	const cases = [
		["fork", 4, undefined, "fork", ends],
		["behind", 4, undefined, "truncation", ends],
		["behind", 10, undefined, "truncation", ends],
		["fork", 11, undefined, "rollback", ends],
		["fork", 4, upTo(10), "fork", `${ends}, its last cosigned head ends at 10`],
		["behind", 4, upTo(11), "rollback", `${ends}, its last cosigned head ends at 11`],
		["fork", 12, upTo(11), "rollback", `${ends}, its last cosigned head ends at 12`],
		["ok", 4, upTo(11), undefined, ""],
		["fenced", 4, upTo(11), undefined, ""],
	] as const;
	for (const [verdict, watermark, cosigned, type, detail] of cases) {
		const options = cosigned === undefined ? { watermark } : { watermark, cosigned };
		const { answer, incidents } = greeting({ verdict, watermark: 20, frozen: true }, options);
		await answer();
		t.deepEqual(incidents, type === undefined ? [] : [{ ...stream, type, detail }]);
	}
});

test("the answer to a command is told once", async (t) => {
	for (const isNews of [true, false]) {
		const answers: object[] = [];
		const made = desk({
			answerCommand: async (answer) => {
				answers.push(answer);
				return isNews;
			},
		});
		const body = { hostSequence: 3, accepted: true, detail: "done" };
		await takeCommandResult(made.context, { ...stream, type: "commandResult", body });
		t.deepEqual(answers, [{ terminal: stream.terminal, ...body }]);
		const told = { type: "command", terminal: stream.terminal, hostSequence: 3 } as const;
		t.deepEqual(made.changes, isNews ? [told] : []);
	}
});

/** Judges heads in the steps given. */
function judging(steps: readonly (readonly KeptHead[])[], isKnown = true) {
	const left = [...steps];
	const made = desk({
		advanceHeads: async () => ({ heads: left.shift() ?? [], isDone: left.length === 0 }),
		findKey: async () => (isKnown ? key : undefined),
	});
	return { ...made, left };
}

test("each head is told, and the last consistent one goes to the terminal, cosigned", async (t) => {
	const later = { ...head, seq: 9, size: 8 };
	const wrong: KeptHead = { ...head, seq: 12, size: 11, verdict: "fork", cosigned: null };
	const made = judging([[head], [later, wrong], []]);
	await keepHeads(made.context, stream);
	t.deepEqual(made.left, []);
	t.deepEqual(made.sent(), [{ type: "cosigned", body: { ...cosignedBody, size: 8 } }]);
	t.deepEqual(made.changes, [
		...[7, 9, 12].map((sequence) => ({ type: "head", ...stream, sequence }) as const),
		{ type: "incident", ...stream, incident: "fork" },
	]);
	t.deepEqual(made.told, ["warn signed head not cosigned"]);
	t.deepEqual(made.fields, [{ ...stream, sequence: 12, verdict: "fork" }]);
});

test("a head that is not cosigned, and one of a stream without a key, is sent to nobody", async (t) => {
	const unsigned = judging([[{ ...head, verdict: "badSignature", cosigned: null }]]);
	await keepHeads(unsigned.context, stream);
	t.deepEqual(unsigned.sent(), []);
	t.is(unsigned.changes.length, 1);
	const unknown = judging([[head]], false);
	await keepHeads(unknown.context, stream);
	t.deepEqual(unknown.sent(), []);
	sendCosigned(unknown.context, key, { ...head, cosigned: null });
	t.deepEqual(unknown.sent(), []);
	const none = judging([[]]);
	none.context.store.findKey = () => {
		throw new RangeError("asked for nothing");
	};
	await keepHeads(none.context, stream);
	t.deepEqual(none.sent(), []);
});
