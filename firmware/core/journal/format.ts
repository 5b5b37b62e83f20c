import { CloseoutError } from "../../../protocol/error.ts";
import { checkId } from "../../../protocol/id.ts";
import { SEGMENT_BYTES_DEFAULT } from "../../../protocol/limits.ts";
import {
	chooseRoot,
	decodeSegmentHeader,
	genesisChain,
	type Layout,
	NONCE_BYTES,
	type Root,
	SALT_BYTES,
	SEGMENT_HEADER_BYTES,
	type Sha256,
} from "../../../protocol/media.ts";
import type { Digest, Entropy, Storage } from "../port.ts";
import { Medium } from "./medium.ts";
import { RootStore, readRoots } from "./root-store.ts";

export interface FormatOptions {
	readonly terminalId: string;
	/** 0 for a terminal that has not been enrolled yet. */
	readonly epoch: number;
	readonly digest: Digest;
	readonly entropy: Entropy;
	readonly segmentBytes?: number;
	/** Names the epoch of a journal that stands on the media and is to be destroyed. */
	readonly discard?: { readonly epoch: number };
}

/**
 * Erases the media and writes an empty journal. Throws `REFUSED` when the media hold a journal that `discard`
 * does not name, and `USAGE` when they have a shape that cannot be served.
 */
export function formatMedia(storage: Storage, options: FormatOptions): void {
	const { digest, entropy, epoch, discard } = options;
	const terminalId = checkId("terminal", options.terminalId);
	const sha256: Sha256 = (bytes) => digest.sha256(bytes);
	const medium = new Medium(storage, { write: () => {} });
	const layout = medium.layout(options.segmentBytes ?? SEGMENT_BYTES_DEFAULT);
	const held = epochOnMedia(storage, medium, sha256);
	if (held !== undefined && held !== discard?.epoch) {
		throw new CloseoutError(
			"REFUSED",
			`the media hold a journal of epoch ${held}; pull it first, then format naming that epoch to discard it`,
		);
	}
	const { sizeBytes, sectorBytes } = storage.geometry();
	medium.erase(0, sizeBytes - (sizeBytes % sectorBytes));
	medium.sync();
	const nonce = entropy.read(NONCE_BYTES);
	const root = emptyRoot({ terminalId, epoch, nonce, layout }, sha256);
	new RootStore(medium, sha256, { root, sequence: 0, places: [], holders: [] }).update({});
}

function emptyRoot(
	made: {
		readonly terminalId: string;
		readonly epoch: number;
		readonly nonce: Uint8Array;
		readonly layout: Layout;
	},
	sha256: Sha256,
): Root {
	const chain = genesisChain(made.terminalId, made.epoch, sha256);
	const start = { sequence: 0, chain };
	return {
		...made,
		sequence: 0,
		state: "closed",
		retired: false,
		untold: false,
		intent: { kind: "none" },
		tornBytes: 0,
		repairedRecords: 0,
		staleRecords: 0,
		first: { number: 1, sequence: 1 },
		newest: {
			number: 0,
			firstSequence: 1,
			previousChain: chain,
			salt: new Uint8Array(SALT_BYTES),
		},
		watermark: start,
		head: start,
	};
}

/** Epoch of a journal that can be found on the media, by a root or, when all are lost, by a segment. */
function epochOnMedia(storage: Storage, medium: Medium, sha256: Sha256): number | undefined {
	const geometry = storage.geometry();
	const choice = chooseRoot(readRoots(medium, geometry, sha256));
	if (choice) return choice.root.epoch;
	const { sizeBytes, sectorBytes } = geometry;
	for (let offset = 0; offset + sectorBytes <= sizeBytes; offset += sectorBytes) {
		const bytes = medium.read(offset, SEGMENT_HEADER_BYTES);
		const header = bytes && decodeSegmentHeader(bytes);
		if (header) return header.epoch;
	}
	return undefined;
}
