import { toHex } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { CHECK_PAUSE_MS } from "../../protocol/limits.ts";
import { encodeCoreMessage } from "../../protocol/payment-app.ts";
import { deriveReprintCode } from "../../protocol/service.ts";
import { refuseCharges, takeMessages } from "./app-messages.ts";
import { Check } from "./care/check.ts";
import { Room } from "./care/room.ts";
import { Core } from "./core.ts";
import { Day } from "./day/day.ts";
import { findTrace } from "./day/ledger.ts";
import type { Right } from "./day/right.ts";
import { Search } from "./day/search.ts";
import { hostCommands } from "./host-command.ts";
import { Journal } from "./journal/journal.ts";
import type { OpenReport } from "./journal/recovery.ts";
import { outbox, recordStore } from "./journal-store.ts";
import { recordOpening, unopened } from "./opening.ts";
import type { Commands, Notice, Part, ToApp } from "./part.ts";
import { PrintQueue } from "./print/queue.ts";
import { SafeMode } from "./safe-mode.ts";
import { Challenge } from "./service/challenge.ts";
import { NetworkPull } from "./service/network-pull.ts";
import { serviceDesk } from "./service-desk.ts";
import { decodeState, emptyState, encodeState, type State } from "./state/state.ts";
import type { Credentials } from "./sync/enrolment.ts";
import { headsOf } from "./sync/heads.ts";
import { JournalTree } from "./sync/journal-tree.ts";
import { Sync } from "./sync/sync.ts";
import type { TerminalOptions } from "./terminal-options.ts";
import { Ui } from "./ui/ui.ts";
import { byUrgency } from "./ui/urgency.ts";
import type { Standing } from "./ui/view.ts";

/** How soon to try again where the journal has no room left, and where the storage failed at the start. */
const FULL_RETRY_MS = 1_000;
const STORAGE_RETRY_MS = 60_000;

/**
 * A terminal that keeps a journal: recovers it, then runs the parts in a fixed order, each on the state that
 * the one before has left. What a restart owes, the parts read from the state.
 */
export class Running {
	readonly #options: TerminalOptions;
	readonly credentials: Credentials;
	readonly #journal: Journal;
	readonly #tree: JournalTree;
	#parts: ReturnType<typeof assemble> | undefined;
	#safeMode: SafeMode | undefined;
	#failed: CloseoutError | undefined;
	/** When to try again after the storage has failed at the start. */
	#retryAtMs = Number.POSITIVE_INFINITY;
	/** What a start records; kept while the journal has no room for it. */
	#begin: (() => void) | undefined;

	constructor(options: TerminalOptions, credentials: Credentials) {
		this.#options = options;
		this.credentials = credentials;
		const { storage, digest, log } = options.ports;
		this.#tree = new JournalTree(digest);
		this.#journal = new Journal({
			storage,
			digest,
			log,
			snapshot: () => encodeState({ ...this.#state(), tree: this.#tree.current.save() }),
			onRecord: (record, leaf) => this.#tree.add(record, leaf),
		});
	}

	/**
	 * Opens the journal, formatting blank media under the epoch of the credentials, and takes up what was owed.
	 * `failed`: the storage's failure that ended the run before. Media that cannot be opened leave a terminal in safe
	 * mode, never one that starts again and again.
	 */
	start(failed?: CloseoutError): void {
		this.#safeMode = undefined;
		try {
			this.#start(failed);
		} catch (error) {
			const reason = unopened(error);
			if (reason === undefined || !(error instanceof CloseoutError)) throw error;
			this.#options.ports.log.write("error", error.code, error.message);
			this.#parts = undefined;
			this.#safeMode = new SafeMode(this.#options.ports, { reason, first: 0, last: 0 }, undefined);
			const now = this.#options.ports.clock.monotonicMs();
			this.#failed = error;
			this.#retryAtMs = reason === "storage" ? now + STORAGE_RETRY_MS : Number.POSITIVE_INFINITY;
		}
	}

	step(): number {
		if (this.#safeMode !== undefined) return this.#stepSafely(this.#safeMode);
		if (this.#parts === undefined) return Number.POSITIVE_INFINITY;
		const { core, day, heads, queue, sync, pull } = this.#parts;
		const { service, ui, room, check, hear, search, copyCode } = this.#parts;
		if (this.#begin !== undefined) return this.#waitForRoom(this.#begin);
		const more = hear();
		// Pulls come behind the stream, which must never wait for them.
		const parts = [day, ...heads, queue, sync, pull, service, search, copyCode];
		let wait = Math.min(...parts.map((part) => this.#stepOf(part)));
		const before = core.state;
		wait = Math.min(wait, this.#stepOf(ui));
		// A key has changed what the parts owe: they act on it at once.
		if (more || core.state !== before) wait = 0;
		room.reclaim();
		return Math.min(wait, this.#stepOf({ step: () => check.step(wait) }));
	}

	/** See `Terminal.query`: `{what: "state" | "status" | "records" | "blockers" | "release", …}`. */
	query(request: unknown): unknown {
		if (this.#safeMode !== undefined) {
			const { reason, first, last } = this.#safeMode.cause;
			const { terminal, epoch } = this.credentials;
			return { enrolled: true, safeMode: true, reason, terminal, epoch, first, head: last };
		}
		if (this.#parts === undefined) return { enrolled: true };
		const { core, day, standing } = this.#parts;
		const { what, from, to } = readRequest(request);
		if (what === "state") return core.state;
		if (what === "configuration") return core.configuration;
		if (what === "release") return day.releaseReasons();
		if (what === "blockers") return day.blockers("day");
		if (what === "records") return this.#records(from, to);
		const { head, watermark, firstSequence } = this.#journal;
		return {
			enrolled: true,
			...standing(),
			head: head.sequence,
			chain: toHex(head.chain),
			first: firstSequence,
			watermark: watermark.sequence,
			boot: core.state.boot,
		};
	}

	close(): void {
		this.#parts?.sync.close();
		if (this.#parts !== undefined) this.#journal.close();
		this.#parts = undefined;
	}

	#start(failed: CloseoutError | undefined): void {
		const { ports } = this.#options;
		const report = this.#open();
		const { firstSequence: first, lastSequence: last } = report;
		if (report.readOnly) {
			const terminal = this.#options;
			const { credentials } = this;
			const journal = this.#journal;
			const service = serviceDesk({ terminal, credentials, journal, online: () => false });
			this.#safeMode = new SafeMode(ports, { reason: "steps", first, last }, service);
			return;
		}
		const kept = report.checkpoint ? decodeState(report.checkpoint.state) : emptyState();
		const state = { ...kept, tree: null };
		const core = new Core({ journal: recordStore(this.#journal), clock: ports.clock, state });
		core.replay(last);
		this.#tree.grow(kept, this.#journal, last);
		const pauseMs = failed === undefined ? 0 : ports.clock.monotonicMs() + CHECK_PAUSE_MS;
		const tree = this.#tree;
		const journal = this.#journal;
		const parts = assemble(this.#options, this.credentials, { core, journal, tree }, pauseMs);
		this.#parts = parts;
		if (report.tornBytes > 0) {
			parts.found.push({ type: "recovered", tornBytes: report.tornBytes, kept: last });
		}
		if (failed !== undefined) parts.found.push({ type: "storageFault", kept: last });
		this.#begin = () => {
			recordOpening(core, { report, failed }, this.#options, this.credentials);
			this.#setPin(parts.day.right);
			parts.day.start();
			this.#begin = undefined;
		};
		ifRoom(this.#begin);
	}

	/** Without room for a start record only the host can help: records are delivered, nothing else is done. */
	#waitForRoom(begin: () => void): number {
		if (this.#parts === undefined) return Number.POSITIVE_INFINITY;
		const { sync, ui, room } = this.#parts;
		const wait = Math.min(this.#stepOf(sync), this.#stepOf(ui), FULL_RETRY_MS);
		refuseCharges(this.#options.ports, "journalFull");
		room.reclaim();
		return ifRoom(begin) ? 0 : wait;
	}

	/** A part that finds no room in the journal waits for it and keeps no other from its work. */
	#stepOf(part: Part): number {
		let wait = FULL_RETRY_MS;
		ifRoom(() => {
			wait = part.step();
		});
		return wait;
	}

	#stepSafely(safeMode: SafeMode): number {
		const left = this.#retryAtMs - this.#options.ports.clock.monotonicMs();
		if (left > 0) return Math.min(safeMode.step(), left);
		this.start(this.#failed);
		return 0;
	}

	#setPin(right: Right): void {
		const { managerPin } = this.#options.initial ?? {};
		if (managerPin !== undefined && !right.hasPin("manager")) right.setPin("manager", managerPin);
	}

	#state(): State {
		return this.#parts?.core.state ?? emptyState();
	}

	#open(): OpenReport {
		const { ports, identity, segmentBytes } = this.#options;
		const { storage, digest, entropy } = ports;
		try {
			return this.#journal.open();
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.code !== "MEDIA_FORMAT") throw error;
			const { epoch } = this.credentials;
			const format = { terminalId: identity.terminal, epoch, digest, entropy };
			Journal.format(storage, segmentBytes === undefined ? format : { ...format, segmentBytes });
			return this.#journal.open();
		}
	}

	#records(from: number, to: number): unknown {
		const found: unknown[] = [];
		this.#parts?.core.scan(from, to, (sequence, record) => {
			found.push({ sequence, ...record });
			return true;
		});
		return found;
	}
}

function assemble(
	options: TerminalOptions,
	credentials: Credentials,
	{ core, journal, tree }: { core: Core; journal: Journal; tree: JournalTree },
	checkPauseMs: number,
) {
	const { ports, identity, firmware, gbTable } = options;
	const { clock, digest, entropy, link, log, printer, keypad, display, vault, paymentApp } = ports;
	const toApp: ToApp = (type, body) => paymentApp.write(encodeCoreMessage(type, body));
	const room = new Room({ core, journal });
	const isFull = () => room.figures().isFull;
	const check = new Check({ core, journal, isFull, pauseMs: checkPauseMs });
	const journalFigures = () => room.figures();
	const day = new Day({ core, toApp, vault, digest, entropy, clock, journal: journalFigures });
	const queue = new PrintQueue({
		core,
		printer,
		digest,
		table: gbTable,
		signer: ports.signer,
		identity: { ...identity, epoch: credentials.epoch },
		figures: () => statusFigures(),
	});
	const online = () => sync.status().online;
	const release: Commands["askRelease"] = (purpose, by) => day.askRelease(purpose, by);
	const service = serviceDesk({ terminal: options, credentials, journal, core, online, release });
	const pull = new NetworkPull({
		source: service.source,
		clock,
		log,
		send: (body) => sync.sendPulled(body),
	});
	const onCommand = hostCommands({
		core,
		commands: day,
		clock,
		pull: (hostSequence, range) => pull.begin(hostSequence, range),
	});
	const box = outbox(journal);
	const unsealedFrom = () => journal.usage().unsealedFrom;
	const heads = headsOf(ports, { core, outbox: box, tree, unsealedFrom, credentials });
	const sync = new Sync({
		core,
		outbox: box,
		link,
		clock,
		entropy,
		digest,
		log,
		credentials,
		firmware,
		onCommand,
		onPullAck: (body) => pull.acknowledge(body),
		...(heads && { heads }),
	});
	const statusFigures = () => ({
		link: link.status(),
		usedPercent: journal.usage().percent,
		pending: sync.status().pending,
		acknowledged: sync.lastAcknowledged(),
	});
	const standing = (): Standing => {
		const { online, frozen, pending } = sync.status();
		const { paper, online: printerOnline } = printer.status();
		const { usedPercent, heldPercent, heldBy } = room.figures();
		const { terminal } = identity;
		return {
			terminal,
			epoch: credentials.epoch,
			online,
			frozen,
			pending,
			usedPercent,
			heldPercent,
			heldBy,
			paper,
			printerOnline,
		};
	};
	const found: Notice[] = [];
	const cosigned = heads?.broken?.sequence;
	if (cosigned !== undefined)
		found.push({ type: "otherImage", last: journal.head.sequence, cosigned });
	const notices = (): readonly Notice[] =>
		byUrgency([...day.notices(), ...queue.notices(), ...found, ...check.notices()]);
	const search = new Search({ core, first: () => journal.firstSequence });
	const copyCode = new Challenge({
		vault,
		entry: "reprint.failures",
		entropy,
		clock,
		responseTo: (challenge) =>
			deriveReprintCode(credentials.key, { ...credentials, challenge }, digest.hmacSha256),
	});
	const ui = new Ui({
		core,
		commands: day,
		keypad,
		display,
		notices,
		standing,
		checkPin: (pin) => checkPin(day.right, pin),
		service,
		search,
		copyCode,
		findTrace: (trace) => findTrace(core, trace, core.state.days[0]?.first ?? 1),
	});
	const hear = () => takeMessages(ports, (message) => day.onMessage(message));
	return {
		...{ core, day, heads: heads === undefined ? [] : [heads], queue, sync, pull, service },
		...{ ui, room, check, standing, hear, found, search, copyCode },
	};
}

/** Runs what may record something; false when the journal has no room for it. */
function ifRoom(run: () => void): boolean {
	try {
		run();
		return true;
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "MEDIA_FULL") return false;
		throw error;
	}
}

interface Query {
	readonly what: string;
	readonly from: number;
	readonly to: number;
}

function readRequest(request: unknown): Query {
	if (typeof request !== "object" || request === null)
		throw new CloseoutError("USAGE", "a query is an object");
	const what = "what" in request && typeof request.what === "string" ? request.what : "status";
	const from = "from" in request && typeof request.from === "number" ? request.from : 1;
	const to =
		"to" in request && typeof request.to === "number" ? request.to : Number.MAX_SAFE_INTEGER;
	return { what, from, to };
}

function checkPin(right: Right, pin: string): "right" | "wrong" | "locked" {
	if (right.lockedMs("manager") > 0) return "locked";
	return right.verify("manager", pin) ? "right" : "wrong";
}
