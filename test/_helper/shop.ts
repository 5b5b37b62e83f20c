import { Core } from "../../firmware/core/core.ts";
import { Day } from "../../firmware/core/day/day.ts";
import type { JournalFigures } from "../../firmware/core/day/outside.ts";
import type { Actor, Notice } from "../../firmware/core/part.ts";
import type { Clock, Vault, WallTime } from "../../firmware/core/port.ts";
import { emptyState, type State } from "../../firmware/core/state/state.ts";
import type { AnyRecord, RecordBody, RecordKind } from "../../protocol/record.ts";
import { type Cut, FakeJournal } from "./fake-journal.ts";
import { FakePaymentApp } from "./fake-payment-app.ts";
import { plainDigest } from "./plain-digest.ts";

export const lin: Actor = { name: "lin", role: "operator" };
export const chen: Actor = { name: "chen", role: "manager" };

type Numbered = AnyRecord & { readonly sequence: number };

const ZONE_MINUTES = 480;

/** Wall milliseconds of a local time in Shanghai. */
export function local(text: string): number {
	return Date.parse(`${text}+08:00`);
}

/** A clock that moves only when told. */
export class HandClock implements Clock {
	wallMs: number;
	zoneMinutes = ZONE_MINUTES;
	#monotonicMs = 0;

	constructor(startMs: number) {
		this.wallMs = startMs;
	}

	now(): WallTime {
		return { wallMs: this.wallMs, zoneMinutes: this.zoneMinutes };
	}

	monotonicMs(): number {
		return this.#monotonicMs;
	}

	set(wallMs: number): void {
		this.wallMs = wallMs;
	}

	pass(ms: number): void {
		this.wallMs += ms;
		this.#monotonicMs += ms;
	}

	/** A new boot: monotonic time begins again. */
	restart(): void {
		this.#monotonicMs = 0;
	}
}

export class MemoryVault implements Vault {
	readonly #entries = new Map<string, Uint8Array>();

	read(name: string): Uint8Array | undefined {
		return this.#entries.get(name)?.slice();
	}

	write(name: string, bytes: Uint8Array | undefined): void {
		if (bytes === undefined) this.#entries.delete(name);
		else this.#entries.set(name, bytes.slice());
	}
}

export interface ShopOptions {
	readonly at?: string;
	readonly cut?: Cut | null;
	readonly settings?: RecordBody<"configuration">["settings"];
}

/** A shop: one terminal with its rules, its payment application, a clock, and somebody who prints. */
export class Shop {
	readonly journal: FakeJournal;
	readonly clock: HandClock;
	readonly vault = new MemoryVault();
	readonly app = new FakePaymentApp();
	/** What the journal would say of itself; nothing waits for the host unless a test says so. */
	figures: JournalFigures = {
		usedPercent: 10,
		heldPercent: 0,
		isFull: false,
		heldBy: "day",
		watermark: Number.MAX_SAFE_INTEGER,
	};
	core: Core;
	day: Day;

	constructor({ at = "2026-11-21T10:00:00", cut = null }: Pick<ShopOptions, "at" | "cut"> = {}) {
		this.journal = new FakeJournal(cut);
		this.clock = new HandClock(local(at));
		this.core = this.#newCore();
		this.day = this.#newDay();
	}

	get state(): State {
		return this.core.state;
	}

	/** Starts the terminal on the journal as it is, after a power cut or for the first time. */
	boot(): void {
		this.clock.restart();
		this.app.dropLine();
		this.core = this.#newCore();
		this.core.replay(this.journal.last);
		this.day = this.#newDay();
		this.core.recordStart({ firmware: "test", clean: false, profile: "retail" });
		this.day.start();
		this.app.resend();
		this.pump();
	}

	/** Delivers messages and steps until nothing more happens at this instant. */
	pump(): void {
		for (let round = 0; round < 1000; round++) {
			let message = this.app.take();
			while (message !== undefined) {
				this.day.onMessage(message);
				message = this.app.take();
			}
			if (this.day.step() > 0 && !this.app.isTalking) return;
		}
		throw new RangeError("the shop never comes to rest");
	}

	/** Lets time pass, stepping whenever a part asks for it. */
	wait(seconds: number): void {
		const endMs = this.clock.monotonicMs() + seconds * 1000;
		this.pump();
		while (this.clock.monotonicMs() < endMs) {
			const leftMs = endMs - this.clock.monotonicMs();
			this.clock.pass(Math.max(1, Math.min(leftMs, this.day.step(), 60_000)));
			this.pump();
		}
	}

	/** Asks for a charge and lets it run; returns the transaction. */
	sell(amountMinor: number, more: Partial<Parameters<FakePaymentApp["ask"]>[0]> = {}): number {
		const request = this.app.ask({ ...more, amountMinor });
		this.pump();
		return this.app.transactions.get(request) ?? 0;
	}

	/** Every print owed comes out on paper. */
	print(): void {
		for (const { debt } of this.state.debts) {
			this.core.record("printProgress", {
				debt,
				state: "confirmed",
				row: 1,
				by: null,
				reason: null,
			});
		}
	}

	records<K extends RecordKind>(kind: K): readonly Extract<Numbered, { kind: K }>[] {
		return this.journal
			.all()
			.filter((record): record is Extract<Numbered, { kind: K }> => record.kind === kind);
	}

	/** Names of the messages that the payment application got about settlements, in order. */
	settlementTalk(): readonly string[] {
		const about = ["settle", "enquireSettlement", "upload", "uploadEnd"];
		return this.app.received.map(({ type }) => type).filter((type) => about.includes(type));
	}

	notice<T extends Notice["type"]>(type: T): Notice | undefined {
		return this.day.notices().find((notice) => notice.type === type);
	}

	#newCore(): Core {
		return new Core({ journal: this.journal, clock: this.clock, state: emptyState() });
	}

	#newDay(): Day {
		return new Day({
			core: this.core,
			toApp: this.app.toApp,
			vault: this.vault,
			digest: plainDigest,
			entropy: { read: (length) => Uint8Array.from({ length }, (_none, index) => index * 7) },
			clock: this.clock,
			journal: () => this.figures,
		});
	}
}

/** A shop that is on, with a shift open. Paper is not owed for single sales unless the settings say so. */
export function openShop({ at, cut, settings = [] }: ShopOptions = {}): Shop {
	const shop = new Shop({ ...(at === undefined ? {} : { at }), cut: cut ?? null });
	shop.boot();
	shop.core.record("configuration", { version: 1, source: "technician", settings });
	shop.day.openShift("lin");
	shop.pump();
	return shop;
}
