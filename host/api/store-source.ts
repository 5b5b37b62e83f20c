import { CloseoutError } from "../../protocol/error.ts";
import { businessDateAt, formatDate } from "../../protocol/time.ts";
import { CaseDesk } from "../case/desk.ts";
import type { DeadlineTable } from "../core/deadline.ts";
import { defaultDeadlines } from "../core/default-deadlines.ts";
import { defaultRules } from "../core/default-rules.ts";
import type { ManualDecision } from "../core/manual.ts";
import type { Rules } from "../core/rules.ts";
import { exportEvidence } from "../evidence/export.ts";
import type { HostKey } from "../host-key.ts";
import { type CheckedList, checkList } from "../import/paper-check.ts";
import { reconcile } from "../import/reconcile.ts";
import { importStatements } from "../import/statement.ts";
import type { ChangeListener } from "../ingest/changes.ts";
import { decide } from "../match/decide.ts";
import { type Explanation, explain } from "../match/explain.ts";
import { writeCorrections } from "../statement/corrected.ts";
import type { TerminalDay } from "../store/day.ts";
import type { Store } from "../store/store.ts";
import { differenceOfCase } from "./case-view.ts";
import { dayViewOf, transactionOf } from "./day-view.ts";
import { recordViewOf } from "./record-view.ts";
import type { Decision, DifferenceFilter, Source, StatementUpload } from "./source.ts";
import { importViewOf, linesToCorrect, statementOf } from "./statement-view.ts";
import { daysOf, Fleet } from "./terminal-view.ts";
import type {
	BadRowView,
	DayItem,
	DayView,
	DifferenceView,
	ImportView,
	ReconcileView,
	RecordView,
	StatementView,
	TerminalView,
	TransactionView,
} from "./view.ts";

/** Tenant of a host that was never told of another one. */
export const TENANT_DEFAULT = "shop";
/** Days that a list of days goes back. */
const DAYS_LISTED = 62;

export interface StoreSourceOptions {
	readonly store: Store;
	/** Whose statements and differences; needed only where a host serves several. */
	readonly tenant?: string;
	readonly nowS: () => number;
	/** Minutes east of UTC by which today's date is told. */
	readonly zoneMinutes: () => number;
	readonly onChange?: (listener: ChangeListener) => () => void;
	/** Rules of matching, read anew for each comparison; the shipped ones when left out. */
	readonly rules?: () => Promise<Rules>;
	/** Table of deadlines, read anew each time; the shipped one when left out. */
	readonly deadlines?: () => Promise<DeadlineTable>;
	/** Key that evidence is signed with. */
	readonly hostKey?: () => Promise<HostKey>;
}

/** Answers from the store of this process. */
export class StoreSource implements Source {
	readonly #options: StoreSourceOptions;
	readonly #store: Store;
	readonly #fleet: Fleet;
	readonly cases: CaseDesk;

	constructor(options: StoreSourceOptions) {
		this.#options = options;
		this.#store = options.store;
		this.#fleet = new Fleet(options.store);
		const { store, deadlines = async () => defaultDeadlines } = options;
		this.cases = new CaseDesk({ store, deadlines, tenant: () => this.tenant() });
	}

	terminals(): Promise<readonly TerminalView[]> {
		return this.#fleet.list();
	}

	async days(terminal: string): Promise<readonly DayItem[]> {
		await this.#store.getTerminal(terminal);
		const days = await daysOf(this.#store, terminal, DAYS_LISTED);
		return days.map(({ missing: _, ...item }) => item);
	}

	async day(terminal: string, businessDate: number | undefined): Promise<DayView> {
		const { name } = await this.#store.getTerminal(terminal);
		const date = businessDate ?? (await this.#newestDate(terminal));
		const days: readonly TerminalDay[] =
			date === undefined ? [] : await this.#store.judgeDays({ terminal, businessDate: date });
		const [first, ...more] = days;
		if (first !== undefined) return dayViewOf(this.#store, name, [first, ...more]);
		const what =
			date === undefined ? "has not opened a day yet" : `opened no day on ${formatDate(date)}`;
		throw new CloseoutError("NOT_FOUND", `terminal ${terminal} ${what}; see its days`);
	}

	async #newestDate(terminal: string): Promise<number | undefined> {
		const [newest] = await this.#store.listDays({ terminal, limit: 1 });
		return newest?.businessDate ?? undefined;
	}

	async transaction(terminal: string, epoch: number, sequence: number): Promise<TransactionView> {
		await this.#store.getTerminal(terminal);
		const row = await this.#store.getTransaction({ terminal, epoch, seq: sequence });
		if (row === undefined) {
			const message = `record ${epoch}.${sequence} of ${terminal} is no transaction; see its day`;
			throw new CloseoutError("NOT_FOUND", message);
		}
		const { placeSeq } = row;
		const range = { terminal, epoch, from: placeSeq, to: Number.MAX_SAFE_INTEGER };
		return transactionOf(row, await this.#store.listSettlements(range), 0);
	}

	async records(
		terminal: string,
		epoch: number,
		from: number,
		to: number,
	): Promise<readonly RecordView[]> {
		await this.#store.getTerminal(terminal);
		const records = await this.#store.readRecords({ terminal, epoch, from, to });
		return records.map((record) => recordViewOf(terminal, epoch, record));
	}

	checkList(text: string): Promise<CheckedList> {
		return checkList(this.#store, text);
	}

	async differences(filter: DifferenceFilter): Promise<readonly DifferenceView[]> {
		const tenant = await this.tenant();
		const cases = await this.#store.listCases({ tenant, isPresent: true, ...filter });
		return cases.map(differenceOfCase);
	}

	async statements(): Promise<readonly StatementView[]> {
		return (await this.#store.listStatements(this.#options.tenant)).map(statementOf);
	}

	async badRows(statement?: string): Promise<readonly BadRowView[]> {
		const tenant = await this.tenant();
		return this.#store.listBadRows({ tenant, ...(statement === undefined ? {} : { statement }) });
	}

	async corrections(statement?: string): Promise<{ readonly csv: string; readonly count: number }> {
		const rows = (await this.badRows(statement)).filter(({ correctedBy }) => correctedBy === null);
		const lines = linesToCorrect(rows, await this.statements());
		return { csv: [...writeCorrections(lines)].join(""), count: lines.length };
	}

	async importStatement({
		name,
		bytes,
		skipBadRows,
		...wishes
	}: StatementUpload): Promise<ImportView> {
		const result = await importStatements(this.#store, {
			...wishes,
			tenant: await this.tenant(),
			source: { name, bytes },
			...(skipBadRows === true ? { onBadRow: "collect" } : {}),
		});
		return importViewOf(result, this.#options.nowS());
	}

	async reconcile(filter: DifferenceFilter): Promise<ReconcileView> {
		const tenant = await this.tenant();
		const result = await reconcile(this.#store, { ...(await this.#comparison(tenant)), ...filter });
		const ids = new Set(result.differences.map(({ id }) => id));
		const cases = await this.#store.listCases({ tenant, limit: Number.MAX_SAFE_INTEGER });
		const { matched, waiting, unrelated, legs } = result;
		const differences = cases.filter(({ id }) => ids.has(id)).map(differenceOfCase);
		return { differences, matched, waiting, unrelated, legs: [...legs] };
	}

	async evidence(id: string): Promise<Uint8Array> {
		const { hostKey, nowS } = this.#options;
		if (hostKey === undefined)
			throw new CloseoutError("REFUSED", "no host key here to sign with; ask the host itself");
		const key = await hostKey();
		return exportEvidence({ store: this.#store, source: this, id, hostKey: key, nowS });
	}

	async explain(id: string): Promise<Explanation> {
		return explain(this.#store, id, await this.#comparison(await this.tenant()));
	}

	async decide(decision: Decision): Promise<ManualDecision> {
		return decide(this.#store, decision, await this.#comparison(await this.tenant()));
	}

	async #comparison(tenant: string) {
		const { nowS, zoneMinutes, rules, deadlines } = this.#options;
		const asOf = businessDateAt(nowS(), zoneMinutes(), 0);
		const table = await deadlines?.();
		return {
			tenant,
			asOf,
			rules: (await rules?.()) ?? defaultRules,
			...(table === undefined ? {} : { deadlines: table }),
		};
	}

	onChange(listener: ChangeListener): () => void {
		return this.#options.onChange?.(listener) ?? (() => undefined);
	}

	/** The tenant that was named, or the only one there is. Throws `USAGE` when there are several. */
	async tenant(): Promise<string> {
		if (this.#options.tenant !== undefined) return this.#options.tenant;
		const terminals = await this.#store.listTerminals();
		const [only = TENANT_DEFAULT, ...more] = new Set(terminals.map(({ tenant }) => tenant));
		if (more.length === 0) return only;
		const message = `there are several tenants (${[only, ...more].join(", ")}); name one`;
		throw new CloseoutError("USAGE", message);
	}
}
