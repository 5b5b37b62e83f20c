import { lastOfHead } from "../../protocol/checkpoint.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { UpMessage } from "../../protocol/message.ts";
import type { EnrolmentKey } from "../store/enrolment.ts";
import type { StreamKey } from "../store/stream.ts";
import { type IngestContext, sendDown } from "./context.ts";
import { note } from "./deliver.ts";
import { sendCosigned } from "./heads.ts";
import type { EnrolMessage } from "./receive.ts";

const HOST_NONCE_BYTES = 16;

/** Opens the epoch that a one-time code was made for, or gives the same answer again. */
export async function answerEnrol(
	context: IngestContext,
	{ terminal, body }: EnrolMessage,
	key: EnrolmentKey,
	tenant: string,
): Promise<void> {
	const { store, counters, log, changes } = context;
	const terminalNonce = body.nonce;
	try {
		const hostNonce = context.random(HOST_NONCE_BYTES);
		const answer = await store.useEnrolment({ ...key, terminalNonce, hostNonce });
		const { epoch: newEpoch, hostSequence } = answer;
		const to = { tenant, terminal, epoch: 0, key: key.key };
		const nonces = { terminalNonce, hostNonce: answer.hostNonce };
		sendDown(context, to, "enrolled", { ...nonces, newEpoch, hostSequence });
		if (!answer.fresh) return;
		counters.enrolled++;
		log.info({ terminal, epoch: newEpoch }, "terminal enrolled");
		changes.tell({ type: "terminal", terminal });
	} catch (error) {
		if (!(error instanceof CloseoutError) || error.code !== "REFUSED") throw error;
		counters.enrolmentRefused++;
		log.warn({ terminal, why: error.message }, "enrolment refused");
	}
}

/** Says where the host stands, asks for what it lacks of what it once had, and repeats open commands. */
export async function answerHello(
	context: IngestContext,
	{ terminal, epoch, body }: UpMessage & { readonly type: "hello" },
	key: StreamKey,
): Promise<void> {
	const { store, counters, changes } = context;
	counters.hello++;
	const welcome = await store.receiveHello({ terminal, epoch }, body);
	if (welcome === undefined) return;
	const { watermark, chain, frozen, verdict } = welcome;
	const cosigned = await store.lastCosigned({ terminal, epoch });
	if (verdict === "fork" || verdict === "behind") {
		const upTo = Math.max(cosigned === undefined ? 0 : lastOfHead(cosigned), body.watermark);
		const type = nameOf(verdict, body.last, upTo);
		const heads = cosigned === undefined ? "" : `, its last cosigned head ends at ${upTo}`;
		const detail = `the terminal ends at record ${body.last}, the host holds ${watermark}${heads}`;
		await note(context, { terminal, epoch }, type, detail);
	}
	const { nonce } = body;
	sendDown(context, key, "welcome", { nonce, watermark, chain, wallS: context.nowS(), frozen });
	changes.tell({ type: "terminal", terminal });
	if (frozen) return;
	if (cosigned !== undefined) sendCosigned(context, key, cosigned);
	if (body.watermark > watermark) {
		counters.naks++;
		sendDown(context, key, "nak", { from: watermark + 1, to: body.watermark });
	}
	const open = await store.listCommands(terminal, "open");
	for (const { hostSequence, expiresS, command, arguments: given } of open.toReversed()) {
		sendDown(context, key, "command", { hostSequence, expiresS, command, arguments: given });
	}
}

/** A journal that ends before a cosigned head is an older one, even if it has gone on in its own way since. */
function nameOf(
	verdict: "fork" | "behind",
	last: number,
	cosignedTo: number,
): "fork" | "rollback" | "truncation" {
	if (last < cosignedTo) return "rollback";
	return verdict === "behind" ? "truncation" : verdict;
}

export async function takeCommandResult(
	{ store, changes }: IngestContext,
	{ terminal, body }: UpMessage & { readonly type: "commandResult" },
): Promise<void> {
	const { hostSequence, accepted, detail } = body;
	const isNews = await store.answerCommand({ terminal, hostSequence, accepted, detail });
	if (isNews) changes.tell({ type: "command", terminal, hostSequence });
}
