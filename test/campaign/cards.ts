import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { decodeRecord, encodeRecord } from "../../protocol/record.ts";
import { Random } from "../_helper/random.ts";
import { instrumentOf } from "../emulator/payment/payment-app.ts";
import { Bench } from "../firmware/terminal/_bench.ts";
import { lifeOf } from "./_life.ts";
import { Media } from "./_media.ts";
import {
	type Campaign,
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

/** How people and devices write a card number into a field that is not for it. */
const writings: Readonly<Record<string, (digits: string) => string>> = {
	plain: (digits) => digits,
	spaced: (digits) => digits.replace(/(\d{4})(?=\d)/g, "$1 "),
	hyphened: (digits) => digits.replace(/(\d{4})(?=\d)/g, "$1-"),
	wide: (digits) => digits.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
	"with words": (digits) => `卡号${digits}。`,
	"after a number": (digits) => `12 ${digits}`,
	track: (digits) => `;${digits}=2912`,
	"no-break": (digits) => digits.replace(/(\d{4})(?=\d)/g, "$1\u00a0"),
};

class CardsRun implements Run {
	readonly units: number;
	readonly #seed: number;

	constructor({ lane, seed }: Setting) {
		this.#seed = seed * 1_000_003;
		this.units = 2 + NUMBERS[lane] / NUMBERS_PER_UNIT;
	}

	run(unit: number, tally: Tally): void {
		if (unit === 0) this.#fields(tally);
		else if (unit === 1) this.#terminal(tally);
		else this.#numbers((unit - 2) * NUMBERS_PER_UNIT, tally);
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
						const code = codeOf(() => encodeRecord(kind, stamp, put));
						tally.mark(code ?? "taken");
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
		const bench = new Bench([], { storage: media, segmentBytes });
		bench.powerOn();
		bench.enrol();
		bench.press("menu", "1");
		bench.type("01");
		bench.press("ok");
		for (const [writing, write] of Object.entries(writings)) {
			for (const canary of canaries) {
				tally.count();
				sell(bench, write(canary), "01");
				sell(bench, null, write(canary));
				tally.mark(`sent ${writing}`);
			}
		}
		sell(bench, "order 7", "01");
		bench.advance(60_000);
		for (const [where, bytes] of whatWasWritten(bench, media)) {
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
		const code = codeOf(() => refuseCardNumbers([`ref ${text.replace(/[- ]+$/, "")}`], "field"));
		return code === "CARD_DATA" ? undefined : `${text} was taken`;
	}

	replay(text: string): string | undefined {
		return this.#number(parseCase(text).number("seed"));
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

function codeOf(run: () => unknown): string | undefined {
	try {
		run();
		return undefined;
	} catch (error) {
		if (error instanceof CloseoutError) return error.code;
		throw error;
	}
}

export const campaign: Campaign = {
	shows: "no card number enters a record, and none is found in anything a terminal writes",
	mustSee: ["CARD_DATA", "fields", "searched image", "searched frames", "searched paper"],
	open: (setting) => new CardsRun(setting),
};
