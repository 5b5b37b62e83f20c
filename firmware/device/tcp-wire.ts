import TCP from "embedded:io/socket/tcp";
import type { Wire, WireCallbacks } from "./byte-stream.ts";

/** A TCP connection to an IPv4 address; small messages are not held back to fill a packet. */
export function openTcp(
	{ host, port }: { readonly host: string; readonly port: number },
	callbacks: WireCallbacks,
): Wire {
	return new TCP({ address: host, port, ...manners(callbacks) });
}

/** A TCP connection that a listener has accepted. */
export function acceptTcp(from: TCP, callbacks: WireCallbacks): Wire {
	return new TCP({ from, ...manners(callbacks) });
}

function manners(callbacks: WireCallbacks) {
	return {
		nodelay: true,
		format: "buffer",
		onReadable: () => callbacks.onReadable(),
		onWritable: (bytes: number) => callbacks.onWritable(bytes),
		onError: () => callbacks.onError(),
	} as const;
}
