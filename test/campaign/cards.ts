import { inspect } from "node:util";
import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { PAYMENT_APP_VERSION } from "../../protocol/payment-app.ts";
import { decodeRecord, encodeRecord } from "../../protocol/record.ts";
import { Random } from "../_helper/random.ts";
import { isPostgresThere } from "../_helper/stores.ts";
import { instrumentOf } from "../emulator/payment/sale.ts";
import { Bench } from "../firmware/terminal/_bench.ts";
import { AttackedHost, HONEST_ORDER, hostileRecords } from "./_cards-host.ts";
import { lifeOf } from "./_life.ts";
import { Media } from "./_media.ts";
import {
	type Campaign,
	CaseError,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const NUMBERS = { ci: 1_000_000, night: 20_000_000, soak: 1_000_000_000 } as const;
const NUMBERS_PER_UNIT = 20_000;
const stamp = { wallS: 1_795_259_109, zoneMinutes: 480, boot: 1, monotonicMs: 5 };

/** Numbers that schemes publish for tests. */
const canaries = ["4111111111111111", "6222021234567890128", "378282246310005", "30569309025904"];

/** What stands beside a number, to be searched for by itself. */
const NAME_ON_TRACK = "MUSTERMANN/MAX";
const VERIFICATION_CODE = "cvv 9713";

/** How people and devices write a card number into a field that is not for it. */
const writings: Readonly<Record<string, (digits: string) => string>> = {
	plain: (digits) => digits,
	spaced: (digits) => digits.replace(/(\d{4})(?=\d)/g, "$1 "),
	hyphened: (digits) => digits.replace(/(\d{4})(?=\d)/g, "$1-"),
	wide: (digits) => digits.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
	"with words": (digits) => `卡号${digits}。`,
	"after a number": (digits) => `12 ${digits}`,
	"track 1": (digits) => `%B${digits}^${NAME_ON_TRACK}^2912101?`,
	"track 2": (digits) => `;${digits}=2912`,
	"with its code": (digits) => `${digits} ${VERIFICATION_CODE}`,
	"no-break": (digits) => digits.replace(/(\d{4})(?=\d)/g, "$1\u00a0"),
};

class CardsRun implements Run {
	readonly units: number;
	readonly #seed: number;

	constructor({ lane, seed }: Setting) {
		this.#seed = seed * 1_000_003;
		this.units = 4 + NUMBERS[lane] / NUMBERS_PER_UNIT;
	}

	async run(unit: number, tally: Tally): Promise<void> {
		if (unit === 0) this.#fields(tally);
		else if (unit === 1) this.#terminal(tally);
		else if (unit === 2) await this.#host("sqlite", tally);
		else if (unit > 3) this.#numbers((unit - 4) * NUMBERS_PER_UNIT, tally);
		else if (await isPostgresThere()) await this.#host("postgres", tally);
		else tally.mark("no PostgreSQL here");
	}

	/** A terminal with a good key that delivers card numbers wherever it can; then the database and the log are searched. */
	async #host(kind: "sqlite" | "postgres", tally: Tally): Promise<void> {
		const host = await AttackedHost.start(kind);
		try {
			for (const [writing, write] of Object.entries(writings)) {
				for (const digits of canaries) {
					const text = write(digits);
					for (const hostile of hostileRecords(lifeOf("short").records, { text, digits })) {
						tally.count();
						const problem = await host.attack(hostile);
						const at = `where=${kind},writing=${writing},record=${hostile.name.replaceAll(",", "")}`;
						if (problem === undefined) tally.mark("batches that froze their stream");
						else tally.fail(at, `${text} in ${hostile.name}: ${problem}`);
					}
					if (text.length <= 32) await host.sendTexts(text);
					if (Number.isSafeInteger(Number(digits))) await host.sendCount(Number(digits));
				}
			}
			await host.sellHonestly();
			this.#search(kind, await host.written(), tally);
		} finally {
			await host.close();
		}
	}

	#search(kind: string, written: readonly (readonly [string, Uint8Array])[], tally: Tally): void {
		for (const [what, bytes] of written) {
			tally.count();
			const found = findCanary(bytes);
			if (found !== undefined) tally.fail(`where=${kind} ${what}`, `${what} holds ${found}`);
			if (bytes.length > 0) tally.mark(`searched ${kind} ${what}`);
			if (what === "database" && !Buffer.from(bytes).includes(HONEST_ORDER))
				tally.fail(`where=${kind} ${what}`, "the search would not have found what was sold");
		}
	}

	/** Every text and byte string of every record of a working day takes the place of a card number in turn. */
	#fields(tally: Tally): void {
		const seen = new Set<string>();
		for (const { kind: number, payload } of lifeOf("short").records) {
			const { kind, body } = decodeRecord({ kind: number, payload });
			for (const [field, value] of Object.entries(body)) {
				if (typeof value !== "string" || seen.has(`${kind}.${field}`)) continue;
				seen.add(`${kind}.${field}`);
				for (const [writing, write] of Object.entries(writings))
					for (const canary of canaries) {
						tally.count();
						const text = write(canary);
						const put = Object.assign({}, body, { [field]: text });
						const error = errorOf(() => encodeRecord(kind, stamp, put));
						const code = error?.code;
						tally.mark(code ?? "taken");
						// What Node prints of it when nobody catches it, with all that hangs on it.
						const printed = Buffer.from(inspect(error, { depth: null, showHidden: true }));
						const leaked = findCanary(printed);
						if (leaked !== undefined)
							tally.fail(`field=${kind}.${field},writing=${writing}`, `its error holds ${leaked}`);
						tally.mark("searched what a crash prints");
						// A field that is too short for the number refuses it for its length.
						if (code !== "CARD_DATA" && code !== "SCHEMA")
							tally.fail(`field=${kind}.${field},writing=${writing}`, `${text} was taken: ${code}`);
					}
			}
		}
		tally.mark("fields", seen.size);
	}

	/** A payment application that sends card numbers where it can; then everything that a terminal wrote is searched. */
	#terminal(tally: Tally): void {
		const { geometry, segmentBytes } = lifeOf("short");
		const media = new Media(geometry);
		const lines: string[] = [];
		const log = { write: (...line: readonly string[]) => void lines.push(line.join(" ")) };
		const bench = new Bench([], { storage: media, segmentBytes, log });
		const raw: Uint8Array[] = [];
		const read = bench.app.read.bind(bench.app);
		bench.app.read = () => raw.shift() ?? read();
		bench.powerOn();
		bench.enrol();
		bench.press("menu", "1");
		bench.type("01");
		bench.press("ok");
		for (const [writing, write] of Object.entries(writings)) {
			for (const canary of canaries) {
				tally.count();
				// What is no message of the link is refused and told in the log.
				for (const number of [1, 2, 99])
					raw.push(encodeCbor([PAYMENT_APP_VERSION, number, write(canary)]));
				sell(bench, write(canary), "01");
				sell(bench, null, write(canary));
				tally.mark(`sent ${writing}`);
			}
		}
		sell(bench, "order 7", "01");
		bench.advance(60_000);
		for (const [where, bytes] of [
			...whatWasWritten(bench, media),
			["log", new Uint8Array(Buffer.from(lines.join("\n")))] as const,
		]) {
			const found = findCanary(bytes);
			tally.count();
			if (found !== undefined) tally.fail(`where=${where}`, `${where} holds ${found}`);
			if (bytes.length > 0) tally.mark(`searched ${where}`);
		}
		const sold = Buffer.from(media.bytes).includes("order 7");
		if (!sold) tally.fail("where=order", "the search would not have found what was sold");
	}

	/** Random numbers that pass the Luhn check, grouped at random, and the same with a wrong last digit. */
	#numbers(from: number, tally: Tally): void {
		for (let index = from; index < from + NUMBERS_PER_UNIT; index++) {
			tally.count();
			const problem = this.#number(this.#seed + index);
			if (problem !== undefined) tally.fail(caseText({ seed: this.#seed + index }), problem);
		}
	}

	#number(seed: number): string | undefined {
		const random = new Random(seed);
		const digits = luhn(Array.from({ length: 12 + random.below(7) }, () => random.below(10)));
		const separators = ["", "", "", " ", "-"];
		const text = digits
			.map((digit) => `${digit}${separators[random.below(5)] ?? ""}`)
			.join("")
			.trim();
		const error = errorOf(() => refuseCardNumbers([`ref ${text.replace(/[- ]+$/, "")}`], "field"));
		return error?.code === "CARD_DATA" ? undefined : `${text} was taken`;
	}

	async replay(text: string): Promise<string | undefined> {
		const parsed = parseCase(text);
		if (text.startsWith("seed=")) return this.#number(parsed.number("seed"));
		return this.#again(text);
	}

	/** A case that is not a number of its own is found again by doing all of its kind. */
	async #again(text: string): Promise<string | undefined> {
		const problems: string[] = [];
		const tally: Tally = {
			count: () => {},
			mark: () => {},
			fail: (at, problem) => {
				if (at === text) problems.push(problem);
			},
		};
		if (text.startsWith("field=")) this.#fields(tally);
		else if (text.startsWith("where=sqlite")) await this.#host("sqlite", tally);
		else if (text.startsWith("where=postgres")) await this.#host("postgres", tally);
		else if (text.startsWith("where=")) this.#terminal(tally);
		else throw new CaseError(`case "${text}" names neither a seed, a field nor a place`);
		return problems[0];
	}
}

function sell(bench: Bench, order: string | null, operator: string): void {
	const instrument = instrumentOf("UNIONPAY", "1234");
	const sale = {
		type: "sale",
		method: "card",
		amountMinor: 100,
		currency: "CNY",
		instrument,
	} as const;
	try {
		bench.app.begin({ ...sale, originalTrace: null, order }, operator);
	} catch (error) {
		// The emulated application uses the project's own encoder, which may refuse before anything is sent.
		if (!(error instanceof CloseoutError)) throw error;
	}
	bench.settle();
	bench.advance(5_000);
	bench.press("cancel");
}

function whatWasWritten(bench: Bench, media: Media): readonly (readonly [string, Uint8Array])[] {
	const frames = bench.host.published.map(({ payload }) => payload);
	return [
		["image", media.bytes],
		["frames", new Uint8Array(Buffer.concat(frames))],
		["paper", bench.printer.roll],
		[
			"screens",
			new Uint8Array(Buffer.from(JSON.stringify(bench.screens.map(({ lines }) => lines)))),
		],
		[
			"state",
			new Uint8Array(Buffer.from(JSON.stringify(bench.terminal?.query({ what: "records" })))),
		],
	];
}

/** A canary in any form in which bytes could carry it. */
function findCanary(bytes: Uint8Array): string | undefined {
	const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
	for (const beside of [NAME_ON_TRACK, VERIFICATION_CODE])
		if (whole.includes(beside)) return beside;
	for (const canary of canaries) {
		const even = canary.length % 2 === 0 ? canary : `${canary}f`;
		const forms: Readonly<Record<string, Buffer>> = {
			text: Buffer.from(canary),
			spaced: Buffer.from(writings.spaced?.(canary) ?? canary),
			hyphened: Buffer.from(writings.hyphened?.(canary) ?? canary),
			wide: Buffer.from(writings.wide?.(canary) ?? canary),
			BCD: Buffer.from(even, "hex"),
			"UTF-16": Buffer.from(canary, "utf16le"),
			base64: Buffer.from(Buffer.from(canary).toString("base64").slice(0, 18)),
			number: Buffer.from(encodeCbor(BigInt(canary)).slice(1)),
		};
		for (const [form, needle] of Object.entries(forms))
			if (whole.includes(needle)) return `${canary} as ${form}`;
	}
	return undefined;
}

function luhn(digits: readonly number[]): readonly number[] {
	let sum = 0;
	for (const [index, digit] of [...digits].reverse().entries()) {
		const weighed = index % 2 === 0 ? digit * 2 : digit;
		sum += weighed > 9 ? weighed - 9 : weighed;
	}
	return [...digits, (10 - (sum % 10)) % 10];
}

function errorOf(run: () => unknown): CloseoutError | undefined {
	try {
		run();
		return undefined;
	} catch (error) {
		if (error instanceof CloseoutError) return error;
		throw error;
	}
}

export const campaign: Campaign = {
	shows:
		"no card number enters a record, and none is found in anything that a terminal or a host writes",
	mustSee: [
		"CARD_DATA",
		"fields",
		"searched image",
		"searched frames",
		"searched paper",
		"searched log",
		"searched what a crash prints",
		"batches that froze their stream",
		"searched sqlite database",
		"searched sqlite log",
	],
	open: (setting) => new CardsRun(setting),
};
