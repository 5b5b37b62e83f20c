import { setTimeout as wait } from "node:timers/promises";
import { CloseoutError } from "../../protocol/error.ts";
import type { releasePurpose } from "../../protocol/record.ts";
import type { Infer } from "../../protocol/schema.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { Store } from "../store/store.ts";

/** A terminal that does not answer in this time is not there; the question ends with it. */
const ANSWER_MS = 20_000;
const LOOK_MS = 100;

export interface ReleaseQuestion {
	readonly terminal: string;
	readonly purpose: Infer<typeof releasePurpose>;
}

export interface ReleaseResult extends ReleaseQuestion {
	readonly accepted: boolean;
	/** Why not, as `releaseReason` of the protocol names it. */
	readonly reasons: readonly string[];
}

/**
 * Asks a terminal whether it may be updated, wiped or signed out, and waits for its word. Throws `TERMINAL_UNKNOWN`, and
 * `CONNECTION` when no answer comes.
 */
export async function askRelease(
	{ store, ingest, nowS }: { readonly store: Store; readonly ingest: Ingest; nowS(): number },
	{ terminal, purpose }: ReleaseQuestion,
): Promise<ReleaseResult> {
	const { hostSequence } = await ingest.sendCommand(terminal, {
		command: "release",
		expiresS: nowS() + ANSWER_MS / 1000,
		arguments: [{ name: "purpose", value: purpose }],
	});
	for (let waitedMs = 0; waitedMs < ANSWER_MS; waitedMs += LOOK_MS) {
		const commands = await store.listCommands(terminal, "all");
		const asked = commands.find((command) => command.hostSequence === hostSequence);
		if (asked !== undefined && asked.accepted !== null) {
			const { accepted, detail } = asked;
			return { terminal, purpose, accepted, reasons: accepted ? [] : detail.split(" ") };
		}
		await wait(LOOK_MS);
	}
	throw new CloseoutError(
		"CONNECTION",
		`${terminal} does not answer; ask again when it is on line`,
	);
}
