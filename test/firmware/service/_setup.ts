import { equalBytes } from "../../../protocol/bytes.ts";
import { nextChain } from "../../../protocol/chain.ts";
import type { SourceMessage } from "../../../protocol/pull.ts";
import { deriveServiceResponse } from "../../../protocol/service.ts";
import { digest } from "../../_helper/digest.ts";
import { terminal } from "../sync/_fake-host.ts";
import { Bench, type BenchOptions } from "../terminal/_bench.ts";

/** A terminal with a shift open and a few sales. */
export function traded(sales = 2, options: BenchOptions = {}): Bench {
	const bench = new Bench([], options);
	bench.powerOn();
	bench.enrol();
	bench.press("menu", "1");
	bench.type("01");
	bench.press("ok");
	for (let sale = 0; sale < sales; sale++) {
		bench.sell(1_000 + sale);
		bench.advance(5_000);
	}
	bench.press("cancel");
	return bench;
}

/** The digits under "challenge" on the screen. */
export function challengeOn(bench: Bench): string {
	const line = bench.screen.lines.find(({ style }) => style === "input");
	return line?.text.replace(" ", "") ?? "";
}

export function responseTo(bench: Bench, challenge: string): string {
	const { key, epoch } = bench.host;
	return deriveServiceResponse(key, { terminal, epoch, challenge }, digest.hmacSha256);
}

/** Opens the service menu as a technician does. */
export function openService(bench: Bench): void {
	bench.press("menu", "8");
	bench.type(responseTo(bench, challengeOn(bench)));
	bench.press("ok");
}

/** The same, with the cable switched on. */
export function openCable(bench: Bench): void {
	openService(bench);
	bench.press("3");
}

export function query(bench: Bench, what: string): unknown {
	if (bench.terminal === undefined) throw new Error("the terminal is off");
	return bench.terminal.query({ what });
}

interface Told {
	readonly sequence: number;
	readonly kind: string;
	readonly body: Readonly<Record<string, unknown>>;
}

export function records(bench: Bench, kind?: string): readonly Told[] {
	const all = query(bench, "records") as readonly Told[];
	return all.filter((record) => kind === undefined || record.kind === kind);
}

export function actions(bench: Bench): readonly unknown[] {
	return records(bench, "service").map(({ body }) => body.action);
}

export interface Pulled {
	readonly sequences: readonly number[];
	readonly journalled: boolean;
	readonly chain: Uint8Array | undefined;
}

/** Proves the pieces behind the `begin` of a request. Throws when they do not follow one another. */
export function prove(messages: readonly SourceMessage[], request: number): Pulled {
	const at = messages.findIndex(({ type, body }) => type === "begin" && body.request === request);
	const begin = messages[at];
	if (begin?.type !== "begin") throw new Error(`no answer to ${request}`);
	const sequences: number[] = [];
	let chain: Uint8Array | undefined;
	for (const { type, body } of messages.slice(at + 1)) {
		if (type !== "piece") throw new Error(type);
		chain ??= body.previousChain;
		if (body.from !== begin.body.from + sequences.length) throw new Error(`from ${body.from}`);
		if (!equalBytes(chain, body.previousChain)) throw new Error(`${body.from} does not follow`);
		for (const record of body.records) {
			const sequence = begin.body.from + sequences.length;
			chain = nextChain(chain, { ...record, sequence }, (bytes) => digest.sha256(bytes));
			sequences.push(sequence);
		}
		if (!equalBytes(chain, body.endChain)) throw new Error(`${body.from} ends in another chain`);
	}
	return { sequences, journalled: begin.body.journalled, chain };
}

export function upTo(to: number, from = 1): readonly number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
