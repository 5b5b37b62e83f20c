import Serial from "embedded:io/serial";
import type { Wire, WireCallbacks } from "./byte-stream.ts";

/** A serial line; `place` has the speed, and the pins and port that the terminal's provider names. */
export function openSerial(
	place: { readonly baud: number; readonly [name: string]: unknown },
	callbacks: WireCallbacks,
): Wire {
	return new Serial({
		...place,
		format: "buffer",
		onReadable: () => callbacks.onReadable(),
		onWritable: (bytes) => callbacks.onWritable(bytes),
		onError: () => callbacks.onError(),
	});
}
