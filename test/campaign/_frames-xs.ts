import { frameKinds, type Sample, truncationHash, verdictHash } from "./_frames-core.ts";

/**
 * Runs inside XS. A request is a range of seeds and the samples; the answer is the hash of the verdicts. An empty range
 * stands for every truncation.
 */
export function serveVerdicts(): void {
	Reflect.set(globalThis, "handleCommand", (request: ArrayBuffer): ArrayBuffer => {
		const view = new DataView(request);
		const first = view.getUint32(0);
		const count = view.getUint32(4);
		const answer = new DataView(new ArrayBuffer(4));
		const samples = samplesOf(new Uint8Array(request, 8));
		answer.setUint32(0, count === 0 ? truncationHash(samples) : verdictHash(samples, first, count));
		return answer.buffer;
	});
}

/** Samples one after the other: kind, number, length in two bytes, bytes. */
export function samplesOf(bytes: Uint8Array): Sample[] {
	const samples: Sample[] = [];
	for (let offset = 0; offset < bytes.length; ) {
		const length = (bytes[offset + 2] ?? 0) * 256 + (bytes[offset + 3] ?? 0);
		const kind = frameKinds[bytes[offset] ?? 0] ?? "cbor";
		const number = bytes[offset + 1] ?? 0;
		samples.push({ kind, number, bytes: bytes.slice(offset + 4, offset + 4 + length) });
		offset += 4 + length;
	}
	return samples;
}
