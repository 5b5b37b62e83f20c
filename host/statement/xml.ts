import { TextDecoder } from "node:util";
import { SaxesParser } from "saxes";
import { CloseoutError } from "../../protocol/error.ts";
import { peek } from "./bytes.ts";
import { unicodeEncoding } from "./encoding.ts";
import { type StatementSource, statementError } from "./statement.ts";
import { LineDecoder, withoutFill } from "./text.ts";

/** Nesting that a document may have; statements need about fifteen. */
const XML_DEPTH_MAX = 64;
/** Characters of text in one element. */
const XML_TEXT_LENGTH_MAX = 65_536;
/** Bytes in which an XML declaration must stand to be seen. */
const DECLARATION_BYTES = 200;
/** Characters handed to the parser at once, so that what it finds can be taken away in small portions. */
const PIECE_LENGTH = 65_536;

export interface XmlHandler {
	/** Names without prefix; `path` ends with the element's own name. `attribute` gives one of its attributes. */
	readonly open: (
		path: readonly string[],
		uri: string,
		line: number,
		attribute: (name: string) => string | undefined,
	) => void;
	/** `text` is the element's own text, trimmed; `currency` its attribute `Ccy`. */
	readonly close: (
		path: readonly string[],
		text: string,
		currency: string | undefined,
		line: number,
	) => void;
}

/**
 * Walks an XML document and calls the handler; yields after each piece of the file. Entities other than XML's own
 * five are not known and a document type is refused, so that no file can make another file or a bomb of it.
 * Throws `STATEMENT_FORMAT` with the line when the document is not well formed, too deep or cut off.
 */
export async function* walkXml(
	source: StatementSource,
	handler: XmlHandler,
): AsyncGenerator<undefined> {
	const { parser, skip } = makeParser(source, handler);
	let isFirst = true;
	for await (const piece of withoutFill(decodeXml(source))) {
		const text = isFirst ? skip(piece) : piece;
		isFirst = false;
		for (let from = 0; from < text.length; from += PIECE_LENGTH) {
			parser.write(text.slice(from, from + PIECE_LENGTH));
			yield;
		}
	}
	parser.close();
	yield;
}

function makeParser(
	source: StatementSource,
	handler: XmlHandler,
): { parser: SaxesParser<{ xmlns: true }>; skip: (text: string) => string } {
	const parser = new SaxesParser({ xmlns: true });
	const path: string[] = [];
	let text = "";
	const currencies: (string | undefined)[] = [];
	let skippedLines = 0;
	const line = () => parser.line + skippedLines;
	const refuse = (what: string) => statementError("STATEMENT_FORMAT", source, line(), what);
	parser.on("error", (error) => {
		throw refuse(`not well-formed XML: ${error.message.replace(/^\d+:\d+: /, "")}`);
	});
	parser.on("doctype", () => {
		throw refuse("a document type is not allowed in a statement");
	});
	parser.on("opentag", (tag) => {
		if (path.push(tag.local) > XML_DEPTH_MAX) throw refuse(`nested deeper than ${XML_DEPTH_MAX}`);
		currencies.push(tag.attributes.Ccy?.value);
		text = "";
		handler.open(path, tag.uri, line(), (name) => tag.attributes[name]?.value);
	});
	const addText = (piece: string) => {
		text += piece;
		if (text.length > XML_TEXT_LENGTH_MAX) {
			throw refuse(`more than ${XML_TEXT_LENGTH_MAX} characters of text in one element`);
		}
	};
	parser.on("text", addText);
	parser.on("cdata", addText);
	parser.on("closetag", () => {
		handler.close(path, text.trim(), currencies.pop(), line());
		path.pop();
		text = "";
	});
	/** The text without blank lines before the XML declaration, which the standard does not allow and mail gateways add. */
	const skip = (text: string) => {
		const blank = /^\s+(?=<\?xml)/.exec(text)?.[0] ?? "";
		skippedLines = blank.split("\n").length - 1;
		return text.slice(blank.length);
	};
	return { parser, skip };
}

/** Text of the file in the encoding that its byte order mark or its XML declaration names; UTF-8 otherwise. */
async function* decodeXml(source: StatementSource): AsyncGenerator<string> {
	const { head, bytes } = await peek(source.bytes, DECLARATION_BYTES);
	if (head.length === 0) throw statementError("STATEMENT_FORMAT", source, 1, "the file is empty");
	const decoder = decoderFor(source, head);
	for await (const piece of bytes) yield decoder.decode(piece);
	yield decoder.decode(new Uint8Array(), false);
}

function decoderFor(source: StatementSource, bytes: Uint8Array): LineDecoder {
	const label = encodingOf(bytes);
	try {
		return new LineDecoder(source, label);
	} catch (cause) {
		const message = `${source.name}:1: the encoding "${label}" is not known`;
		throw new CloseoutError("STATEMENT_FORMAT", message, { cause });
	}
}

/** The encoding that the first bytes of an XML document tell. */
export function encodingOf(bytes: Uint8Array): string {
	const mark = unicodeEncoding(bytes);
	if (mark !== undefined) return mark;
	const head = new TextDecoder("latin1").decode(bytes.subarray(0, DECLARATION_BYTES));
	return (
		/^(?:ï»¿)?\s*<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1] ?? "utf-8"
	);
}
