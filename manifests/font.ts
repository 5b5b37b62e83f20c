/**
 * Makes the screen font from GNU Unifont (Debian package `unifont`): the binary BMFont file and the picture that the
 * SDK's tools turn into a resource. Every character of the catalogues and of ASCII is in it, and what is asked for.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { refusals } from "../firmware/core/day/refusal.ts";
import { refusalZhCn } from "../firmware/core/text/refusal-zh-cn.ts";
import { screenEn } from "../firmware/core/text/screen-en.ts";
import { screenZhCn } from "../firmware/core/text/screen-zh-cn.ts";
import { CloseoutError } from "../protocol/error.ts";

const ROWS = 16;
const CELL = 16;
const CELLS_ACROSS = 32;
const ASCENT = 14;

interface Glyph {
	readonly code: number;
	readonly width: number;
	/** One number a row, its highest bit the leftmost of `width` dots. */
	readonly rows: readonly number[];
}

/** Characters that the terminal's screens can show by themselves. */
export function catalogueCharacters(): ReadonlySet<string> {
	const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
	const catalogues = [screenEn, screenZhCn, refusals, refusalZhCn];
	const texts = JSON.stringify(catalogues).replaceAll(/\\[nt"\\]/g, "");
	return new Set([...ascii, "…", "?", ...texts]);
}

/** The Chinese characters of GB 2312, for names that people give: shops, operators. */
export function gb2312Characters(): ReadonlySet<string> {
	const decoder = new TextDecoder("gb2312");
	const found = new Set<string>();
	for (let row = 0xb0; row <= 0xf7; row++) {
		for (let cell = 0xa1; cell <= 0xfe; cell++) {
			const text = decoder.decode(Uint8Array.of(row, cell));
			if (/^\p{Script=Han}$/u.test(text)) found.add(text);
		}
	}
	return found;
}

/** Writes `Closeout-16.fnt` and `Closeout-16.png` into a folder and returns how many characters they have. */
export function makeFont(hexFile: string, folder: string, characters: ReadonlySet<string>): number {
	const glyphs = readGlyphs(hexFile, characters);
	writeFileSync(`${folder}/Closeout-16.fnt`, encodeFont(glyphs));
	writeFileSync(`${folder}/Closeout-16.png`, encodePicture(glyphs));
	return glyphs.length;
}

function readGlyphs(hexFile: string, characters: ReadonlySet<string>): readonly Glyph[] {
	const wanted = new Set([...characters].map((character) => character.codePointAt(0)));
	const glyphs: Glyph[] = [];
	for (const line of readFileSync(hexFile, "utf8").split("\n")) {
		const [code = "", bits = ""] = line.split(":");
		if (!wanted.has(Number.parseInt(code, 16))) continue;
		const digits = bits.length / ROWS;
		const rows = Array.from({ length: ROWS }, (_, row) =>
			Number.parseInt(bits.slice(row * digits, (row + 1) * digits), 16),
		);
		glyphs.push({ code: Number.parseInt(code, 16), width: digits * 4, rows });
	}
	if (glyphs.length === wanted.size) return glyphs.toSorted((a, b) => a.code - b.code);
	const have = new Set(glyphs.map(({ code }) => code));
	const missing = [...wanted].filter((code) => code !== undefined && !have.has(code));
	throw new CloseoutError(
		"NOT_FOUND",
		`${hexFile} lacks ${missing.length} characters, such as ${String.fromCodePoint(missing[0] ?? 0)}; take a newer Unifont`,
	);
}

/** Binary BMFont, version 3 (AngelCode): blocks of info, common facts, pages and characters. */
function encodeFont(glyphs: readonly Glyph[]): Uint8Array {
	const info = Buffer.concat([Buffer.alloc(14), Buffer.from("Closeout\0")]);
	info.writeInt16LE(CELL, 0);
	info.writeUInt16LE(100, 4);
	const common = Buffer.alloc(15);
	common.writeUInt16LE(ROWS, 0);
	common.writeUInt16LE(ASCENT, 2);
	common.writeUInt16LE(CELLS_ACROSS * CELL, 4);
	common.writeUInt16LE(rowsOfCells(glyphs) * ROWS, 6);
	common.writeUInt16LE(1, 8);
	const page = Buffer.from("Closeout-16.png\0");
	const characters = Buffer.concat(
		glyphs.map(({ code, width }, index) => {
			const entry = Buffer.alloc(20);
			entry.writeUInt32LE(code, 0);
			entry.writeUInt16LE((index % CELLS_ACROSS) * CELL, 4);
			entry.writeUInt16LE(Math.floor(index / CELLS_ACROSS) * ROWS, 6);
			entry.writeUInt16LE(width, 8);
			entry.writeUInt16LE(ROWS, 10);
			entry.writeInt16LE(width, 16);
			return entry;
		}),
	);
	const blocks = [info, common, page, characters].map((bytes, index) => {
		const head = Buffer.alloc(5);
		head.writeUInt8(index + 1, 0);
		head.writeUInt32LE(bytes.length, 1);
		return Buffer.concat([head, bytes]);
	});
	return Buffer.concat([Buffer.from([0x42, 0x4d, 0x46, 3]), ...blocks]);
}

/** PNG of black glyphs on nothing, from which the SDK takes the transparency. */
function encodePicture(glyphs: readonly Glyph[]): Uint8Array {
	const width = CELLS_ACROSS * CELL;
	const height = rowsOfCells(glyphs) * ROWS;
	const lineBytes = 1 + width * 4;
	const pixels = Buffer.alloc(lineBytes * height);
	for (const [index, { width: dots, rows }] of glyphs.entries()) {
		const left = (index % CELLS_ACROSS) * CELL;
		const top = Math.floor(index / CELLS_ACROSS) * ROWS;
		for (const [row, bits] of rows.entries()) {
			for (let dot = 0; dot < dots; dot++) {
				const isInk = ((bits >>> (dots - 1 - dot)) & 1) === 1;
				if (isInk) pixels[(top + row) * lineBytes + 1 + (left + dot) * 4 + 3] = 0xff;
			}
		}
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 6, 0, 0, 0], 8);
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return Buffer.concat([
		signature,
		chunk("IHDR", header),
		chunk("IDAT", deflateSync(pixels)),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function rowsOfCells(glyphs: readonly Glyph[]): number {
	return Math.ceil(glyphs.length / CELLS_ACROSS);
}

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
	const framed = Buffer.alloc(body.length + 8);
	framed.writeUInt32BE(data.length, 0);
	framed.set(body, 4);
	framed.writeUInt32BE(crc32(body), body.length + 4);
	return framed;
}
