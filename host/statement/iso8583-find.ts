import { TextDecoder } from "node:util";
import { CloseoutError } from "../../protocol/error.ts";
import { isDate } from "../../protocol/time.ts";
import { peek } from "./bytes.ts";
import { byteOrderMark } from "./encoding.ts";
import { decodeIso8583, type Iso8583Message } from "./iso8583-decode.ts";
import { iso8583Layouts } from "./iso8583-layout.ts";
import { type StatementSource, statementError } from "./statement.ts";
import { LINE_LENGTH_MAX, readLines } from "./text.ts";

/** Bytes by which a file of text is told from one message in binary. */
const SAMPLE_BYTES = 4_096;

/** What one line of a log holds. `read` decodes the message; it throws `SCHEMA`. */
export interface FoundMessage {
	readonly line: number;
	/** `yyyymmdd` that the line itself names, as logs do. */
	readonly date: number | undefined;
	/** Undefined for a line without a message. */
	readonly read: (() => Iso8583Message) | undefined;
}

/**
 * Messages in a log: one in a line, in hexadecimal digits or as it was sent in ASCII, with any text before it. A
 * file that is no text is taken as a single message in binary.
 */
export async function* findMessages(source: StatementSource): AsyncGenerator<FoundMessage> {
	const { head, bytes } = await peek(source.bytes, SAMPLE_BYTES);
	if (isBinary(head)) {
		yield await wholeFile({ name: source.name, bytes });
		return;
	}
	for await (const { text, line } of readLines(
		{ name: source.name, bytes },
		{ fallback: "windows-1252" },
	)) {
		if (text.trim() === "") continue;
		yield { line, date: dateOf(text), read: readerOf(text) };
	}
}

/** True for control characters that no text has, and for high bytes beside a message type. */
export function isBinary(head: Uint8Array): boolean {
	if (byteOrderMark(head) !== undefined) return false;
	const end = head.findLastIndex((byte) => byte !== 0 && byte !== 0x1a) + 1;
	return head.subarray(0, end).some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20));
}

async function wholeFile(source: StatementSource): Promise<FoundMessage> {
	const pieces: Uint8Array[] = [];
	let size = 0;
	for await (const piece of source.bytes) {
		pieces.push(piece);
		size += piece.length;
		if (size > LINE_LENGTH_MAX) {
			const what =
				"a binary file this long is no single ISO 8583 message; write one message a line in hexadecimal";
			throw statementError("STATEMENT_FORMAT", source, 1, what);
		}
	}
	const bytes = new Uint8Array(size);
	let at = 0;
	for (const piece of pieces) {
		bytes.set(piece, at);
		at += piece.length;
	}
	return { line: 1, date: undefined, read: () => decodeIso8583(bytes) };
}

/** The first run that looks like a message: a type and a bitmap, or enough hexadecimal digits to hold both. */
function readerOf(text: string): (() => Iso8583Message) | undefined {
	const plain = /(?<![0-9A-Fa-f])0[1-8]\d{2}[0-9A-Fa-f]{16}.*/.exec(text)?.[0];
	const spaced = /(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2} ){19,}[0-9A-Fa-f]{2}(?![0-9A-Za-z])/.exec(
		text,
	)?.[0];
	const hex = spaced ?? /(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}){20,}(?![0-9A-Za-z])/.exec(text)?.[0];
	const bytes = hex === undefined ? undefined : fromHex(hex);
	const binary = bytes !== undefined && hasType(bytes) ? bytes : undefined;
	if (plain === undefined && binary === undefined) return undefined;
	return () => {
		const tried = [
			binary,
			plain === undefined ? undefined : latin1(plain),
			plain === undefined ? undefined : latin1(plain.replace(/"?,?\s*$/, "")),
		].filter((one) => one !== undefined);
		let fault: CloseoutError | undefined;
		for (const one of tried) {
			try {
				return decodeIso8583(one);
			} catch (error) {
				if (!(error instanceof CloseoutError)) throw error;
				fault = error;
			}
		}
		throw fault ?? new CloseoutError("SCHEMA", "there is no message");
	};
}

/** True when a message type stands where one of the layouts has it. */
function hasType(bytes: Uint8Array): boolean {
	return iso8583Layouts.some(({ headerBytes, type }) => {
		// The transport header of a terminal begins with 60 hexadecimal.
		if (headerBytes > 0 && bytes[0] !== 0x60) return false;
		const start = bytes.subarray(headerBytes, headerBytes + 4);
		const [first = 0, second = 0] = start;
		if (type === "bcd")
			return first >= 0x01 && first <= 0x08 && (second & 0xf0) <= 0x90 && (second & 0x0f) <= 9;
		return /^0[1-8]\d\d$/.test(new TextDecoder("latin1").decode(start));
	});
}

function fromHex(text: string): Uint8Array {
	const digits = text.replaceAll(" ", "");
	const bytes = new Uint8Array(digits.length / 2);
	for (let at = 0; at < bytes.length; at++) {
		bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16);
	}
	return bytes;
}

function latin1(text: string): Uint8Array {
	return Uint8Array.from(text, (char) => Math.min(char.charCodeAt(0), 0xff));
}

function dateOf(text: string): number | undefined {
	const match = /(?<!\d)(20\d{2})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)/.exec(text);
	const date = match === null ? 0 : Number(`${match[1]}${match[2]}${match[3]}`);
	return isDate(date) ? date : undefined;
}

/** True for a head in one of whose first lines a message can be decoded, or that is one message in binary. */
export function startsLikeIso8583(head: Uint8Array): boolean {
	if (isBinary(head)) return decodes(() => decodeIso8583(head));
	const mark = byteOrderMark(head) ?? "latin1";
	const lines = new TextDecoder(mark).decode(head, { stream: true }).split("\n");
	return lines.some((line) => {
		const read = readerOf(line);
		return read !== undefined && decodes(read);
	});
}

function decodes(read: () => Iso8583Message): boolean {
	try {
		read();
		return true;
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "SCHEMA") return false;
		throw error;
	}
}
