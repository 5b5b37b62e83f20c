import test from "ava";
import fc from "fast-check";
import { checkId, globalId, isId } from "../../protocol/id.ts";
import { hostSubscriptions, parseTopic, topicsOf, WIRE_VERSION } from "../../protocol/topic.ts";
import vectors from "../../protocol/vectors/topics.json" with { type: "json" };

for (const { name, tenant, terminal, topics } of vectors.good) {
	test(`topics of ${name}`, (t) => {
		t.deepEqual({ ...topicsOf(tenant, terminal) }, topics);
		t.deepEqual(parseTopic(topics.up), { tenant, terminal, leaf: "up" });
		t.deepEqual(parseTopic(topics.down), { tenant, terminal, leaf: "down" });
		t.deepEqual(parseTopic(topics.state), { tenant, terminal, leaf: "$state" });
		t.deepEqual(parseTopic(topics.description), { tenant, terminal, leaf: "$description" });
	});
}

for (const { name, id } of vectors.badIds) {
	test(`no identifier: ${name}`, (t) => {
		t.false(isId(id));
		t.throws(() => checkId("terminal", id), { code: "SCHEMA", message: /^terminal / });
		t.throws(() => topicsOf("acme", id), { code: "SCHEMA" });
		t.throws(() => topicsOf(id, "shop-0001"), { code: "SCHEMA", message: /^tenant / });
		t.throws(() => hostSubscriptions(id), { code: "SCHEMA" });
	});
}

for (const { name, topic } of vectors.badTopics) {
	test(`no topic of ours: ${name}`, (t) => {
		t.is(parseTopic(topic), undefined);
	});
}

test("a host hears its terminals, and not itself", (t) => {
	t.deepEqual(hostSubscriptions("acme"), [
		`closeout/${WIRE_VERSION}/acme/+/up`,
		`closeout/${WIRE_VERSION}/acme/+/$state`,
	]);
	t.deepEqual(hostSubscriptions("+"), [
		`closeout/${WIRE_VERSION}/+/+/up`,
		`closeout/${WIRE_VERSION}/+/+/$state`,
	]);
});

const identifier = fc.stringMatching(/^[a-z0-9-]{4,32}$/);

test("topics of any two identifiers give them back", (t) => {
	fc.assert(
		fc.property(identifier, identifier, (tenant, terminal) => {
			for (const topic of Object.values(topicsOf(tenant, terminal))) {
				const parts = parseTopic(topic);
				t.is(parts?.tenant, tenant);
				t.is(parts?.terminal, terminal);
				t.true(topic.endsWith(`/${parts?.leaf}`));
			}
		}),
	);
});

test("a text is an identifier when its characters and length are, and only then", (t) => {
	fc.assert(
		fc.property(fc.oneof(identifier, fc.string({ maxLength: 40 })), (text) => {
			t.is(isId(text), /^[-0-9a-z]{4,32}$/.test(text) && !text.includes("\n"));
		}),
	);
});

test("names of things are unique over terminals, epochs and records", (t) => {
	t.is(globalId("shop-0001", 2, 1417), "shop-0001.2.1417");
	const made = fc.tuple(identifier, fc.nat(), fc.nat());
	fc.assert(
		fc.property(made, made, (left, right) => {
			t.is(globalId(...left) === globalId(...right), left.join() === right.join());
		}),
	);
});
