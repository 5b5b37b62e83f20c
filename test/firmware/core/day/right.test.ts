import test from "ava";
import { mayAct, Right, stretch } from "../../../../firmware/core/day/right.ts";
import { PIN_FAILURES_MAX, PIN_LOCK_SECONDS } from "../../../../protocol/limits.ts";
import { encodeUtf8 } from "../../../../protocol/utf8.ts";
import { plainDigest } from "../../../_helper/plain-digest.ts";
import { HandClock, MemoryVault } from "../../../_helper/shop.ts";

function setUp() {
	const clock = new HandClock(0);
	const vault = new MemoryVault();
	const entropy = { read: (length: number) => new Uint8Array(length).fill(9) };
	const newRight = () => new Right({ vault, digest: plainDigest, entropy, clock, iterations: 5 });
	const right = newRight();
	right.setPin("manager", "2468");
	return { clock, vault, right, newRight };
}

const hex = (bytes: Uint8Array) =>
	[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

test("a PIN is stretched as RFC 7914, section 11, computes it", (t) => {
	const block = stretch(plainDigest, "passwd", encodeUtf8("salt"), 1);
	t.is(hex(block), "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
});

test("the right PIN is taken and a wrong one is not", (t) => {
	const { right } = setUp();
	t.true(right.verify("manager", "2468"));
	t.false(right.verify("manager", "1357"));
	t.false(right.verify("technician", "2468"), "a role without a PIN has none that is right");
});

test("neither the PIN nor a quick hash of it is kept", (t) => {
	const { vault } = setUp();
	const entry = vault.read("pin.manager");
	if (entry === undefined) return t.fail("no entry");
	t.false(hex(entry).includes(hex(encodeUtf8("2468"))));
	t.false(hex(entry).includes(hex(plainDigest.sha256(encodeUtf8("2468")))));
});

test("five wrong PINs lock it for a time, also over a restart", (t) => {
	const { clock, right, newRight } = setUp();
	for (let wrong = 0; wrong < PIN_FAILURES_MAX; wrong++) t.false(right.verify("manager", "0000"));
	t.throws(() => right.verify("manager", "2468"), { code: "REFUSED" });
	clock.restart();
	const after = newRight();
	t.throws(() => after.verify("manager", "2468"), { message: /Too many/ });
	clock.pass(PIN_LOCK_SECONDS * 1000 - 1);
	t.throws(() => after.verify("manager", "2468"), { message: /Too many/ });
	clock.pass(1);
	t.false(after.verify("manager", "0000"));
	t.throws(() => after.verify("manager", "2468"), { message: /Too many/ }, "one wrong locks again");
	clock.pass(PIN_LOCK_SECONDS * 1000);
	t.true(after.verify("manager", "2468"));
	t.is(after.lockedMs("manager"), 0);
});

test("cutting the power while a PIN is looked at gives no free try", (t) => {
	const { vault, right, newRight } = setUp();
	const write = vault.write.bind(vault);
	for (let cut = 0; cut < PIN_FAILURES_MAX; cut++) {
		vault.write = (name, bytes) => {
			write(name, bytes);
			throw new RangeError("power lost");
		};
		t.throws(() => right.verify("manager", "1111"), { instanceOf: RangeError });
	}
	vault.write = write;
	t.throws(() => newRight().verify("manager", "2468"), { message: /Too many/ });
});

test("a PIN has 4 to 12 digits", (t) => {
	const { right } = setUp();
	for (const pin of ["123", "1234567890123", "12a4", ""]) {
		t.throws(() => right.setPin("manager", pin), { message: /4 to 12/ });
	}
	t.true(right.verify("manager", "2468"), "the old one stays");
});

test("roles build on each other", (t) => {
	t.true(mayAct("technician", "manager"));
	t.true(mayAct("manager", "operator"));
	t.false(mayAct("operator", "manager"));
	t.false(mayAct("system", "operator"));
});
