import { Core, type Entry } from "../../firmware/core/core.ts";
import { Journal } from "../../firmware/core/journal/journal.ts";
import { Medium } from "../../firmware/core/journal/medium.ts";
import { readRoots } from "../../firmware/core/journal/root-store.ts";
import { recordStore } from "../../firmware/core/journal-store.ts";
import type { Clock, Digest, Storage } from "../../firmware/core/port.ts";
import { emptyState, encodeState } from "../../firmware/core/state/state.ts";
import { chooseRoot, ROOT_BYTES } from "../../protocol/media.ts";
import { addDays } from "../../protocol/time.ts";
import { silentLog } from "./journal.ts";
import { Random } from "./random.ts";

export interface AgedOptions {
	readonly storage: Storage;
	readonly digest: Digest;
	readonly terminal: string;
	readonly epoch: number;
	/** At least so many records, and then those of the last day. */
	readonly records: number;
	readonly salesPerDay: number;
	/** What the host has is given free, so that the ring turns. */
	readonly turning: boolean;
	/** Shut down in order; else the power goes behind the last record. */
	readonly isClosed: boolean;
}

const FIRST_DATE = 2020_01_01;
const DAY_MS = 86_400_000;
const SALE_MS = 60_000;
const GROUP = "domestic" as const;

/**
 * A journal as a terminal makes it in years, written in seconds. However long it is, it ends in the same way: a
 * segment begins with a setting that was changed, and one whole day follows.
 */
export class AgedJournal {
	readonly #options: AgedOptions;
	readonly #journal: Journal;
	readonly #core: Core;
	#wallMs = Date.UTC(2020, 0, 1, 1);
	#day = 0;
	#trace = 0;

	private constructor(options: AgedOptions) {
		this.#options = options;
		const { storage, digest, terminal: terminalId, epoch } = options;
		Journal.format(storage, { terminalId, epoch, digest, entropy: new Random(5) });
		const snapshot = () => encodeState(this.#core.state);
		this.#journal = new Journal({ storage, digest, log: silentLog, snapshot });
		this.#journal.open();
		const clock: Clock = {
			now: () => ({ wallMs: this.#wallMs, zoneMinutes: 480 }),
			monotonicMs: () => this.#wallMs % DAY_MS,
			set: () => {},
		};
		const journal = recordStore(this.#journal);
		this.#core = new Core({ journal, clock, state: emptyState() });
	}

	/** Makes it and says how many records were made, how many stand behind the last checkpoint, and the time. */
	static make(options: AgedOptions): {
		readonly records: number;
		readonly tailRecords: number;
		readonly wallMs: number;
	} {
		const aged = new AgedJournal(options);
		aged.#begin();
		while (aged.#core.state.sequence < options.records) aged.#liveDay();
		aged.#fillRoots();
		aged.#beginSegment();
		const { sequence } = aged.#core.state;
		aged.#liveDay();
		if (options.isClosed) aged.#journal.close();
		const records = aged.#core.state.sequence;
		return { records, tailRecords: records - sequence + 1, wallMs: aged.#wallMs };
	}

	#begin(): void {
		const { terminal, epoch } = this.#options;
		const body = { firmware: "aged", clean: true, profile: "generic" };
		this.#core.recordStart(body, [["enrolment", { tenant: "demo", terminal, epoch }]]);
	}

	/** A start checks every place of the root slots that is used: let it be the same number of them each time. */
	#fillRoots(): void {
		const { storage, digest } = this.#options;
		const medium = new Medium(storage, silentLog);
		const sequence = () =>
			chooseRoot(readRoots(medium, storage.geometry(), digest.sha256))?.root.sequence ?? 0;
		while (sequence() % (storage.geometry().sectorBytes / ROOT_BYTES) !== 0) {
			this.#changeLanguage();
			const { head } = this.#journal;
			this.#journal.acknowledge(head.sequence, head.chain);
			this.#journal.persistWatermark();
		}
	}

	/** Changes the language until the change begins a segment. */
	#beginSegment(): void {
		const { segmentsFree } = this.#journal.usage();
		while (this.#journal.usage().segmentsFree === segmentsFree) this.#changeLanguage();
	}

	#changeLanguage(): void {
		this.#core.record("configuration", {
			version: this.#core.state.configurationVersion + 1,
			source: "operator",
			settings: [{ name: "language", value: "en" }],
		});
	}

	#liveDay(): void {
		const core = this.#core;
		const businessDate = addDays(FIRST_DATE, this.#day);
		this.#day += 1;
		this.#wallMs = Date.UTC(2020, 0, this.#day, 1);
		core.recordGroup([
			["dayOpen", { day: this.#day, businessDate, carried: [] }],
			["shiftOpen", { shift: this.#day, operator: "01" }],
		]);
		for (let sale = 0; sale < this.#options.salesPerDay; sale++) this.#sell();
		this.#settle();
		const { day, shift } = core.state;
		const closed = { operator: "01", first: shift?.first ?? 0, exceptions: [] };
		core.recordGroup([
			["shiftClose", { shift: this.#day, ...closed }],
			["dayClose", { day: this.#day, businessDate, first: day?.first ?? 0, exceptions: [] }],
		]);
		core.record("scrub", { segment: 0, findings: 0, repaired: 0 });
		const { head } = this.#journal;
		this.#journal.acknowledge(head.sequence, head.chain);
		if (this.#options.turning && this.#journal.usage().percent >= 50)
			this.#journal.reclaim(core.state.days[0]?.first ?? 1);
	}

	#sell(): void {
		this.#wallMs += SALE_MS;
		this.#trace = (this.#trace % 999_999) + 1;
		const transaction = this.#core.record("intent", {
			type: "sale",
			method: "card",
			amountMinor: 1_000 + (this.#trace % 90_000),
			currency: "CNY",
			trace: this.#trace,
			original: null,
			order: null,
			operator: "01",
			request: this.#trace,
		});
		this.#core.recordGroup([
			[
				"outcome",
				{
					transaction,
					outcome: "approved",
					source: "app",
					group: GROUP,
					scheme: "UNIONPAY",
					reference: "100000000123",
					authorisation: "000123",
					response: "00",
					lastFour: "1234",
				},
			],
			due("slip", transaction),
		]);
		this.#print(1);
	}

	#settle(): void {
		const core = this.#core;
		const { batch } = core.state;
		const settlement = core.record("settleBegin", {
			batch: batch.number,
			first: batch.first,
			last: core.state.sequence,
			trigger: "operator",
			currency: "CNY",
			groups: batch.groups,
		});
		const verdicts = [{ group: GROUP, verdict: "agreed" as const }];
		core.record("settleSent", { settlement, attempt: 1, enquiry: false });
		core.record("settleVerdict", { settlement, verdicts });
		core.recordGroup([
			["settleEnd", { settlement, batch: batch.number, uploadedCount: 0, verdicts }],
			due("settlementSlip", settlement),
			due("dailyList", settlement),
		]);
		this.#print(this.#options.salesPerDay);
	}

	/** Everything owed comes out. */
	#print(row: number): void {
		for (const { debt } of this.#core.state.debts) {
			const progress = { debt, by: null, reason: null };
			this.#core.record("printProgress", { ...progress, state: "sent", row: 0 });
			this.#core.record("printProgress", { ...progress, state: "confirmed", row });
		}
	}
}

function due(document: "slip" | "settlementSlip" | "dailyList", subject: number): Entry {
	return ["printDue", { document, subject, copy: 0, by: "01", reason: null }];
}
