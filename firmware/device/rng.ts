import FFI from "mc/ffi";

/**
 * Stands in for the SDK's module of this name, whose bytes are the same at every start on Linux: TLS draws its secrets
 * from here. It has the SDK's place among the modules, so it can import nothing of ours.
 */
export default Object.freeze({
	get: (length: number): ArrayBufferLike => {
		const bytes = new Uint8Array(length);
		if (new FFI().closeoutRandom(bytes.buffer, 0, length) !== 1)
			throw new RangeError("the platform gives no random bytes");
		return bytes.buffer;
	},
	init: (): void => {},
});
