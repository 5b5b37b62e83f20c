import {
	PIN_FAILURES_MAX,
	PIN_ITERATIONS,
	PIN_LENGTH_MAX,
	PIN_LENGTH_MIN,
	PIN_LOCK_SECONDS,
} from "../../../protocol/limits.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import type { Role } from "../part.ts";
import type { Clock, Digest, Entropy, Vault } from "../port.ts";
import { refuseUnless } from "./refusal.ts";

/** Who may do what others may not. The host acts for the merchant's office; the system never lifts anything. */
const ranks: Readonly<Record<Role, number>> = Object.freeze({
	system: 0,
	operator: 1,
	manager: 2,
	host: 2,
	technician: 3,
});

/** True when `role` may do what asks for `least`. */
export function mayAct(role: Role, least: Role): boolean {
	return ranks[role] >= ranks[least];
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORMAT = 1;
/** Format, failures, iterations (4 bytes, big endian), salt, hash. */
const ENTRY_BYTES = 6 + SALT_BYTES + HASH_BYTES;

interface PinEntry {
	readonly failures: number;
	readonly iterations: number;
	readonly salt: Uint8Array;
	readonly hash: Uint8Array;
}

export interface RightOptions {
	readonly vault: Vault;
	readonly digest: Digest;
	readonly entropy: Entropy;
	readonly clock: Pick<Clock, "monotonicMs">;
	/** Rounds of the stretching of new PINs; `PIN_ITERATIONS` when left out. */
	readonly iterations?: number;
}

/**
 * PINs of the roles above the operator, kept in the vault as salt and PBKDF2-HMAC-SHA-256 (RFC 8018). Wrong
 * tries are counted in the vault before the PIN is looked at, so that cutting the power gives no free try.
 */
export class Right {
	readonly #vault: Vault;
	readonly #digest: Digest;
	readonly #entropy: Entropy;
	readonly #clock: Pick<Clock, "monotonicMs">;
	readonly #iterations: number;
	/** Monotonic time until which a role is locked. After a restart the full time counts from the first try. */
	readonly #lockedUntilMs = new Map<Role, number>();

	constructor({ vault, digest, entropy, clock, iterations = PIN_ITERATIONS }: RightOptions) {
		this.#vault = vault;
		this.#digest = digest;
		this.#entropy = entropy;
		this.#clock = clock;
		this.#iterations = iterations;
	}

	/** True when the role has a PIN. */
	hasPin(role: Role): boolean {
		return this.#read(role) !== undefined;
	}

	/** Keeps a new PIN of 4 to 12 digits. The caller has checked that the person may set it. */
	setPin(role: Role, pin: string): void {
		const shape = pin.length >= PIN_LENGTH_MIN && pin.length <= PIN_LENGTH_MAX;
		refuseUnless(shape && /^[0-9]+$/.test(pin), "pinShape");
		const salt = this.#entropy.read(SALT_BYTES);
		const iterations = this.#iterations;
		const hash = stretch(this.#digest, pin, salt, iterations);
		this.#write(role, { failures: 0, iterations, salt, hash });
		this.#lockedUntilMs.delete(role);
	}

	/** Milliseconds until the PIN of the role may be tried again; 0 when it may be tried now. */
	lockedMs(role: Role): number {
		const entry = this.#read(role);
		if (entry === undefined || entry.failures < PIN_FAILURES_MAX) return 0;
		const nowMs = this.#clock.monotonicMs();
		const untilMs = this.#lockedUntilMs.get(role) ?? nowMs + PIN_LOCK_SECONDS * 1000;
		this.#lockedUntilMs.set(role, untilMs);
		return Math.max(0, untilMs - nowMs);
	}

	/**
	 * True for the right PIN; false for a wrong one and for a role without a PIN. Throws `REFUSED` while locked:
	 * after five wrong ones in a row, and again after each further wrong one.
	 */
	verify(role: Role, pin: string): boolean {
		refuseUnless(this.lockedMs(role) === 0, "pinLocked");
		const entry = this.#read(role);
		if (entry === undefined) return false;
		const failures = Math.min(entry.failures + 1, PIN_FAILURES_MAX);
		this.#write(role, { ...entry, failures });
		const right = isEqual(stretch(this.#digest, pin, entry.salt, entry.iterations), entry.hash);
		if (right) this.#write(role, { ...entry, failures: 0 });
		this.#lockedUntilMs.delete(role);
		if (!right && failures >= PIN_FAILURES_MAX) this.lockedMs(role);
		return right;
	}

	#read(role: Role): PinEntry | undefined {
		const bytes = this.#vault.read(`pin.${role}`);
		if (bytes === undefined || bytes.length !== ENTRY_BYTES || bytes[0] !== FORMAT)
			return undefined;
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		return {
			failures: view.getUint8(1),
			iterations: view.getUint32(2),
			salt: bytes.slice(6, 6 + SALT_BYTES),
			hash: bytes.slice(6 + SALT_BYTES),
		};
	}

	#write(role: Role, { failures, iterations, salt, hash }: PinEntry): void {
		const bytes = new Uint8Array(ENTRY_BYTES);
		const view = new DataView(bytes.buffer);
		view.setUint8(0, FORMAT);
		view.setUint8(1, failures);
		view.setUint32(2, iterations);
		bytes.set(salt, 6);
		bytes.set(hash, 6 + SALT_BYTES);
		this.#vault.write(`pin.${role}`, bytes);
	}
}

/** First block of PBKDF2 (RFC 8018, 5.2) with HMAC-SHA-256; 32 bytes. */
export function stretch(
	digest: Digest,
	pin: string,
	salt: Uint8Array,
	iterations: number,
): Uint8Array {
	const key = encodeUtf8(pin);
	const first = new Uint8Array(salt.length + 4);
	first.set(salt);
	first[salt.length + 3] = 1;
	let block = digest.hmacSha256(key, first);
	const result = block.slice();
	for (let round = 1; round < iterations; round++) {
		block = digest.hmacSha256(key, block);
		for (let index = 0; index < HASH_BYTES; index++) {
			result[index] = (result[index] ?? 0) ^ (block[index] ?? 0);
		}
	}
	return result;
}

/** Compares all bytes, so that timing tells nothing. */
function isEqual(one: Uint8Array, other: Uint8Array): boolean {
	let difference = one.length ^ other.length;
	for (let index = 0; index < one.length; index++)
		difference |= (one[index] ?? 0) ^ (other[index] ?? 0);
	return difference === 0;
}
