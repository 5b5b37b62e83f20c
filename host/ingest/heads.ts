import type { Address } from "../../protocol/message.ts";
import type { KeptHead } from "../store/head.ts";
import type { StreamKey } from "../store/stream.ts";
import { type IngestContext, sendDown } from "./context.ts";

/** Judges the heads among the new records of a stream; a terminal gets the last one that is consistent, cosigned. */
export async function keepHeads(context: IngestContext, stream: Address): Promise<void> {
	const { store, hostKey, changes, log } = context;
	let last: KeptHead | undefined;
	for (let isDone = false; !isDone; ) {
		const advanced = await store.advanceHeads(stream, hostKey);
		for (const head of advanced.heads) {
			const { seq: sequence, verdict } = head;
			const { terminal, epoch } = stream;
			changes.tell({ type: "head", terminal, epoch, sequence });
			if (verdict === "consistent") last = head;
			else log.warn({ terminal, epoch, sequence, verdict }, "signed head not cosigned");
			if (verdict === "fork")
				changes.tell({ type: "incident", terminal, epoch, incident: verdict });
		}
		isDone = advanced.isDone;
	}
	if (last === undefined) return;
	const key = await store.findKey(stream);
	if (key !== undefined) sendCosigned(context, key, last);
}

/** Sends a head with the host's cosignature; nothing for one that is not cosigned. */
export function sendCosigned(
	context: IngestContext,
	key: StreamKey,
	{ first, size, root, chain, cosigned }: KeptHead,
): void {
	if (cosigned === null) return;
	const { hostKey, timeS, signature } = cosigned;
	sendDown(context, key, "cosigned", { first, size, root, chain, hostKey, timeS, signature });
}
