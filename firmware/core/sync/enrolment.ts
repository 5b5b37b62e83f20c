import { equalBytes } from "../../../protocol/bytes.ts";
import { decodeCbor, encodeCbor } from "../../../protocol/cbor.ts";
import { deriveEnrolmentKey, deriveTerminalKey } from "../../../protocol/key.ts";
import { encodeUp, openEnvelope, readDown } from "../../../protocol/message.ts";
import { bytes, type Infer, text, tuple, uint } from "../../../protocol/schema.ts";
import { type Topics, topicsOf } from "../../../protocol/topic.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import type { Clock, Digest, Entropy, Link, Log, Vault } from "../port.ts";

const VAULT_ENTRY = "enrolment";
/** Kept until enrolled, so that a restart before the answer does not burn the code. */
const NONCE_ENTRY = "enrolment.nonce";
const NONCE_BYTES = 16;
/** An enrolment code is typed by a person who waits; the request is repeated at this interval. */
const ANSWER_MS = 5_000;
/** A connection that does not come about is tried again at this interval. */
const CONNECT_MS = 1_000;

const credentials = tuple({
	tenant: text(32),
	terminal: text(32),
	epoch: uint(0xffff_ffff),
	key: bytes(32),
});

/** What makes a terminal one of the host's: kept in the vault, one entry for one life of the journal. */
export type Credentials = Infer<typeof credentials>;

/** The credentials of this terminal, or undefined while it is not enrolled. */
export function readCredentials(vault: Vault): Credentials | undefined {
	const stored = vault.read(VAULT_ENTRY);
	return stored && credentials.decode(decodeCbor(stored), "vault.enrolment");
}

export interface Identity {
	readonly tenant: string;
	readonly terminal: string;
}

export interface EnrolmentOptions {
	readonly link: Link;
	readonly vault: Vault;
	readonly entropy: Entropy;
	readonly digest: Digest;
	readonly clock: Clock;
	readonly log: Log;
	readonly identity: Identity;
	readonly firmware: string;
}

/**
 * Turns a one-time code into an epoch and a key. The key is never sent: both sides compute it from the code and
 * two nonces. A lost answer is harmless, since the same nonce gets the same answer again.
 */
export class Enrolment {
	readonly #options: EnrolmentOptions;
	readonly #topics: Topics;
	readonly #nonce: Uint8Array;
	#key: Uint8Array | undefined;
	#sentMs = Number.NEGATIVE_INFINITY;

	constructor(options: EnrolmentOptions) {
		this.#options = options;
		this.#topics = topicsOf(options.identity.tenant, options.identity.terminal);
		const kept = options.vault.read(NONCE_ENTRY);
		this.#nonce = kept ?? options.entropy.read(NONCE_BYTES);
		if (kept === undefined) options.vault.write(NONCE_ENTRY, this.#nonce);
	}

	/** Begins with the code that the host has shown. Throws `USAGE` when it is no code. */
	begin(code: string): void {
		const { digest, identity } = this.#options;
		this.#key = deriveEnrolmentKey(code, identity.terminal, digest.hmacSha256);
		this.#sentMs = Number.NEGATIVE_INFINITY;
	}

	get begun(): boolean {
		return this.#key !== undefined;
	}

	/** Returns the credentials once the host has answered and they are stored; else undefined. */
	step(): Credentials | undefined {
		const { link, clock, identity, firmware, digest } = this.#options;
		if (this.#key === undefined) return undefined;
		if (link.status() === "down") {
			const will = { topic: this.#topics.state, payload: encodeUtf8("lost"), retain: true };
			link.open({ clientId: identity.terminal, subscribe: [this.#topics.down], will });
		}
		if (link.status() !== "up") return undefined;
		for (let message = link.read(); message !== undefined; message = link.read()) {
			const made = this.#take(message.payload, this.#key);
			if (made !== undefined) return made;
		}
		if (clock.monotonicMs() - this.#sentMs < ANSWER_MS) return undefined;
		const sealing = { key: this.#key, hmac: digest.hmacSha256 };
		const address = { terminal: identity.terminal, epoch: 0 };
		const payload = encodeUp(address, "enrol", { nonce: this.#nonce, firmware }, sealing);
		if (link.write({ topic: this.#topics.up, payload, retain: false }))
			this.#sentMs = clock.monotonicMs();
		return undefined;
	}

	/** Milliseconds until `step` has something to do by itself. */
	wait(): number {
		if (this.#key === undefined) return Number.POSITIVE_INFINITY;
		if (this.#options.link.status() !== "up") return CONNECT_MS;
		return Math.max(0, this.#sentMs + ANSWER_MS - this.#options.clock.monotonicMs());
	}

	#take(payload: Uint8Array, key: Uint8Array): Credentials | undefined {
		const { digest, identity, vault, log } = this.#options;
		const hmac = digest.hmacSha256;
		try {
			const message = readDown(openEnvelope(payload), { key, hmac });
			if (message.type !== "enrolled" || message.terminal !== identity.terminal) return undefined;
			const { hostNonce, newEpoch, terminalNonce } = message.body;
			if (!equalBytes(terminalNonce, this.#nonce)) return undefined;
			const nonces = { terminalNonce, hostNonce, epoch: newEpoch };
			const made = { ...identity, epoch: newEpoch, key: deriveTerminalKey(key, nonces, hmac) };
			vault.write(VAULT_ENTRY, encodeCbor(credentials.encode(made, "vault.enrolment")));
			vault.write(NONCE_ENTRY, undefined);
			return made;
		} catch (error) {
			log.write("warn", "ENROLMENT", String(error));
			return undefined;
		}
	}
}
