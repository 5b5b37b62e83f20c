import test from "ava";
import type { Vault } from "../../../firmware/core/port.ts";
import { Enrolment, readCredentials } from "../../../firmware/core/sync/enrolment.ts";
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
	const made = {
		link: host,
		vault,
		entropy: new Random(5),
		digest,
		clock,
		log: silentLog,
		identity,
	};
	return { vault, host, clock, enrolment: new Enrolment({ ...made, firmware: "closeout test" }) };
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
