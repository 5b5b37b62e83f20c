import type { LinkOptions, Ports, Screen } from "../../../firmware/core/port.ts";
import { assert, CloseoutError } from "../../../protocol/error.ts";
import {
	cableStates,
	decodeText,
	drainedStates,
	encodeFailure,
	encodeText,
	FrameReader,
	FrameWriter,
	linkStates,
	logLevels,
	messageLength,
	op,
	paperStates,
	pick,
	putMessage,
	status,
	takeMessage,
} from "./wire.ts";

type Handler = (request: FrameReader) => FrameWriter;

/**
 * Answers the frames of `stubs.ts` from ports that are plain objects of the parent. A `CloseoutError` of a
 * port becomes an answer, and the core gets it thrown; everything else a port throws goes through to the
 * caller, because it is a broken emulator or a cut of power, neither of which a terminal could handle.
 */
export function servePorts(ports: Ports): (call: Uint8Array) => Uint8Array<ArrayBuffer> {
	const handlers = new Map<number, Handler>([
		...storageHandlers(ports),
		...smallHandlers(ports),
		...printerHandlers(ports),
		...linkHandlers(ports),
		...serviceHandlers(ports),
	]);
	return (call) => {
		const request = new FrameReader(call);
		const handler = handlers.get(request.first);
		assert(
			handler !== undefined,
			`the engine asked for operation ${request.first}, which no port has`,
		);
		return new Uint8Array(answerOf(handler, request));
	};
}

function answerOf(handler: Handler, request: FrameReader): ArrayBuffer {
	try {
		return handler(request).buffer;
	} catch (error) {
		if (error instanceof CloseoutError) return encodeFailure(error.code, error.message);
		throw error;
	}
}

function answer(length: number): FrameWriter {
	return new FrameWriter(status.ok, length);
}

function answerBytes(bytes: Uint8Array): FrameWriter {
	return answer(bytes.length).bytes(bytes);
}

function answerOptional(bytes: Uint8Array | undefined): FrameWriter {
	return bytes === undefined
		? answer(1).u8(0)
		: answer(1 + bytes.length)
				.u8(1)
				.bytes(bytes);
}

/** For a member that returns nothing. */
function act(action: (request: FrameReader) => void): Handler {
	return (request) => {
		action(request);
		return answer(0);
	};
}

function storageHandlers({ storage }: Ports): [number, Handler][] {
	return [
		[op.storageRead, (request) => answerBytes(storage.read(request.f64(), request.f64()))],
		[op.storageWrite, act((request) => storage.write(request.f64(), request.rest()))],
		[op.storageErase, act((request) => storage.erase(request.f64()))],
		[op.storageSync, act(() => storage.sync())],
		[
			op.storageGeometry,
			() => {
				const { sizeBytes, sectorBytes, writeAlign, eraseValue } = storage.geometry();
				return answer(32).f64(sizeBytes).f64(sectorBytes).f64(writeAlign).f64(eraseValue);
			},
		],
	];
}

function smallHandlers(ports: Ports): [number, Handler][] {
	const { vault, clock, entropy, digest, display, keypad, paymentApp, log } = ports;
	return [
		[op.vaultRead, (request) => answerOptional(vault.read(decodeText(request.rest())))],
		[
			op.vaultWrite,
			act((request) => {
				const present = request.u8() === 1;
				const name = decodeText(request.short());
				vault.write(name, present ? request.rest() : undefined);
			}),
		],
		[
			op.clockNow,
			() => {
				const { wallMs, zoneMinutes } = clock.now();
				return answer(16).f64(wallMs).f64(zoneMinutes);
			},
		],
		[op.clockMonotonic, () => answer(8).f64(clock.monotonicMs())],
		[op.clockSet, act((request) => clock.set(request.f64()))],
		[op.entropyRead, (request) => answerBytes(entropy.read(request.f64()))],
		[op.digestSha256, (request) => answerBytes(digest.sha256(request.rest()))],
		[
			op.digestHmac,
			(request) => answerBytes(digest.hmacSha256(request.bytes(request.u32()), request.rest())),
		],
		[op.displayWrite, act((request) => display.write(takeScreen(request)))],
		[op.keypadRead, () => answerBytes(encodeText(keypad.read() ?? ""))],
		[op.paymentAppRead, () => answerOptional(paymentApp.read())],
		[op.paymentAppWrite, act((request) => paymentApp.write(request.rest()))],
		[
			op.logWrite,
			act((request) => {
				const level = pick(logLevels, request.u8());
				log.write(level, decodeText(request.short()), decodeText(request.rest()));
			}),
		],
	];
}

function printerHandlers({ printer }: Ports): [number, Handler][] {
	return [
		[op.printerWrite, (request) => answer(8).f64(printer.write(request.rest()))],
		[
			op.printerStatus,
			() => {
				const { online, paper, drained } = printer.status();
				return answer(3)
					.u8(online ? 1 : 0)
					.u8(paperStates.indexOf(paper))
					.u8(drainedStates.indexOf(drained));
			},
		],
		[op.printerReset, act(() => printer.reset())],
	];
}

function linkHandlers({ link }: Ports): [number, Handler][] {
	return [
		[op.linkOpen, act((request) => link.open(takeLinkOptions(request)))],
		[op.linkWrite, (request) => answer(1).u8(link.write(takeMessage(request)) ? 1 : 0)],
		[
			op.linkRead,
			() => {
				const message = link.read();
				return message === undefined
					? answer(0)
					: putMessage(answer(messageLength(message)), message);
			},
		],
		[op.linkStatus, () => answer(1).u8(linkStates.indexOf(link.status()))],
		[op.linkClose, act(() => link.close())],
	];
}

/** A terminal without the cable has one that nobody ever plugs in. */
function serviceHandlers({ serviceLink: link }: Ports): [number, Handler][] {
	return [
		[op.serviceOpen, act(() => link?.open())],
		[op.serviceRead, () => answerOptional(link?.read())],
		[op.serviceWrite, (request) => answer(8).f64(link?.write(request.rest()) ?? 0)],
		[op.serviceStatus, () => answer(1).u8(cableStates.indexOf(link?.status() ?? "closed"))],
		[op.serviceClose, act(() => link?.close())],
	];
}

function takeLinkOptions(request: FrameReader): LinkOptions {
	const parsed: unknown = JSON.parse(decodeText(request.bytes(request.u32())));
	assert(isLinkNames(parsed), "the core opened the link with options that are none");
	return { ...parsed, will: takeMessage(request) };
}

function isLinkNames(value: unknown): value is Pick<LinkOptions, "clientId" | "subscribe"> {
	return (
		hasTexts(value, ["clientId"]) &&
		"subscribe" in value &&
		Array.isArray(value.subscribe) &&
		value.subscribe.every((topic) => typeof topic === "string")
	);
}

function takeScreen(request: FrameReader): Screen {
	const parsed: unknown = JSON.parse(decodeText(request.rest()));
	assert(isScreen(parsed), "the core wrote a screen without its name, title, lines or keys");
	return parsed;
}

function isScreen(value: unknown): value is Screen {
	return (
		hasTexts(value, ["name", "title", "language"]) &&
		"lines" in value &&
		Array.isArray(value.lines) &&
		value.lines.every((line) => hasTexts(line, ["text"])) &&
		"softKeys" in value &&
		Array.isArray(value.softKeys) &&
		value.softKeys.every((softKey) => hasTexts(softKey, ["key", "label"]))
	);
}

function hasTexts(value: unknown, names: readonly string[]): value is object {
	if (typeof value !== "object" || value === null) return false;
	const fields = new Map<string, unknown>(Object.entries(value));
	return names.every((name) => typeof fields.get(name) === "string");
}
