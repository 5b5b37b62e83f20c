import { toHex } from "../../protocol/bytes.ts";
import { configure } from "../../protocol/configuration.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { decodeAppMessage, encodeCoreMessage } from "../../protocol/payment-app.ts";
import { StreamTree } from "../../protocol/stream-tree.ts";
import { addDays } from "../../protocol/time.ts";
import { Core, type Entry } from "./core.ts";
import { Day } from "./day/day.ts";
import { findTrace } from "./day/ledger.ts";
import type { Right } from "./day/right.ts";
import { hostCommands } from "./host-command.ts";
import { Journal } from "./journal/journal.ts";
import type { OpenReport } from "./journal/report.ts";
import { outbox, recordStore } from "./journal-store.ts";
import type { Notice, ToApp } from "./part.ts";
import { PrintQueue } from "./print/queue.ts";
import { SafeMode } from "./safe-mode.ts";
import { NetworkPull } from "./service/network-pull.ts";
import { serviceDesk } from "./service-desk.ts";
import { decodeState, emptyState, encodeState, type State } from "./state/state.ts";
import type { Credentials } from "./sync/enrolment.ts";
import { Heads } from "./sync/heads.ts";
import { Sync } from "./sync/sync.ts";
import type { TerminalOptions } from "./terminal-options.ts";
import { Ui } from "./ui/ui.ts";
import { byUrgency } from "./ui/urgency.ts";
import type { Standing } from "./ui/view.ts";

/** Messages of the payment application taken in one step. */
const APP_MESSAGES_PER_STEP = 16;
/** Above this share of the ring, what is confirmed and old enough is given free. */
const RECLAIM_PERCENT = 50;

/**
 * A terminal that keeps a journal: recovers it, then runs the parts in a fixed order, each on the state that
 * the one before has left. What a restart owes, the parts read from the state.
 */
export class Running {
	readonly #options: TerminalOptions;
	readonly credentials: Credentials;
	readonly #journal: Journal;
	/** Over the stream up to the head of the journal. */
	#tree: StreamTree;
	#parts: ReturnType<typeof assemble> | undefined;
	#safeMode: SafeMode | undefined;

	constructor(options: TerminalOptions, credentials: Credentials) {
		this.#options = options;
		this.credentials = credentials;
		const { storage, digest, log } = options.ports;
		this.#journal = new Journal({
			storage,
			digest,
			log,
			snapshot: () => encodeState({ ...this.#state(), tree: this.#tree.save() }),
			onRecord: (record, leaf) => this.#tree.add(record, leaf),
		});
		this.#tree = new StreamTree((bytes) => digest.sha256(bytes));
	}

	/** Opens the journal, formatting blank media under the epoch of the credentials. */
	start(): void {
		const report = this.#open();
		if (report.readOnly) {
			const terminal = this.#options;
			const { credentials } = this;
			const journal = this.#journal;
			const service = serviceDesk({ terminal, credentials, journal, online: () => false });
			this.#safeMode = new SafeMode(terminal.ports, service);
			return;
		}
		const kept = report.checkpoint ? decodeState(report.checkpoint.state) : emptyState();
		const core = new Core({
			journal: recordStore(this.#journal),
			clock: this.#options.ports.clock,
			state: { ...kept, tree: null },
		});
		core.replay(report.lastSequence);
		this.#growTree(kept, report.lastSequence);
		this.#parts = assemble(this.#options, this.credentials, core, this.#journal, () => this.#tree);
		recordOpening(core, report, this.#options, this.credentials);
		if (report.tornBytes > 0) {
			const { tornBytes, lastSequence: kept } = report;
			this.#parts.recovered.push({ type: "recovered", tornBytes, kept });
		}
		this.#setPin(this.#parts.day.right);
		this.#parts.day.start();
	}

	/** A checkpoint of the first firmware has no tree; one begins behind it then. */
	#growTree({ tree, sequence }: State, last: number): void {
		const { digest } = this.#options.ports;
		const begun = tree ?? { first: sequence + 1, size: 0, roots: [] };
		this.#tree = new StreamTree((bytes) => digest.sha256(bytes), begun);
		this.#journal.scan(sequence + 1, last, (_, record) => this.#tree.add(record));
	}

	step(): number {
		if (this.#safeMode !== undefined) return this.#safeMode.step();
		if (this.#parts === undefined) return Number.POSITIVE_INFINITY;
		const { core, day, heads, queue, sync, pull, service, ui, takeMessages } = this.#parts;
		const more = takeMessages();
		let wait = day.step();
		heads?.step();
		// Pulls come behind the stream, which must never wait for them.
		wait = Math.min(wait, queue.step(), sync.step(), pull.step(), service.step());
		const before = core.state;
		wait = Math.min(wait, ui.step());
		// A key has changed what the parts owe: they act on it at once.
		if (more || core.state !== before) wait = 0;
		this.#reclaim(core.state);
		return wait;
	}

	/** See `Terminal.query`: `{what: "state" | "status" | "records" | "blockers", …}`. */
	query(request: unknown): unknown {
		if (this.#parts === undefined) return { enrolled: true, safeMode: true };
		const { core, day, standing } = this.#parts;
		const { what, from, to } = readRequest(request);
		if (what === "state") return core.state;
		if (what === "configuration") return core.configuration;
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

	#reclaim({ days, settlements, settlement, lastWallS }: State): void {
		const { percent, reserveReached } = this.#journal.usage();
		if (percent < RECLAIM_PERCENT || settlement !== null) return;
		const newest = days.at(-1);
		// What the host holds gives way before a sale is refused for want of room.
		const retentionDays = this.#parts?.core.configuration.retentionDays ?? 0;
		const kept = reserveReached ? 0 : retentionDays;
		if (newest === undefined || settlements.length === 0 || lastWallS === 0) return;
		const oldestDate = addDays(newest.businessDate, -kept);
		const keepFrom = days.find(({ businessDate }) => businessDate >= oldestDate)?.first;
		if (keepFrom !== undefined && keepFrom > this.#journal.firstSequence)
			this.#journal.reclaim(keepFrom);
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
	core: Core,
	journal: Journal,
	tree: () => StreamTree,
) {
	const { ports, identity, firmware, gbTable } = options;
	const { signer } = ports;
	const { clock, digest, entropy, link, log, printer, keypad, display, vault, paymentApp } = ports;
	const toApp: ToApp = (type, body) => paymentApp.write(encodeCoreMessage(type, body));
	const figures = () => {
		const { percent: usedPercent, reserveReached } = journal.usage();
		return { usedPercent, reserveReached, watermark: journal.watermark.sequence };
	};
	const day = new Day({ core, toApp, vault, digest, entropy, clock, journal: figures });
	const queue = new PrintQueue({
		core,
		printer,
		digest,
		table: gbTable,
		signer,
		identity: { ...identity, epoch: credentials.epoch },
		figures: () => statusFigures(),
	});
	const box = outbox(journal);
	const unsealedFrom = () => journal.unsealedFrom;
	const heads =
		signer &&
		new Heads({ core, outbox: box, tree, unsealedFrom, signer, vault, digest, log, credentials });
	const online = () => sync.status().online;
	const service = serviceDesk({ terminal: options, credentials, journal, core, online });
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
		...(heads && { heads }),
		onPullAck: (body) => pull.acknowledge(body),
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
		const usedPercent = journal.usage().percent;
		const { terminal } = identity;
		return {
			terminal,
			epoch: credentials.epoch,
			online,
			frozen,
			pending,
			usedPercent,
			paper,
			printerOnline,
		};
	};
	const recovered: Notice[] = [];
	const cosigned = heads?.broken?.sequence;
	if (cosigned !== undefined)
		recovered.push({ type: "otherImage", last: journal.head.sequence, cosigned });
	const notices = (): readonly Notice[] =>
		byUrgency([...day.notices(), ...queue.notices(), ...recovered]);
	const ui = new Ui({
		core,
		commands: day,
		keypad,
		display,
		notices,
		standing,
		checkPin: (pin) => checkPin(day.right, pin),
		service,
		findTrace: (trace) => findTrace(core, trace, core.state.days[0]?.first ?? 1),
	});
	const takeMessages = (): boolean => {
		for (let count = 0; count < APP_MESSAGES_PER_STEP; count++) {
			const bytes = paymentApp.read();
			if (bytes === undefined) return false;
			try {
				day.onMessage(decodeAppMessage(bytes));
			} catch (error) {
				if (!(error instanceof CloseoutError) || error.family === "bug") throw error;
				log.write("warn", error.code, `payment application: ${error.message}`);
			}
		}
		return true;
	};
	return {
		...{ core, day, heads, queue, sync, pull, service },
		...{ ui, standing, takeMessages, recovered },
	};
}

/** What the start found, told in one group: it is all known, or the next start finds it again. */
function recordOpening(
	core: Core,
	report: OpenReport,
	{ firmware, initial }: TerminalOptions,
	{ tenant, terminal, epoch }: Credentials,
): void {
	const found: Entry[] = [];
	if (report.lastSequence === 0) {
		found.push(["enrolment", { tenant, terminal, epoch }]);
		const settings = initial?.settings ?? [];
		configure(core.configuration, settings);
		if (settings.length > 0)
			found.push(["configuration", { version: 1, source: "technician", settings }]);
	}
	if (!report.clean) {
		const { lastSequence, lastChain, tornBytes, repairedRecords, staleRecords } = report;
		found.push(["recovery", { lastSequence, lastChain, tornBytes, repairedRecords, staleRecords }]);
	}
	for (const { from, to, hash, recorded } of report.gaps) {
		if (!recorded) found.push(["gap", { from, to, damageHash: hash }]);
	}
	core.recordStart({ firmware, clean: report.clean, profile: "generic" }, found);
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
