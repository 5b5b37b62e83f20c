import { CloseoutError } from "../../../protocol/error.ts";
import type { Boot, Core } from "./core.ts";
import { connectPorts, type PortCall } from "./stubs.ts";
import {
	command,
	decodeText,
	encodeFailure,
	encodeText,
	FrameReader,
	FrameWriter,
	status,
} from "./wire.ts";

/** Of the worker: asks the parent and waits for the answer. */
declare const issueCommand: PortCall;

/**
 * What the worker offers beyond the language. A terminal has none of it, so the core must not find it.
 */
const extras = [
	...["issueCommand", "gc", "print", "performance", "setImmediate", "currentMeterLimit"],
	...["resetMeter", "harden", "TextDecoder", "TextEncoder", "Base64"],
];

/** Makes the engine ready for commands of the parent that boot and run one core. Runs inside XS. */
export function install(boot: Boot): void {
	const ports = connectPorts(issueCommand);
	for (const name of extras) Reflect.deleteProperty(globalThis, name);
	let core: Core | undefined;
	const running = () => {
		if (core === undefined) throw new CloseoutError("USAGE", "the core is not started");
		return core;
	};
	const run = (request: FrameReader): FrameWriter => {
		switch (request.first) {
			case command.start:
				core = boot(ports, JSON.parse(decodeText(request.rest())));
				core.start();
				return new FrameWriter(status.ok, 0);
			case command.step:
				return new FrameWriter(status.ok, 8).f64(running().step());
			case command.query: {
				const found = running().query(JSON.parse(decodeText(request.rest()))) ?? null;
				const json = encodeText(JSON.stringify(found));
				return new FrameWriter(status.ok, json.length).bytes(json);
			}
			default:
				core?.close();
				core = undefined;
				return new FrameWriter(status.ok, 0);
		}
	};
	Reflect.set(globalThis, "handleCommand", (request: ArrayBuffer): ArrayBuffer => {
		try {
			return run(new FrameReader(new Uint8Array(request))).buffer;
		} catch (error) {
			return encodeError(error);
		}
	});
}

/** An error that is none of the table is a broken assumption of the firmware. */
function encodeError(error: unknown): ArrayBuffer {
	if (error instanceof CloseoutError) return encodeFailure(error.code, error.message);
	const text =
		error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : `${error}`;
	return encodeFailure("ASSERTION", `uncaught in the firmware: ${text}`);
}
