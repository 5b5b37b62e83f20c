import { CloseoutError } from "../../../protocol/error.ts";
import { PRINT_DEBTS_MAX } from "../../../protocol/limits.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import type { Core } from "../core.ts";
import { refuseUnless } from "../day/refusal.ts";
import type { Actor, Part, ReleaseAnswer, ReleasePurpose } from "../part.ts";
import type { Clock, Digest, Entropy, Log, ServiceLink, Vault } from "../port.ts";
import type { Credentials } from "../sync/enrolment.ts";
import type { OutboxReader } from "../sync/outbox.ts";
import { Cable } from "./cable.ts";
import { GapCount } from "./gap-count.ts";
import type { PullSource } from "./pull-run.ts";
import { Session } from "./session.ts";

/** What the technician's status screen shows of link, printer and media. */
export interface ServiceFigures {
	readonly online: boolean;
	readonly printerReady: boolean;
	readonly usedPercent: number;
	readonly segmentsUsed: number;
	readonly segmentsTotal: number;
}

export interface ServiceOptions {
	readonly vault: Vault;
	readonly digest: Digest;
	readonly entropy: Entropy;
	readonly clock: Pick<Clock, "monotonicMs">;
	readonly log: Log;
	/** Left out where the terminal has no cable. */
	readonly link: ServiceLink | undefined;
	readonly credentials: Credentials;
	readonly firmware: string;
	readonly outbox: OutboxReader;
	/** Left out in safe mode: then nothing is written and nothing printed. */
	readonly core?: Core;
	readonly figures: () => ServiceFigures;
	/** Asks whether the terminal may be updated, wiped or signed out. Left out in safe mode. */
	readonly release?: (purpose: ReleasePurpose, by: Actor) => ReleaseAnswer;
}

export interface ServiceStatus extends ServiceFigures {
	readonly terminal: string;
	readonly epoch: number;
	readonly firmware: string;
	readonly first: number;
	readonly last: number;
	readonly watermark: number;
	/** Undefined while they are being counted. */
	readonly gaps: number | undefined;
	/** Undefined where the journal's state is not known. */
	readonly boot: number | undefined;
}

const technician = { by: "technician", role: "technician" } as const;

/** What a technician can do at the terminal, behind a challenge and its response. */
export class Service implements Part {
	readonly session: Session;
	/** For pulls over the network too. */
	readonly source: PullSource;
	readonly #options: ServiceOptions;
	readonly #cable: Cable | undefined;
	#gaps: GapCount | undefined;
	/** The record of the session that is open. */
	#openedAt = 0;

	constructor(options: ServiceOptions) {
		this.#options = options;
		const { vault, digest, entropy, clock, credentials, outbox, firmware, core, link, log } =
			options;
		const { terminal, epoch } = credentials;
		this.source = {
			terminal,
			epoch,
			outbox,
			firmware,
			isWritable: core !== undefined,
			note: (pull) => this.#note("pull", pull) !== undefined,
		};
		this.session = new Session({
			vault,
			digest,
			entropy,
			clock,
			credentials,
			note: (action) => {
				const sequence = this.#note("service", { action, ...technician });
				if (action === "opened") this.#openedAt = sequence ?? 0;
			},
			onEnd: () => this.#clear(),
		});
		// What ran before a failure of the media may have left it open.
		link?.close();
		const onMove = () => this.session.touch();
		this.#cable = link && new Cable({ link, source: this.source, log, onMove });
	}

	/** What of it may be on the screen, to know when to draw anew. */
	get seen(): string {
		return `${this.session.seen} ${this.cable} ${this.pulledPercent} ${this.#gaps?.gaps}`;
	}

	get cable(): "none" | "off" | "waiting" | "connected" {
		if (this.#cable === undefined) return "none";
		if (!this.#cable.isOn) return "off";
		return this.#cable.isConnected ? "connected" : "waiting";
	}

	/** How much of the pull over the cable is out; null while there is none. */
	get pulledPercent(): number | null {
		const progress = this.#cable?.progress ?? null;
		return progress && Math.floor(((progress.next - 1) * 100) / Math.max(1, progress.to));
	}

	/** Whether there is paper to owe to: not in safe mode. */
	get canPrint(): boolean {
		return this.#options.core !== undefined;
	}

	switchCable(): void {
		if (this.#cable?.isOn) this.#cable.switchOff();
		else if (this.session.isOpen) this.#cable?.switchOn();
	}

	/** Owes a status slip to paper. Throws `REFUSED`. */
	printStatus(): void {
		const { core } = this.#options;
		if (core === undefined || !this.session.isOpen) return;
		refuseUnless(core.state.debts.length < PRINT_DEBTS_MAX, "tooManyPrints");
		const { by } = technician;
		const subject = this.#openedAt;
		core.record("printDue", { document: "statusSlip", subject, copy: 0, by, reason: null });
	}

	/** Asks for an update, a wipe or a sign-out; undefined where nothing can be asked: in safe mode, or with no session. */
	askRelease(purpose: ReleasePurpose): ReleaseAnswer | undefined {
		const { by: name, role } = technician;
		return this.session.isOpen ? this.#options.release?.(purpose, { name, role }) : undefined;
	}

	/** Where everything stands. The gaps are counted from now on, when they are not yet. */
	status(): ServiceStatus {
		const { credentials, firmware, outbox, core, figures } = this.#options;
		this.#gaps ??= new GapCount(outbox);
		return {
			...figures(),
			terminal: credentials.terminal,
			epoch: credentials.epoch,
			firmware,
			first: outbox.first(),
			last: outbox.head().sequence,
			watermark: outbox.watermark().sequence,
			gaps: this.#gaps.gaps,
			boot: core?.state.boot,
		};
	}

	step(): number {
		const wait = Math.min(this.session.step(), this.#cable?.step() ?? Number.POSITIVE_INFINITY);
		if (this.#gaps === undefined || this.#gaps.gaps !== undefined) return wait;
		this.#gaps.step();
		return 0;
	}

	#clear(): void {
		this.#cable?.switchOff();
		this.#gaps = undefined;
	}

	/** A technician is let in where nothing can be written any more: that is what they come for. */
	#note<K extends "service" | "pull">(kind: K, body: RecordBody<K>): number | undefined {
		const { core, log } = this.#options;
		try {
			if (core !== undefined) return core.record(kind, body);
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.code !== "MEDIA_FULL") throw error;
		}
		log.write("warn", "SERVICE", `not journalled: ${kind} ${JSON.stringify(body)}`);
		return undefined;
	}
}
