import type {
	Display,
	Keypad,
	Link,
	PaymentApp,
	Ports,
	Printer,
	ServiceLink,
	Storage,
	Vault,
} from "../../../firmware/core/port.ts";
import {
	cableStates,
	decodeText,
	drainedStates,
	encodeText,
	FrameReader,
	FrameWriter,
	linkStates,
	logLevels,
	messageLength,
	op,
	paperStates,
	parseKey,
	pick,
	putMessage,
	status,
	takeMessage,
	throwFailure,
} from "./wire.ts";

/** Hands a frame to the parent and waits for the answer. The frame may be used again afterwards. */
export type PortCall = (frame: ArrayBuffer) => ArrayBuffer;

/** Sends a frame; the answer holds at least its first byte. */
type Ask = (frame: ArrayBuffer) => ArrayBuffer;

/**
 * The ports as the core sees them: each member sends one frame to the parent. Runs inside XS and, for the
 * same behaviour, on Node. Calls with no or fixed fields fill a frame that is made once, to spare the heap.
 *
 * @throws CloseoutError from any member, with the code the parent's port threw.
 */
export function connectPorts(call: PortCall): Ports {
	const ask: Ask = (frame) => {
		const answer = call(frame);
		if (new Uint8Array(answer, 0, 1)[0] !== status.ok) throwFailure(new Uint8Array(answer));
		return answer;
	};
	return {
		storage: connectStorage(ask),
		vault: connectVault(ask),
		clock: connectClock(ask),
		entropy: { read: (length) => fields(ask(asking(op.entropyRead, 8).f64(length).buffer)) },
		digest: connectDigest(ask),
		printer: connectPrinter(ask),
		display: connectDisplay(ask),
		keypad: connectKeypad(ask),
		link: connectLink(ask),
		paymentApp: connectPaymentApp(ask),
		serviceLink: connectServiceLink(ask),
		log: {
			write(level, code, detail) {
				const codeBytes = encodeText(code);
				const detailBytes = encodeText(detail);
				const frame = asking(op.logWrite, 1 + 2 + codeBytes.length + detailBytes.length);
				ask(frame.u8(logLevels.indexOf(level)).short(codeBytes).bytes(detailBytes).buffer);
			},
		},
	};
}

function asking(operation: number, length: number): FrameWriter {
	return new FrameWriter(operation, length);
}

/** The bytes of an answer after its status. */
function fields(answer: ArrayBuffer): Uint8Array {
	return new Uint8Array(answer, 1);
}

function connectStorage(ask: Ask): Storage {
	const readFrame = new ArrayBuffer(17);
	const readView = new DataView(readFrame);
	readView.setUint8(0, op.storageRead);
	const syncFrame = asking(op.storageSync, 0).buffer;
	const geometryFrame = asking(op.storageGeometry, 0).buffer;
	return {
		read(offset, length) {
			readView.setFloat64(1, offset, true);
			readView.setFloat64(9, length, true);
			return fields(ask(readFrame));
		},
		write(offset, bytes) {
			ask(
				asking(op.storageWrite, 8 + bytes.length)
					.f64(offset)
					.bytes(bytes).buffer,
			);
		},
		erase(sector) {
			ask(asking(op.storageErase, 8).f64(sector).buffer);
		},
		sync() {
			ask(syncFrame);
		},
		geometry() {
			const view = new DataView(ask(geometryFrame));
			return {
				sizeBytes: view.getFloat64(1, true),
				sectorBytes: view.getFloat64(9, true),
				writeAlign: view.getFloat64(17, true),
				eraseValue: view.getFloat64(25, true),
			};
		},
	};
}

function connectVault(ask: Ask): Vault {
	return {
		read(name) {
			const nameBytes = encodeText(name);
			const frame = asking(op.vaultRead, nameBytes.length).bytes(nameBytes);
			return optional(ask(frame.buffer));
		},
		write(name, bytes) {
			const nameBytes = encodeText(name);
			const frame = asking(op.vaultWrite, 1 + 2 + nameBytes.length + (bytes?.length ?? 0));
			frame.u8(bytes === undefined ? 0 : 1).short(nameBytes);
			if (bytes !== undefined) frame.bytes(bytes);
			ask(frame.buffer);
		},
	};
}

/** An answer that is `0` for nothing or `1, bytes`. */
function optional(answer: ArrayBuffer): Uint8Array | undefined {
	return new Uint8Array(answer, 1, 1)[0] === 0 ? undefined : new Uint8Array(answer, 2);
}

function connectClock(ask: Ask): Ports["clock"] {
	const nowFrame = asking(op.clockNow, 0).buffer;
	const monotonicFrame = asking(op.clockMonotonic, 0).buffer;
	return {
		now() {
			const view = new DataView(ask(nowFrame));
			return { wallMs: view.getFloat64(1, true), zoneMinutes: view.getFloat64(9, true) };
		},
		monotonicMs() {
			return new DataView(ask(monotonicFrame)).getFloat64(1, true);
		},
		set(wallMs) {
			ask(asking(op.clockSet, 8).f64(wallMs).buffer);
		},
	};
}

function connectDigest(ask: Ask): Ports["digest"] {
	return {
		sha256(bytes) {
			return fields(ask(asking(op.digestSha256, bytes.length).bytes(bytes).buffer));
		},
		hmacSha256(key, bytes) {
			const frame = asking(op.digestHmac, 4 + key.length + bytes.length);
			return fields(ask(frame.u32(key.length).bytes(key).bytes(bytes).buffer));
		},
	};
}

function connectPrinter(ask: Ask): Printer {
	const statusFrame = asking(op.printerStatus, 0).buffer;
	const resetFrame = asking(op.printerReset, 0).buffer;
	return {
		write(bytes) {
			const answer = ask(asking(op.printerWrite, bytes.length).bytes(bytes).buffer);
			return new DataView(answer).getFloat64(1, true);
		},
		status() {
			const view = new DataView(ask(statusFrame));
			return {
				online: view.getUint8(1) === 1,
				paper: pick(paperStates, view.getUint8(2)),
				drained: pick(drainedStates, view.getUint8(3)),
			};
		},
		reset() {
			ask(resetFrame);
		},
	};
}

function connectDisplay(ask: Ask): Display {
	return {
		write(screen) {
			const json = encodeText(JSON.stringify(screen));
			ask(asking(op.displayWrite, json.length).bytes(json).buffer);
		},
	};
}

function connectKeypad(ask: Ask): Keypad {
	const readFrame = asking(op.keypadRead, 0).buffer;
	return {
		read() {
			const bytes = fields(ask(readFrame));
			return bytes.length === 0 ? undefined : parseKey(decodeText(bytes));
		},
	};
}

function connectLink(ask: Ask): Link {
	const readFrame = asking(op.linkRead, 0).buffer;
	const statusFrame = asking(op.linkStatus, 0).buffer;
	const closeFrame = asking(op.linkClose, 0).buffer;
	return {
		open({ clientId, subscribe, will }) {
			const json = encodeText(JSON.stringify({ clientId, subscribe }));
			const frame = asking(op.linkOpen, 4 + json.length + messageLength(will));
			ask(putMessage(frame.u32(json.length).bytes(json), will).buffer);
		},
		write(message) {
			const frame = putMessage(asking(op.linkWrite, messageLength(message)), message);
			return fields(ask(frame.buffer))[0] === 1;
		},
		read() {
			const answer = new Uint8Array(ask(readFrame));
			return answer.length === 1 ? undefined : takeMessage(new FrameReader(answer));
		},
		status() {
			return pick(linkStates, fields(ask(statusFrame))[0] ?? 0);
		},
		close() {
			ask(closeFrame);
		},
	};
}

function connectPaymentApp(ask: Ask): PaymentApp {
	const readFrame = asking(op.paymentAppRead, 0).buffer;
	return {
		read() {
			return optional(ask(readFrame));
		},
		write(message) {
			ask(asking(op.paymentAppWrite, message.length).bytes(message).buffer);
		},
	};
}

function connectServiceLink(ask: Ask): ServiceLink {
	const openFrame = asking(op.serviceOpen, 0).buffer;
	const readFrame = asking(op.serviceRead, 0).buffer;
	const statusFrame = asking(op.serviceStatus, 0).buffer;
	const closeFrame = asking(op.serviceClose, 0).buffer;
	return {
		open() {
			ask(openFrame);
		},
		read() {
			return optional(ask(readFrame));
		},
		write(bytes) {
			const answer = ask(asking(op.serviceWrite, bytes.length).bytes(bytes).buffer);
			return new DataView(answer).getFloat64(1, true);
		},
		status() {
			return pick(cableStates, fields(ask(statusFrame))[0] ?? 0);
		},
		close() {
			ask(closeFrame);
		},
	};
}
