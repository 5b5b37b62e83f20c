import { equalBytes, toHex } from "../../../protocol/bytes.ts";
import { decodeCbor, encodeCbor } from "../../../protocol/cbor.ts";
import {
	cosignedBytes,
	formatCheckpoint,
	lastOfHead,
	streamName,
	type TreeHead,
} from "../../../protocol/checkpoint.ts";
import { type DownBody, downMessages } from "../../../protocol/message.ts";
import { keyIdOf, noteKeyType } from "../../../protocol/note.ts";
import { tuple, uint } from "../../../protocol/schema.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import type { Core } from "../core.ts";
import type { Part } from "../part.ts";
import type { Digest, Log, Ports, Signer, Vault } from "../port.ts";
import type { Credentials } from "./enrolment.ts";
import type { JournalTree } from "./journal-tree.ts";
import type { OutboxReader, Position } from "./outbox.ts";

const VAULT_ENTRY = "head.cosigned";

/** What the vault keeps: outside the journal's image, so that an old image does not bring an old one back. */
const remembered = tuple({ epoch: uint(0xffff_ffff), cosigned: downMessages.cosigned.body });

export interface HeadsOptions {
	readonly core: Pick<Core, "state" | "record">;
	readonly outbox: Pick<OutboxReader, "head" | "chainAt">;
	readonly tree: Pick<JournalTree, "current">;
	/** First record that is not in a sealed segment. */
	readonly unsealedFrom: () => number;
	readonly signer: Signer;
	readonly vault: Vault;
	readonly digest: Digest;
	readonly log: Log;
	readonly credentials: Credentials;
}

/**
 * Signs the head of the stream after every settlement, every close of a day and every sealed segment, and keeps
 * the last head that the host has cosigned. A head owed at a power cut is signed after the next start.
 */
export class Heads implements Part {
	readonly #options: HeadsOptions;
	#cosigned: DownBody<"cosigned"> | undefined;
	readonly #broken: Position | undefined;

	constructor(options: HeadsOptions) {
		this.#options = options;
		this.#cosigned = this.#recall();
		this.#broken = this.#findBreak();
	}

	/**
	 * The last record of the head that the host has cosigned, when the journal does not hold it: somebody has put an
	 * older or another image in its place. Undefined while all is well.
	 */
	get broken(): Position | undefined {
		return this.#broken;
	}

	/** Once an image is known to be another one, nothing more is signed for it. */
	step(): number {
		if (this.#broken !== undefined) return Number.POSITIVE_INFINITY;
		const { core, signer } = this.#options;
		const own = signer.publicKey();
		const { signingKey } = core.state;
		if (signingKey === null || !equalBytes(signingKey, own))
			core.record("signingKey", { publicKey: own });
		if (this.#isOwed()) this.#sign(own);
		return Number.POSITIVE_INFINITY;
	}

	/** Takes a head that the host has cosigned, as far as journal and earlier ones agree with it. */
	take(cosigned: DownBody<"cosigned">): void {
		const { outbox, signer, log } = this.#options;
		const before = this.#cosigned;
		const last = lastOfHead(cosigned);
		if (before !== undefined && lastOfHead(before) >= last) return;
		const own = outbox.chainAt(last);
		if (own === undefined || !equalBytes(own, cosigned.chain)) {
			log.write("error", "CHAIN_BROKEN", `the host has cosigned another record ${last}`);
			return;
		}
		const { hostKey, timeS, signature } = cosigned;
		const isSameHost = before === undefined || equalBytes(before.hostKey, hostKey);
		const signed = cosignedBytes(this.#headOf(cosigned), timeS);
		if (!isSameHost || !signer.verify(hostKey, signed, signature)) {
			const key = toHex(hostKey.slice(0, 4));
			log.write(
				"warn",
				"MESSAGE_FORGED",
				`a cosignature by key ${key} is not the host's; enrol again`,
			);
			return;
		}
		this.#remember(cosigned);
	}

	/** For a small terminal a signature is long work: for a sealed segment it waits until no customer does. */
	#isOwed(): boolean {
		const { core, unsealedFrom } = this.#options;
		const { settlements, days, open, signedHead } = core.state;
		const signedTo = signedHead?.sequence ?? 0;
		const closed = Math.max(settlements.at(-1)?.end ?? 0, days.at(-1)?.last ?? 0);
		return closed > signedTo || (open.length === 0 && unsealedFrom() - 1 > signedTo);
	}

	#sign(publicKey: Uint8Array): void {
		const { core, outbox, tree, signer, digest, credentials } = this.#options;
		const { first, size } = tree.current;
		if (size === 0) return;
		const head = { first, size, root: tree.current.root(), chain: outbox.head().chain };
		const signature = signer.sign(encodeUtf8(formatCheckpoint(this.#headOf(head))));
		const key = { name: streamName(credentials), type: noteKeyType.ed25519, publicKey };
		const keyId = keyIdOf(key, (bytes) => digest.sha256(bytes));
		core.record("signedHead", { ...head, keyId, signature });
	}

	#headOf({ first, size, root, chain }: Pick<TreeHead, "first" | "size" | "root" | "chain">) {
		const { tenant, terminal, epoch } = this.#options.credentials;
		return { tenant, terminal, epoch, first, size, root, chain };
	}

	#recall(): DownBody<"cosigned"> | undefined {
		const { vault, credentials } = this.#options;
		const stored = vault.read(VAULT_ENTRY);
		if (stored === undefined) return undefined;
		const { epoch, cosigned } = remembered.decode(decodeCbor(stored), "vault.head");
		return epoch === credentials.epoch ? cosigned : undefined;
	}

	#remember(cosigned: DownBody<"cosigned">): void {
		const { vault, credentials } = this.#options;
		const value = remembered.encode({ epoch: credentials.epoch, cosigned }, "vault.head");
		vault.write(VAULT_ENTRY, encodeCbor(value));
		this.#cosigned = cosigned;
	}

	#findBreak(): Position | undefined {
		if (this.#cosigned === undefined) return undefined;
		const { outbox, log } = this.#options;
		const { chain } = this.#cosigned;
		const sequence = lastOfHead(this.#cosigned);
		const last = outbox.head().sequence;
		const own = outbox.chainAt(sequence);
		const isShort = last < sequence;
		const isOther = own !== undefined && !equalBytes(own, chain);
		if (!isShort && !isOther) return undefined;
		const what = isShort ? `ends at record ${last}` : `has another record ${sequence}`;
		log.write(
			"error",
			"CHAIN_BROKEN",
			`the journal ${what}; the host has cosigned up to ${sequence}`,
		);
		return { sequence, chain };
	}
}

/** Undefined on a platform that cannot sign. */
export function headsOf(
	{ signer, vault, digest, log }: Pick<Ports, "signer" | "vault" | "digest" | "log">,
	about: Pick<HeadsOptions, "core" | "outbox" | "tree" | "unsealedFrom" | "credentials">,
): Heads | undefined {
	return signer && new Heads({ ...about, signer, vault, digest, log });
}
