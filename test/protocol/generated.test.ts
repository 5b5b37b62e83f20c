import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import specs from "@asyncapi/specs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import test from "ava";
import { parse } from "cddl";
import { recordKinds } from "../../protocol/record.ts";
import { describeInAsyncApi } from "./_asyncapi.ts";
import { changedVectors, descriptions, vectorFiles, vectorText } from "./_generated.ts";
import { writeTables } from "./_tables.ts";

const folder = new URL("../../protocol/", import.meta.url);
const advice = "run `npm run protocol:write`";

function read(name: string): string {
	return readFileSync(new URL(name, folder), "utf8");
}

for (const [name, text] of Object.entries(descriptions())) {
	test(`${name} is what the schemas say`, (t) => {
		t.true(read(name) === text, advice);
	});
}

test("the tables of the README are what the schemas say", (t) => {
	const readme = read("README.md");
	t.true(readme === writeTables(readme), advice);
});

for (const [name, vectors] of Object.entries(vectorFiles)) {
	test(`vectors/${name} holds what is written there, each under a name of its own`, (t) => {
		const committed = read(`vectors/${name}`);
		t.deepEqual(changedVectors(JSON.parse(committed), vectors), []);
		t.true(committed === vectorText(vectors), advice);
		for (const section of Object.values(vectors).filter(Array.isArray)) {
			const names = section.map((vector: { name: string }) => vector.name);
			t.is(new Set(names).size, names.length);
		}
	});
}

test("a changed or missing vector is named", (t) => {
	const before = {
		good: [
			{ name: "a", hex: "00" },
			{ name: "b", hex: "01" },
		],
	};
	t.deepEqual(changedVectors(before, { good: [{ name: "a", hex: "02" }] }), ["good: a", "good: b"]);
	t.deepEqual(changedVectors(before, { good: [...before.good, { name: "c", hex: "03" }] }), []);
});

test("the CDDL parses, names every record, and lists every choice by name", (t) => {
	const scratch = mkdtempSync(join(tmpdir(), "closeout-cddl-"));
	t.teardown(() => rmSync(scratch, { recursive: true }));
	const file = join(scratch, "protocol.cddl");
	// The parser knows no `.cbor`, the control for CBOR within a byte string.
	const text = read("protocol.cddl");
	writeFileSync(file, text.replace("bstr .cbor (up-message / down-message)", "bstr"));
	const rules = parse(file).map(({ Name }) => Name);
	t.is(new Set(rules).size, rules.length);
	t.is(
		rules.filter((name) => name.endsWith("-record")).length,
		Object.keys(recordKinds).length + 1,
	);
	t.false(text.includes("&("), "a choice without a rule of its own: name it in _cddl.ts");
	const used = new Set(text.replace(/;[^\n]*|"[^"]*"/g, "").match(/[a-z][a-z0-9-]*/g));
	for (const name of rules) t.true(used.has(name), name);
});

test("the AsyncAPI document is valid, and its channels are the topics", (t) => {
	// The schema brings the meta-schema of its own draft along.
	const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
	addFormats.default(ajv);
	const schema: object = specs.schemas["3.0.0"];
	const validate = ajv.compile(schema);
	t.true(validate(JSON.parse(read("asyncapi.json"))), JSON.stringify(validate.errors?.slice(0, 3)));
	t.false(validate({ ...describeInAsyncApi(), channels: { up: { address: 1 } } }));
});
