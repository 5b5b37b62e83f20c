/** Castagnoli polynomial 0x1EDC6F41, reflected; the CRC-32C of iSCSI (RFC 3720, appendix B.4). */
const POLYNOMIAL = 0x82f6_3b78;

/** Its first entry is 0, so `|| 0` below changes none. */
const table = Uint32Array.from({ length: 256 }, (_, index) => {
	let value = index;
	for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
	return value >>> 0;
});

/**
 * CRC-32C of `bytes[start, end)`; what lies past the last byte counts as zeros. `previous` is the result over the
 * bytes before them, so that a checksum can be computed piece by piece.
 *
 * @example crc32c(encodeUtf8("123456789")) // 0xE3069283
 */
export function crc32c(
	bytes: Uint8Array,
	start = 0,
	end: number = bytes.length,
	previous = 0,
): number {
	let value = ~previous;
	for (let index = start; index < end; index++) {
		value = (table[(value ^ (bytes[index] ?? 0)) & 0xff] || 0) ^ (value >>> 8);
	}
	return ~value >>> 0;
}

/** CRC-32C over the four bytes of a big-endian number, going on from `previous`. */
export function crc32cOfU32(number: number, previous: number): number {
	let value = ~previous;
	for (let shift = 24; shift >= 0; shift -= 8) {
		value = (table[(value ^ (number >>> shift)) & 0xff] || 0) ^ (value >>> 8);
	}
	return ~value >>> 0;
}
