import { type FileHandle, open, stat } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { ReadStream } from "node:tty";
import { CloseoutError } from "../../protocol/error.ts";
import { encodePullFrame } from "../../protocol/pull-frame.ts";
import { type ByteSource, connectionError, ENDED } from "./source.ts";

const PORT_MAX = 65_535;

/**
 * Opens the cable to a terminal: `HOST:PORT`, or the path of a serial device or a local socket. The speed of a
 * serial device is the system's (`stty`). Throws `USAGE`, `NOT_FOUND` or `CONNECTION`.
 */
export async function openCable(where: string): Promise<ByteSource> {
	const address = /^(?<host>[^/]+):(?<port>\d+)$/.exec(where)?.groups;
	if (address !== undefined) {
		const port = Number(address.port);
		if (port < 1 || port > PORT_MAX)
			throw new CloseoutError("USAGE", `"${where}" has no port from 1 to ${PORT_MAX}`);
		const host = (address.host ?? "").replace(/^\[(.*)\]$/, "$1");
		return overSocket(where, connect({ host, port }));
	}
	const found = await stat(where).catch(() => undefined);
	if (found?.isSocket()) return overSocket(where, connect({ path: where }));
	if (found?.isCharacterDevice()) return overDevice(where);
	const what = found === undefined ? "no such device" : "no serial device";
	throw new CloseoutError(
		"NOT_FOUND",
		`${where}: ${what}; give HOST:PORT or a path such as /dev/ttyUSB0`,
	);
}

async function overSocket(where: string, socket: Socket): Promise<ByteSource> {
	await new Promise<void>((resolve, reject) => {
		socket.once("connect", resolve);
		socket.once("error", (cause) =>
			reject(connectionError(where, "does not answer; check address and cable", cause)),
		);
	});
	socket.setNoDelay(true);
	return overStream(where, socket, (bytes) => socket.write(bytes));
}

async function overDevice(where: string): Promise<ByteSource> {
	let file: FileHandle;
	try {
		file = await open(where, "r+");
	} catch (cause) {
		throw new CloseoutError("REFUSED", `${where} cannot be opened; let this user use it`, {
			cause,
		});
	}
	const device = new ReadStream(file.fd);
	device.setRawMode(true);
	const write = (bytes: Uint8Array) => void file.write(bytes).catch(() => device.destroy());
	return overStream(where, device, write);
}

function overStream(name: string, stream: Socket, write: (bytes: Uint8Array) => void): ByteSource {
	const bytes: AsyncIterator<Buffer, unknown> = stream[Symbol.asyncIterator]();
	return {
		name,
		bytes: {
			next: async () => {
				try {
					return await bytes.next();
				} catch (cause) {
					throw connectionError(name, ENDED, cause);
				}
			},
		},
		ask: (request) => write(encodePullFrame(request)),
		close: () => stream.destroy(),
	};
}
