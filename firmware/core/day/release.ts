import type { RecordKind } from "../../../protocol/record.ts";
import type { Core } from "../core.ts";
import type { Actor, ReleaseAnswer, ReleasePurpose, ReleaseReason } from "../part.ts";
import { isUnsettled } from "./catch-up.ts";
import type { JournalFigures } from "./outside.ts";

export interface ReleaseOptions {
	readonly core: Core;
	readonly figures: () => JournalFigures;
}

/** Records of service and delivery, of which there is always one more: nothing of the shop's is lost with them. */
const serviceKinds: readonly RecordKind[] = [
	"command",
	"pull",
	"service",
	"releaseAsked",
	"signedHead",
	"signingKey",
];

/**
 * Whether a terminal may be updated, wiped or signed out. It may when the host holds every record of the shop and
 * nothing is open, unsettled or owed to paper. A technician may after a pull that reaches the newest of these
 * records, whatever stands: then the records are out, and who took them and who decided is journalled.
 */
export class Release {
	readonly #core: Core;
	readonly #figures: () => JournalFigures;

	constructor({ core, figures }: ReleaseOptions) {
		this.#core = core;
		this.#figures = figures;
	}

	/** What stands against it now. */
	reasons(): readonly ReleaseReason[] {
		const { state } = this.#core;
		const { watermark } = this.#figures();
		const found: readonly (readonly [ReleaseReason, boolean])[] = [
			["unacknowledged", this.#lastOfShop(watermark + 1) > watermark],
			["notClosed", state.day !== null || state.shift !== null],
			["unsettled", isUnsettled(state)],
			["open", state.open.length + state.tips.length + state.holds.length > 0],
			["unprinted", state.debts.length > 0],
		];
		return found.filter(([, stands]) => stands).map(([reason]) => reason);
	}

	/** Journals the request and its answer. Whoever asked may go on only with an answer that accepts. */
	ask(purpose: ReleasePurpose, by: Actor): ReleaseAnswer {
		const reasons = this.reasons();
		const accepted = reasons.length === 0 || (by.role === "technician" && this.#isPulled());
		const { name, role } = by;
		this.#core.record("releaseAsked", { purpose, by: name, role, accepted, reasons });
		return { accepted, reasons };
	}

	/** The newest record from `from` on that is about the shop; 0 when there is none. */
	#lastOfShop(from: number): number {
		let last = 0;
		this.#core.scan(from, this.#core.state.sequence, (sequence, { kind }) => {
			if (!serviceKinds.includes(kind)) last = sequence;
			return true;
		});
		return last;
	}

	#isPulled(): boolean {
		const from = this.#figures().watermark + 1;
		let last = 0;
		let pulledTo = 0;
		this.#core.scan(from, this.#core.state.sequence, (sequence, { kind, body }) => {
			if (!serviceKinds.includes(kind)) last = sequence;
			if (kind === "pull" && body.from <= Math.max(from, pulledTo + 1)) {
				pulledTo = Math.max(pulledTo, body.to);
			}
			return true;
		});
		return pulledTo > 0 && pulledTo >= last;
	}
}
