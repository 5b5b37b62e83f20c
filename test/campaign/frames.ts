import { readdirSync, readFileSync } from "node:fs";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { hasSamples, samples } from "../_helper/samples.ts";
import { missingForXs } from "../emulator/engine/build-worker.ts";
import { bundleSource } from "../emulator/engine/bundle.ts";
import { XsWorker } from "../emulator/engine/worker.ts";
import {
	changedSample,
	cheapMac,
	type FrameKind,
	frameKinds,
	type Sample,
	truncationHash,
	verdictHash,
	verdictOf,
} from "./_frames-core.ts";
import {
	type Campaign,
	CaseError,
	caseText,
	type ParsedCase,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const CASES_PER_UNIT = 50_000;
const CASES = { ci: 10_000_000, night: 100_000_000, soak: 5_000_000_000 } as const;
/** Cases that XS judges as well; it is some fifty times slower. */
const XS_CASES_PER_UNIT = 2_000;
const XS_UNITS = { ci: 10, night: 100, soak: 5_000 } as const;
const DEPTHS = [7, 8, 9, 100, 10_000, 60_000];
const vectors = new URL("../../protocol/vectors/", import.meta.url);

interface Vector {
	readonly hex: string;
	readonly number?: number;
	readonly direction?: "up" | "down";
	readonly from?: "app" | "core";
}

class FramesRun implements Run {
	readonly units: number;
	readonly #seed: number;
	readonly #samples = readSamples();
	readonly #mutationUnits: number;
	#xs: Promise<XsWorker> | undefined;

	constructor({ lane, seed, size }: Setting) {
		this.#seed = seed * 1_000_000_007;
		this.#mutationUnits = (size === "short" ? CASES.ci / 10 : CASES[lane]) / CASES_PER_UNIT;
		const withXs = missingForXs() === undefined && size !== "short";
		this.units = 1 + this.#mutationUnits + (withXs ? 1 + XS_UNITS[lane] : 0);
	}

	async run(unit: number, tally: Tally): Promise<void> {
		// The traces of errors that are caught at once would cost more than the decoding.
		const { stackTraceLimit } = Error;
		Error.stackTraceLimit = 0;
		try {
			if (unit === 0) this.#truncations(tally);
			else if (unit <= this.#mutationUnits) this.#mutations(unit, tally);
			else if (unit === this.#mutationUnits + 1) await this.#truncationsOnXs(tally);
			else await this.#onXs(unit - this.#mutationUnits - 1, tally);
		} finally {
			Error.stackTraceLimit = stackTraceLimit;
		}
	}

	/** Every sample, every vector of others, and every truncation of each; and items that are nested ever deeper. */
	#truncations(tally: Tally): void {
		for (const depth of DEPTHS) this.#judge(nested(depth), caseText({ depth }), tally);
		const foreign = foreignVectors();
		tally.mark("vectors of others", foreign.length);
		for (const [index, sample] of [...this.#samples, ...foreign].entries()) {
			for (let length = 0; length <= sample.bytes.length; length++)
				this.#judge(truncated(sample, length), caseText({ sample: index, length }), tally);
		}
	}

	async #truncationsOnXs(tally: Tally): Promise<void> {
		for (const [index, sample] of [...this.#samples, ...foreignVectors()].entries()) {
			const problem = await this.#truncationOnXs(sample);
			tally.count(sample.bytes.length + 1);
			tally.mark("judged on XS as well", sample.bytes.length + 1);
			if (problem !== undefined) tally.fail(caseText({ xsSample: index }), problem);
		}
	}

	async #truncationOnXs(sample: Sample): Promise<string | undefined> {
		const theirs = await this.#askXs(requestOf([sample], 0, 0));
		return theirs === truncationHash([sample])
			? undefined
			: `XS and Node do not agree on a truncation of ${Buffer.from(sample.bytes).toString("hex")}`;
	}

	async #askXs(request: Uint8Array): Promise<number> {
		this.#xs ??= startXs();
		const xs = await this.#xs;
		const { reply } = await xs.command(request);
		return new DataView(reply.buffer, reply.byteOffset).getUint32(0);
	}

	#mutations(unit: number, tally: Tally): void {
		const first = this.#seed + unit * CASES_PER_UNIT;
		for (let seed = first; seed < first + CASES_PER_UNIT; seed++)
			this.#judge(changedSample(this.#samples, seed), caseText({ seed }), tally);
	}

	#judge(sample: Sample, at: string, tally: Tally): void {
		tally.count();
		const verdict = verdictOf(sample);
		tally.mark(verdict.startsWith("!") ? "wrong" : verdict);
		if (verdict.startsWith("!")) tally.fail(at, `${sample.kind}: ${verdict.slice(1)}`);
	}

	async #onXs(unit: number, tally: Tally): Promise<void> {
		const first = (this.#seed + unit * XS_CASES_PER_UNIT) >>> 0;
		tally.count(XS_CASES_PER_UNIT);
		tally.mark("judged on XS as well", XS_CASES_PER_UNIT);
		if (await this.#isAgreed(first, XS_CASES_PER_UNIT)) return;
		for (let seed = first; seed < first + XS_CASES_PER_UNIT; seed++)
			if (!(await this.#isAgreed(seed, 1)))
				tally.fail(caseText({ xs: seed }), "XS and Node do not agree");
	}

	async #isAgreed(first: number, count: number): Promise<boolean> {
		const theirs = await this.#askXs(requestOf(this.#samples, first, count));
		return theirs === verdictHash(this.#samples, first, count);
	}

	async replay(text: string): Promise<string | undefined> {
		const parsed = parseCase(text);
		if (text.startsWith("xs="))
			return (await this.#isAgreed(parsed.number("xs"), 1))
				? undefined
				: "XS and Node do not agree";
		if (text.startsWith("xsSample="))
			return this.#truncationOnXs(this.#known(parsed.number("xsSample")));
		return problemOf(this.#sampleOf(text, parsed));
	}

	#sampleOf(text: string, parsed: ParsedCase): Sample {
		if (text.startsWith("depth=")) return nested(parsed.number("depth"));
		if (text.startsWith("sample="))
			return truncated(this.#known(parsed.number("sample")), parsed.number("length"));
		return changedSample(this.#samples, parsed.number("seed"));
	}

	/** A sample of ours or of others by its number. */
	#known(index: number): Sample {
		const sample = [...this.#samples, ...foreignVectors()][index];
		if (sample === undefined) throw new CaseError(`there is no sample ${index}`);
		return sample;
	}

	async close(): Promise<void> {
		await (await this.#xs)?.close();
	}
}

function truncated(sample: Sample, length: number): Sample {
	return { ...sample, bytes: sample.bytes.slice(0, length) };
}

/** An array in an array, so many times, and a number in the last one. */
function nested(depth: number): Sample {
	const bytes = new Uint8Array(depth + 1).fill(0x81);
	bytes[depth] = 0;
	return { kind: "cbor", number: 0, bytes };
}

function problemOf(sample: Sample): string | undefined {
	const verdict = verdictOf(sample);
	return verdict.startsWith("!") ? `${sample.kind}: ${verdict.slice(1)}` : undefined;
}

async function startXs(): Promise<XsWorker> {
	const entry = new URL("./_frames-xs.ts", import.meta.url).pathname;
	const source = await bundleSource(
		`import { serveVerdicts } from ${JSON.stringify(entry)}; serveVerdicts();`,
	);
	const worker = new XsWorker({ onCall: () => new Uint8Array(0) });
	await worker.start();
	await worker.evaluate(source);
	return worker;
}

function requestOf(samples: readonly Sample[], first: number, count: number): Uint8Array {
	const head = Buffer.alloc(8);
	head.writeUInt32BE(first);
	head.writeUInt32BE(count, 4);
	const parts = samples.flatMap(({ kind, number, bytes }) => [
		Buffer.from([frameKinds.indexOf(kind), number, bytes.length >> 8, bytes.length & 0xff]),
		bytes,
	]);
	return new Uint8Array(Buffer.concat([head, ...parts]));
}

/** The project's own golden vectors: what is right, to be made wrong. */
function readSamples(): readonly Sample[] {
	const read = (name: string): readonly Vector[] => {
		const text = readFileSync(new URL(name, vectors), "utf8");
		const { good }: { readonly good: readonly Vector[] } = JSON.parse(text);
		return good;
	};
	const of = (kind: FrameKind, hex: string, number = 0): Sample => {
		const bytes = new Uint8Array(Buffer.from(hex, "hex"));
		return { kind, number, bytes };
	};
	return [
		...read("records.json").map(({ hex, number }) => of("record", hex, number)),
		...read("messages.json").map(({ hex, direction = "up" }) => resealed(of(direction, hex))),
		...read("payment-app.json").map(({ hex, from = "app" }) => of(from, hex)),
		...read("cbor.json").map(({ hex }) => of("cbor", hex)),
	];
}

function resealed(sample: Sample): Sample {
	const outer = decodeCbor(sample.bytes);
	const inner = Array.isArray(outer) ? outer[0] : undefined;
	if (!(inner instanceof Uint8Array)) throw new RangeError("a message vector has no inner part");
	return { ...sample, bytes: encodeCbor([inner, cheapMac(inner)]) };
}

/** The CBOR vectors of others, where they are on this machine: good, malformed and of other profiles, and their files. */
function foreignVectors(): readonly Sample[] {
	if (!hasSamples("cbor")) return [];
	const folder = samples("cbor");
	const found = readdirSync(folder).flatMap((name) => {
		const file = readFileSync(new URL(name, folder));
		if (name.endsWith(".cbor")) return [new Uint8Array(file)];
		const text = file.toString();
		const json = [...text.matchAll(/"hex"\s*:\s*"([0-9a-fA-F]*)"/g)];
		const edn = [...text.matchAll(/"encoded": h'([^']*)'/g)];
		return [...json, ...edn].map(([, hex = ""]) => {
			const digits = hex.replace(/#[^\n]*/g, "").replace(/\s/g, "");
			return new Uint8Array(Buffer.from(digits, "hex"));
		});
	});
	return found.map((bytes) => ({ kind: "cbor" as const, number: 0, bytes }));
}

export const campaign: Campaign = {
	shows:
		"whatever comes instead of a record or a message is refused with a code of the table, or is exactly what its own encoder writes; XS and Node judge alike",
	mustSee: [
		"accepted",
		"SCHEMA",
		"CBOR_MALFORMED",
		"CBOR_NOT_CANONICAL",
		"CBOR_UNSUPPORTED",
		"MESSAGE_FORGED",
	],
	open: (setting) => new FramesRun(setting),
};
