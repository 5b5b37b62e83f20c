/** Byte helpers of the on-media format. Numbers are big-endian, as in CBOR. */

export function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Reads an unsigned 32-bit number without making a view, for what is done at every frame. */
export function readU32(bytes: Uint8Array, offset: number): number {
	const high = ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
	const low = ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0);
	return high * 0x1_0000 + low;
}

/** Reads an unsigned 64-bit number; `Infinity` for one that a JavaScript number cannot hold exactly. */
export function readU64(view: DataView, offset: number): number {
	const value = view.getUint32(offset) * 0x1_0000_0000 + view.getUint32(offset + 4);
	return value <= Number.MAX_SAFE_INTEGER ? value : Number.POSITIVE_INFINITY;
}

export function writeU64(view: DataView, offset: number, value: number): void {
	view.setUint32(offset, Math.floor(value / 0x1_0000_0000));
	view.setUint32(offset + 4, value % 0x1_0000_0000);
}

export function u64(value: number): Uint8Array {
	const bytes = new Uint8Array(8);
	writeU64(viewOf(bytes), 0, value);
	return bytes;
}

export function isFilledWith(bytes: Uint8Array, value: number): boolean {
	for (let index = 0; index < bytes.length; index++) {
		if (bytes[index] !== value) return false;
	}
	return true;
}

export function roundUp(value: number, multiple: number): number {
	return Math.ceil(value / multiple) * multiple;
}
