import { readFileSync } from "node:fs";
import test from "ava";
import { decodeIso8583 } from "../../../host/statement/iso8583-decode.ts";
import { iso8583Layouts } from "../../../host/statement/iso8583-layout.ts";
import { sharedData } from "../source.ts";

const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

test("a message in ASCII is decoded", (t) => {
	const { type, fields } = decodeIso8583(
		ascii("0200322000000080800000001000000000150011201000000000011234000184\u0030"),
	);
	t.is(type, "0200");
	t.deepEqual(Object.fromEntries(fields), {
		3: "000010",
		4: "000000001500",
		7: "1120100000",
		11: "000001",
		41: "12340001",
		49: "840",
	});
});

for (const [what, text, message] of [
	["a type that is none", "0999".padEnd(30, "0"), /type: it is none of ISO 8583/],
	["a bitmap that is cut off", "02003220", /bitmap: the message ends/],
	["a field that is cut off", "020032200000008080000000100000", /field 4: the message ends/],
	["letters in a number", "02002000000000000000ABCDEF", /field 3: .*digits/],
	["more than the fields", "02002000000000000000000000rest", /4 bytes are left over/],
	["a length above the field's", "0200400000000000000099", /field 2: the length 99 is above 19/],
] as const) {
	test(`${what} is refused without repeating the message`, (t) => {
		const layouts = iso8583Layouts.slice(0, 1);
		const error = t.throws(() => decodeIso8583(ascii(text), layouts), { code: "SCHEMA", message });
		t.false(error?.message.includes("ABCDEF"));
	});
}

/** Fields of the XML in which the samples' own project keeps what a message holds. */
function decoded(xml: string): Record<string, string> {
	const own = xml.replace(/<isomsg id=[\s\S]*<\/isomsg>(?=\s*<\/isomsg>)/, "");
	const fields = own.matchAll(/<field id="(\d+)"\s+value="([^"]*)"/g);
	return Object.fromEntries([...fields].map(([, id = "", value = ""]) => [id, value]));
}

for (const [bin, xml] of [
	["jpos_ISO87APackager.bin", "jpos_ISO87.xml"],
	["jpos_ISO87BPackager.bin", "jpos_ISO87.xml"],
	["jpos_ISO87A-Field64.bin", "jpos_ISO87-Field64.xml"],
	["jpos_ISO87B-Field64.bin", "jpos_ISO87-Field64.xml"],
	["jpos_post.bin", "jpos_post.xml"],
] as const) {
	test(`${bin} holds what its other reader found`, (t) => {
		const folder = sharedData(t, "iso8583");
		if (folder === undefined) return;
		const { type, fields } = decodeIso8583(readFileSync(new URL(bin, folder)));
		const expected = decoded(readFileSync(new URL(xml, folder), "utf8"));
		t.true(type === expected["0"]);
		for (const [id, value] of Object.entries(expected)) {
			if (id !== "0")
				t.is(fields.get(Number(id))?.toUpperCase(), value.toUpperCase(), `field ${id}`);
		}
	});
}

test("a reversal holds what its other reader found", (t) => {
	const folder = sharedData(t, "iso8583");
	if (folder === undefined) return;
	const { type, fields } = decodeIso8583(
		readFileSync(new URL("moov_iso_reversal_message.dat", folder)),
	);
	const known: unknown = JSON.parse(
		readFileSync(new URL("moov_iso_reversal_message.json", folder), "utf8"),
	);
	t.is(type, "0400");
	t.like(known, {
		elements: Object.fromEntries([...fields].map(([id, value]) => [String(id), value])),
	});
});
