import test from "ava";
import fc from "fast-check";
import { QR_DATA_BYTES_MAX } from "../../protocol/limits.ts";
import {
	formatHeadSeal,
	formatListSeal,
	type HeadSeal,
	type ListSeal,
	listSealText,
	parseHeadSeal,
	parseListSeal,
} from "../../protocol/paper-seal.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { thin } from "../_helper/effort.ts";

const seal: ListSeal = {
	terminal: "shop-0001",
	epoch: 3,
	subject: 40,
	first: 1,
	last: 39,
	rowCount: 12,
	netMinor: -4_500,
	currency: "CNY",
	hash: "0123456789abcdef".repeat(4),
	head: { size: 41, root: "00ff00ff00ff00ff" },
};
const signature = Uint8Array.from({ length: 64 }, (_none, index) => index * 3);
const sign = () => signature;
const widest = "9".repeat(16);

const alphanumeric = /^[0-9A-Z $%*+\-./:]+$/;

test("the QR code of a list is read back, with what was signed", (t) => {
	const text = formatListSeal(seal, sign);
	const start = "CLOSEOUT-LIST:2:SHOP-0001:3:40:1:39:12:-4500:CNY:AERUKZ4J";
	t.is(text.slice(0, start.length), start);
	t.regex(text, alphanumeric);
	const signed = encodeUtf8(listSealText(seal));
	t.deepEqual(parseListSeal(text), { ...seal, signed, signature });
	const grouped = text.toLowerCase().replace(/.{7}/g, "$& \n");
	t.deepEqual(parseListSeal(grouped), { ...seal, signed, signature });
});

test("a list without epoch, head and signature is read back as well", (t) => {
	const bare = { ...seal, epoch: null, head: null };
	t.like(parseListSeal(formatListSeal(bare)), { ...bare, signature: null });
	fc.assert(
		fc.property(fc.nat(), fc.nat(), fc.integer(), (first, rowCount, net) => {
			const other = { ...seal, first, rowCount, netMinor: net };
			t.like(parseListSeal(formatListSeal(other, sign)), other);
		}),
		{ numRuns: thin(100) },
	);
});

test("paper of the first firmware can still be read", (t) => {
	const text = `closeout-list:1:shop-0001:3:40:1:39:12:-4500:CNY:${seal.hash}`;
	t.like(parseListSeal(text), { ...seal, head: null, signature: null });
});

test("what is no seal of a list is refused", (t) => {
	const text = formatListSeal(seal, sign);
	const bad = [
		"",
		"https://example.org/",
		text.replace(":2:", ":3:"),
		text.replace("SHOP-0001", "SHOP_1"),
		text.replace("CNY", "CN1"),
		text.slice(0, -1),
		`${text}A`,
		text.replace(":AERUKZ4J", ":AERUKZ40"),
	];
	for (const wrong of bad) t.throws(() => parseListSeal(wrong), { code: "SCHEMA" }, wrong);
});

const head: HeadSeal = {
	tenant: "demo",
	terminal: "shop-0001",
	epoch: 3,
	first: 1,
	size: 1_430,
	root: new Uint8Array(32).fill(0xa5),
	chain: new Uint8Array(32).fill(0x5a),
	signature,
};

test("the QR code of a status slip is a whole signed head", (t) => {
	const text = formatHeadSeal(head);
	t.regex(text, alphanumeric);
	t.deepEqual(parseHeadSeal(text), head);
	t.deepEqual(parseHeadSeal(text.toLowerCase().replace(/.{7}/g, "$& ")), head);
	for (const wrong of ["", text.slice(0, -1), text.replace("1430", "0"), formatListSeal(seal)])
		t.throws(() => parseHeadSeal(wrong), { code: "SCHEMA" }, wrong);
});

test("the longest ones fit a QR code", (t) => {
	const name = "A".repeat(32).toLowerCase();
	const numbers = { epoch: 4_294_967_295, first: Number(widest), last: Number(widest) };
	const list = {
		...seal,
		...numbers,
		terminal: name,
		subject: Number(widest),
		rowCount: 4_294_967_295,
		netMinor: -Number(widest),
		head: { size: Number(widest), root: "f".repeat(16) },
	};
	t.true(formatListSeal(list, sign).length <= QR_DATA_BYTES_MAX);
	const size = Number(widest);
	t.true(
		formatHeadSeal({ ...head, ...numbers, tenant: name, terminal: name, size }).length <=
			QR_DATA_BYTES_MAX,
	);
});
