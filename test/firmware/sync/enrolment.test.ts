import test from "ava";
import type { Vault } from "../../../firmware/core/port.ts";
import { Enrolment, readCredentials } from "../../../firmware/core/sync/enrolment.ts";
import { deriveEnrolmentKey } from "../../../protocol/key.ts";
import { encodeDown } from "../../../protocol/message.ts";
import { digest } from "../../_helper/digest.ts";
import { silentLog } from "../../_helper/journal.ts";
import { Random } from "../../_helper/random.ts";
import { FakeHost, tenant, terminal } from "./_fake-host.ts";
import { FakeClock } from "./_setup.ts";

const code = "1234 5678 9012 3456 7890 1234";

function setup() {
	const entries = new Map<string, Uint8Array>();
	const vault: Vault = {
		read: (name) => entries.get(name),
		write: (name, bytes) => {
			if (bytes === undefined) entries.delete(name);
			else entries.set(name, bytes);
		},
	};
	const host = new FakeHost();
	const clock = new FakeClock();
	const identity = { tenant, terminal };
	const told: string[] = [];
	const log = { write: (level: string, code: string) => void told.push(`${level} ${code}`) };
	const made = {
		link: host,
		vault,
		entropy: new Random(5),
		digest,
		clock,
		log,
		identity,
	};
	return {
		vault,
		host,
		clock,
		told,
		entries,
		enrolment: new Enrolment({ ...made, firmware: "closeout test" }),
	};
}

test("a one-time code gives both sides the same key without sending it", (t) => {
	const { vault, host, enrolment } = setup();
	host.code = code;
	host.epoch = 3;
	enrolment.begin(code);
	t.is(enrolment.step(), undefined);
	const made = enrolment.step();
	t.is(made?.epoch, 3);
	t.deepEqual(made?.key, host.key);
	t.deepEqual(readCredentials(vault), made);
	const sent = host.published.map(({ payload }) => Array.from(payload).join());
	t.false(sent.some((bytes) => bytes.includes(Array.from(host.key).join())));
});

test("a lost answer is asked for again", (t) => {
	const { host, clock, enrolment } = setup();
	host.code = code;
	host.loseNext = 1;
	enrolment.begin(code);
	enrolment.step();
	t.is(enrolment.step(), undefined);
	clock.advance(5_000);
	enrolment.step();
	t.not(enrolment.step(), undefined);
});

test("a restart before the answer does not burn the code", (t) => {
	const { vault, host, clock, enrolment } = setup();
	host.code = code;
	enrolment.begin(code);
	enrolment.step();
	host.cut();
	const identity = { tenant, terminal };
	const made = {
		link: host,
		vault,
		entropy: new Random(6),
		digest,
		clock,
		log: silentLog,
		identity,
	};
	const again = new Enrolment({ ...made, firmware: "closeout test" });
	again.begin(code);
	again.step();
	again.step();
	const nonces = host.heard.map(({ type, body }) => (type === "enrol" ? body.nonce : undefined));
	t.deepEqual(nonces[0], nonces[1]);
});

test("an answer made with another code is not believed", (t) => {
	const { vault, host, enrolment } = setup();
	enrolment.begin(code);
	host.isDeaf = true;
	enrolment.step();
	const nonce = new Uint8Array(16);
	const forged = { terminalNonce: nonce, hostNonce: nonce, newEpoch: 9, hostSequence: 0 };
	host.say("enrolled", forged, new Uint8Array(32));
	t.is(enrolment.step(), undefined);
	t.is(readCredentials(vault), undefined);
});

test("what is no code is refused with what a code looks like", (t) => {
	const { enrolment } = setup();
	t.throws(() => enrolment.begin("1234"), { message: /24 digits/ });
});

const sentBy = (host: FakeHost) =>
	host.published.filter(({ topic }) => topic.endsWith("/up")).length;

test("nothing happens before there is a code", (t) => {
	const { host, enrolment } = setup();
	t.false(enrolment.begun);
	t.is(enrolment.wait(), Number.POSITIVE_INFINITY);
	t.is(enrolment.step(), undefined);
	t.is(host.options, undefined, "no connection is asked for");
	enrolment.begin(code);
	t.true(enrolment.begun);
});

test("the connection is opened once, under the terminal's name, with a last will", (t) => {
	const { host, enrolment } = setup();
	let opened = 0;
	const { open } = host;
	host.open = (options) => {
		opened += 1;
		open.call(host, options);
	};
	enrolment.begin(code);
	host.isDeaf = true;
	enrolment.step();
	enrolment.step();
	t.is(opened, 1);
	t.like(host.options, {
		clientId: terminal,
		subscribe: [`closeout/1/${tenant}/${terminal}/down`],
		will: { topic: `closeout/1/${tenant}/${terminal}/$state`, retain: true },
	});
	t.is(String.fromCharCode(...(host.options?.will.payload ?? [])), "lost");
});

test("without a connection it waits a second and sends nothing", (t) => {
	const { host, enrolment } = setup();
	host.isDown = true;
	enrolment.begin(code);
	host.write = () => t.fail() ?? false;
	host.read = () => t.fail() ?? undefined;
	t.is(enrolment.step(), undefined);
	t.is(enrolment.wait(), 1_000);
});

test("the request is repeated after five seconds, not before", (t) => {
	const { host, clock, enrolment } = setup();
	host.isDeaf = true;
	clock.advance(700);
	enrolment.begin(code);
	enrolment.step();
	t.is(sentBy(host), 1);
	t.is(enrolment.wait(), 5_000);
	clock.advance(4_999);
	enrolment.step();
	t.is(sentBy(host), 1);
	t.is(enrolment.wait(), 1);
	clock.advance(1);
	t.is(enrolment.wait(), 0);
	enrolment.step();
	t.is(sentBy(host), 2);
	clock.advance(9_000);
	t.is(enrolment.wait(), 0);
	enrolment.begin(code);
	enrolment.step();
	t.is(sentBy(host), 3, "a code that is typed again is sent at once");
});

test("a request that a full link did not take is sent in the next step", (t) => {
	const { host, enrolment } = setup();
	host.isDeaf = true;
	enrolment.begin(code);
	const { write } = host;
	host.write = () => false;
	enrolment.step();
	host.write = write;
	enrolment.step();
	t.is(sentBy(host), 1);
	t.false(host.published.some(({ retain }) => retain));
});

test("an answer that is not to this request is passed over, and the right one behind it taken", (t) => {
	const { host, vault, told, entries, enrolment } = setup();
	enrolment.begin(code);
	host.isDeaf = true;
	enrolment.step();
	host.key = deriveEnrolmentKey(code, terminal, digest.hmacSha256);
	const terminalNonce = entries.get("enrolment.nonce") ?? new Uint8Array(16);
	const good = { terminalNonce, hostNonce: new Uint8Array(16), newEpoch: 4, hostSequence: 0 };
	host.say("ack", { watermark: 1, chain: new Uint8Array(32) });
	host.say("enrolled", { ...good, terminalNonce: new Uint8Array(16) });
	const sealing = { key: host.key, hmac: digest.hmacSha256 };
	const other = encodeDown({ terminal: "shop-0002", epoch: 0 }, "enrolled", good, sealing);
	const { read } = host;
	let isFirst = true;
	host.read = () => {
		if (!isFirst) return read.call(host);
		isFirst = false;
		return { topic: "", payload: other, retain: false };
	};
	t.is(enrolment.step(), undefined);
	t.deepEqual(told, []);
	t.is(readCredentials(vault), undefined);
	host.say("enrolled", good, new Uint8Array(32));
	host.say("enrolled", good);
	const made = enrolment.step();
	t.is(made?.epoch, 4);
	t.deepEqual(told, ["warn ENROLMENT"]);
	t.false(entries.has("enrolment.nonce"), "the next life of the journal has a nonce of its own");
});

test("the nonce is written down once, before it is used", (t) => {
	const { entries, vault, host, clock } = setup();
	const nonce = entries.get("enrolment.nonce");
	t.is(nonce?.length, 16);
	const watched: Vault = { read: vault.read, write: () => t.fail() };
	const identity = { tenant, terminal };
	const made = { link: host, entropy: new Random(9), digest, clock, log: silentLog, identity };
	new Enrolment({ ...made, vault: watched, firmware: "closeout test" });
	t.deepEqual(entries.get("enrolment.nonce"), nonce);
});
