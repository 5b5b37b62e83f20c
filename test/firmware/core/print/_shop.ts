import type { Core } from "../../../../firmware/core/core.ts";
import { standingBlockers } from "../../../../firmware/core/day/blocker.ts";
import { Reprint } from "../../../../firmware/core/day/reprint.ts";
import type { Actor, DocumentType } from "../../../../firmware/core/part.ts";
import type { StatusFigures } from "../../../../firmware/core/print/document.ts";
import { PrintQueue } from "../../../../firmware/core/print/queue.ts";
import { gbTable } from "../../../../firmware/resources/gb-table.ts";
import type { RecordBody } from "../../../../protocol/record.ts";
import { HandClock, ListJournal, nodeDigest, startCore } from "../../../_helper/list-journal.ts";
import { lineText, paperText } from "../../../emulator/paper/model.ts";
import { SimulatedPrinter, type SimulatedPrinterOptions } from "../../../emulator/paper/printer.ts";

export const clerk: Actor = { name: "01", role: "operator" };
export const manager: Actor = { name: "王店长", role: "manager" };
export const figures: StatusFigures = {
	link: "up",
	usedPercent: 37,
	pending: 4,
	acknowledged: { sequence: 12, wallS: Date.UTC(2026, 10, 21, 0, 5, 0) / 1000 },
};

type Intent = RecordBody<"intent">;
type Outcome = RecordBody<"outcome">;
type Verdict = RecordBody<"settleEnd">["verdicts"][number]["verdict"];

export interface ShopOptions {
	readonly language?: "zh-CN" | "en";
	readonly columns?: 32 | 48;
	readonly printer?: SimulatedPrinterOptions;
	/** A printer that takes its time and holds less than a line. */
	readonly slow?: boolean;
}

/** A terminal with a journal in memory, a printer that is not there, and somebody who trades. */
export class Shop {
	readonly journal = new ListJournal();
	readonly clock = new HandClock();
	readonly columns: 32 | 48;
	readonly printer: SimulatedPrinter;
	core: Core;
	queue: PrintQueue;
	/** What people decide about prints. */
	desk: Reprint;
	#trace = 0;

	constructor({ language = "zh-CN", columns = 32, printer = {}, slow }: ShopOptions = {}) {
		this.columns = columns;
		const dotsAcross = columns * 12;
		const pace = slow === true ? { clock: this.clock, mmPerSecond: 60, bufferBytes: 20 } : {};
		this.printer = new SimulatedPrinter({
			dotsAcross,
			isChineseByDefault: true,
			...pace,
			...printer,
		});
		this.core = startCore(this.journal, this.clock);
		this.queue = this.#queue();
		this.desk = new Reprint({ core: this.core });
		this.core.recordStart({ firmware: "0.1.0", clean: true, profile: "emulator" });
		const settings = [
			{ name: "language", value: language },
			{ name: "paperColumns", value: columns },
			{ name: "merchantNumber", value: "898310000000001" },
		];
		this.core.record("configuration", { version: 1, source: "host", settings });
		this.core.record("dayOpen", { day: 1, businessDate: 20261121, carried: [] });
		this.core.record("shiftOpen", { shift: 1, operator: "01" });
	}

	#queue(): PrintQueue {
		const identity = { tenant: "demo", terminal: "shop-0001", epoch: 3 };
		const { core, printer } = this;
		const ports = { core, printer, digest: nodeDigest, table: gbTable };
		const blockers = () => standingBlockers(core.state);
		return new PrintQueue({ ...ports, identity, figures: () => figures, blockers });
	}

	/** The terminal starts again; the journal, the paper and the printer's own state stay. */
	restart(): void {
		this.core = startCore(this.journal, this.clock);
		this.core.recordStart({ firmware: "0.1.0", clean: false, profile: "emulator" });
		this.queue = this.#queue();
		this.desk = new Reprint({ core: this.core });
	}

	/** The mains fail: terminal and printer start again, and the printer has forgotten what it held. */
	cutPower(): void {
		this.printer.cutPower();
		this.printer.restorePower();
		this.restart();
	}

	intent(changes: Partial<Intent> = {}): number {
		this.clock.advance(61_000);
		return this.core.record("intent", {
			type: "sale",
			method: "card",
			amountMinor: 1_250,
			currency: "CNY",
			trace: ++this.#trace,
			original: null,
			order: null,
			operator: "01",
			request: this.#trace,
			...changes,
		});
	}

	outcome(transaction: number, changes: Partial<Outcome> = {}): number {
		this.clock.advance(2_000);
		return this.core.record("outcome", {
			transaction,
			outcome: "approved",
			source: "app",
			group: "domestic",
			scheme: "UnionPay",
			reference: "123456789012",
			authorisation: "A1B2C3",
			response: "00",
			lastFour: "1234",
			...changes,
		});
	}

	/** An approved transaction; returns its intent. */
	trade(intent: Partial<Intent> = {}, outcome: Partial<Outcome> = {}): number {
		const transaction = this.intent(intent);
		this.outcome(transaction, outcome);
		return transaction;
	}

	/** So many sales of different amounts, some by QR order. */
	sell(count: number): number[] {
		return Array.from({ length: count }, (_, index) => {
			const amountMinor = 100 + ((index * 7_919) % 90_000);
			if (index % 5 !== 4) return this.trade({ amountMinor });
			const order = `ORDER${String(index).padStart(6, "0")}`;
			const wallet = { group: "wallet", scheme: "Alipay", lastFour: null } as const;
			return this.trade({ amountMinor, method: "qr", order }, wallet);
		});
	}

	/** Settles the batch without anybody to agree with. */
	settle(verdict: Verdict = "agreed", uploadedCount = 0): number {
		const { batch } = this.core.state;
		const settlement = this.core.record("settleBegin", {
			batch: batch.number,
			first: batch.first,
			last: this.core.state.sequence,
			trigger: "operator",
			currency: "CNY",
			groups: batch.groups,
		});
		const verdicts = batch.groups.map(({ group }) => ({ group, verdict }));
		this.core.record("settleEnd", { settlement, batch: batch.number, uploadedCount, verdicts });
		return settlement;
	}

	owe(document: DocumentType, subject: number): number {
		return this.core.record("printDue", { document, subject, copy: 0, by: "01", reason: null });
	}

	/** Steps until the queue waits for somebody, or `stop` says so. Returns how many steps it took. */
	run(stop: () => boolean = () => false): number {
		for (let steps = 1; steps < 100_000; steps++) {
			if (stop()) return steps;
			const waitMs = this.queue.step();
			if (waitMs === Number.POSITIVE_INFINITY || waitMs >= 500) return steps;
			this.clock.advance(waitMs);
		}
		throw new RangeError("the queue does not come to rest");
	}

	/** The whole roll as text. */
	get text(): string {
		return paperText(this.printer.paper, { columns: this.columns });
	}

	get lines(): readonly string[] {
		return this.printer.paper.entries.flatMap((entry) =>
			entry.kind === "line" ? [lineText(entry).trimEnd()] : [],
		);
	}

	get qrCodes(): readonly string[] {
		return this.printer.paper.entries.flatMap((entry) => (entry.kind === "qr" ? [entry.data] : []));
	}
}
