import { CamelCasePlugin, Kysely } from "kysely";
import { CloseoutError } from "../../protocol/error.ts";
import type { RecordHash } from "../core/stream.ts";
import { recordHash } from "../digest.ts";
import {
	acknowledgeAlert,
	beginStep,
	endStep,
	listAlertSteps,
	listAlerts,
	takeFindings,
} from "./alert.ts";
import { importPieces } from "./aside.ts";
import { listBadRows } from "./bad-row.ts";
import {
	getTransaction,
	listDays,
	listNotes,
	listPrintDebts,
	listSettlements,
	listShifts,
	listTransactions,
} from "./book.ts";
import { assignCase, attachToCase, commentCase, moveCase, recordDifferences } from "./case.ts";
import { getCase, listCases, readAttachment } from "./case-reading.ts";
import { addCommand, answerCommand, listCommands } from "./command.ts";
import type { Context } from "./database.ts";
import { type DatedFilter, datedTransactions } from "./dated.ts";
import { judgeDays } from "./day.ts";
import { addEnrolment, enrolmentKeys, useEnrolment } from "./enrolment.ts";
import { countPrintsOwed, listUnsettled, listUnsettledByScheme } from "./fleet.ts";
import { advanceHeads, lastCosigned, listHeads, listUntreed, signingKey } from "./head.ts";
import { addIncident, listIncidents } from "./incident.ts";
import { commitDeliveries } from "./journal.ts";
import { addManualDecision, listManualDecisions } from "./manual.ts";
import { migrate } from "./migration/run.ts";
import { postgresDialect } from "./postgres.ts";
import { listUnprojected, projectStream, rebuildBook } from "./projection.ts";
import { listEvidence, listLosses, readRecords, verifyStream } from "./reading.ts";
import { listReprintsAsked } from "./reprint.ts";
import { addServiceResponse, listServiceResponses } from "./service.ts";
import { sqliteDialect } from "./sqlite.ts";
import {
	addStatementRows,
	addStatementTwins,
	beginStatement,
	clearStatementTwins,
	dropStatement,
	finishStatements,
	listStatements,
	sweepStatements,
} from "./statement.ts";
import {
	countStatementRows,
	rowsByAmount,
	type StatementRowFilter,
	statementRows,
} from "./statement-row.ts";
import { findKey, listStreams, receiveHello, thawStream } from "./stream.ts";
import type { Tables } from "./tables.ts";
import { addTerminal, getTerminal, listTerminals, setState } from "./terminal.ts";

export type StoreLocation =
	| { readonly sqlite: string }
	| { readonly postgres: string; readonly schema?: string };

const defaultSchema = "public";

export interface StoreOptions {
	readonly location: StoreLocation;
	/** Seconds since 1970. */
	readonly nowS: () => number;
	/** Told when a connection to the server breaks; the next query opens another one. */
	readonly connectionLost?: (error: Error) => void;
	readonly hash?: RecordHash;
}

/**
 * Opens the database and brings its tables up to date. Throws `STORE` when that fails.
 *
 * Every method takes and gives plain data, rejects with a `CloseoutError` (`STORE` for trouble of the database,
 * after which nothing has changed) and with `CLOSED` after `close`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
	const context = connect(options);
	const store = assemble(context);
	try {
		await prepareTables(context, options.location);
		return store;
	} catch (cause) {
		await store.close();
		throw asStoreError(cause);
	}
}

export type Store = ReturnType<typeof assemble>;

function connect({ location, nowS, hash = recordHash, connectionLost }: StoreOptions): Context {
	const plugins = [new CamelCasePlugin()];
	if ("sqlite" in location) {
		const path = location.sqlite;
		const write = new Kysely<Tables>({ dialect: sqliteDialect(path, "write"), plugins });
		const read = new Kysely<Tables>({ dialect: sqliteDialect(path, "read"), plugins });
		return { read, write, kind: "sqlite", hash, nowS };
	}
	const dialect = postgresDialect({
		url: location.postgres,
		schema: location.schema ?? defaultSchema,
		lost: connectionLost ?? (() => undefined),
	});
	const both = new Kysely<Tables>({ dialect, plugins });
	return { read: both, write: both, kind: "postgres", hash, nowS };
}

async function prepareTables({ write }: Context, location: StoreLocation): Promise<void> {
	if ("sqlite" in location) return migrate(write, { bytes: "blob" });
	const schema = location.schema ?? defaultSchema;
	if (schema !== defaultSchema) await write.schema.createSchema(schema).ifNotExists().execute();
	await migrate(write, { bytes: "bytea" }, schema);
}

function assemble(context: Context) {
	let closing: Promise<void> | undefined;
	function refuseWhenClosed(): void {
		if (closing !== undefined)
			throw new CloseoutError("CLOSED", "the store is closed; open it again to use it");
	}
	function part<Given extends readonly unknown[], Result>(
		run: (context: Context, ...given: Given) => Promise<Result>,
	): (...given: Given) => Promise<Result> {
		return async (...given) => {
			refuseWhenClosed();
			try {
				return await run(context, ...given);
			} catch (cause) {
				throw asStoreError(cause);
			}
		};
	}
	async function* pages<Row>(rows: AsyncGenerator<Row>): AsyncGenerator<Row> {
		refuseWhenClosed();
		try {
			yield* rows;
		} catch (cause) {
			throw asStoreError(cause);
		}
	}
	return {
		kind: context.kind,
		addTerminal: part(addTerminal),
		listTerminals: part(listTerminals),
		getTerminal: part(getTerminal),
		setState: part(setState),
		addEnrolment: part(addEnrolment),
		enrolmentKeys: part(enrolmentKeys),
		useEnrolment: part(useEnrolment),
		findKey: part(findKey),
		listStreams: part(listStreams),
		receiveHello: part(receiveHello),
		thawStream: part(thawStream),
		commitDeliveries: part(commitDeliveries),
		importPieces: part(importPieces),
		addCommand: part(addCommand),
		listCommands: part(listCommands),
		answerCommand: part(answerCommand),
		addIncident: part((inner, added: Parameters<typeof addIncident>[2]) =>
			addIncident(inner, inner.write, added),
		),
		listIncidents: part(listIncidents),
		addServiceResponse: part(addServiceResponse),
		listServiceResponses: part(listServiceResponses),
		listReprintsAsked: part(listReprintsAsked),
		readRecords: part(readRecords),
		verifyStream: part(verifyStream),
		listLosses: part(listLosses),
		listEvidence: part(listEvidence),
		advanceHeads: part(advanceHeads),
		listHeads: part(listHeads),
		lastCosigned: part(lastCosigned),
		signingKey: part(signingKey),
		listUntreed: part(listUntreed),
		listUnprojected: part(listUnprojected),
		projectStream: part(projectStream),
		rebuildBook: part(rebuildBook),
		judgeDays: part(judgeDays),
		listDays: part(listDays),
		listShifts: part(listShifts),
		listTransactions: part(listTransactions),
		getTransaction: part(getTransaction),
		listSettlements: part(listSettlements),
		listPrintDebts: part(listPrintDebts),
		listNotes: part(listNotes),
		listUnsettled: part(listUnsettled),
		listUnsettledByScheme: part(listUnsettledByScheme),
		countPrintsOwed: part(countPrintsOwed),
		beginStatement: part(beginStatement),
		addStatementRows: part(addStatementRows),
		addStatementTwins: part(addStatementTwins),
		clearStatementTwins: part(clearStatementTwins),
		countStatementRows: part(countStatementRows),
		finishStatements: part(finishStatements),
		dropStatement: part(dropStatement),
		sweepStatements: part(sweepStatements),
		listStatements: part(listStatements),
		addManualDecision: part(addManualDecision),
		listManualDecisions: part(listManualDecisions),
		listBadRows: part(listBadRows),
		recordDifferences: part(recordDifferences),
		listCases: part(listCases),
		getCase: part(getCase),
		readAttachment: part(readAttachment),
		moveCase: part(moveCase),
		assignCase: part(assignCase),
		commentCase: part(commentCase),
		attachToCase: part(attachToCase),
		takeFindings: part(takeFindings),
		listAlerts: part(listAlerts),
		acknowledgeAlert: part(acknowledgeAlert),
		beginStep: part(beginStep),
		endStep: part(endStep),
		listAlertSteps: part(listAlertSteps),
		rowsByAmount: (statements: readonly string[], businessDate: number | null) =>
			pages(rowsByAmount(context, statements, businessDate)),
		statementRows: (filter: StatementRowFilter) => pages(statementRows(context, filter)),
		datedTransactions: (filter: DatedFilter) => pages(datedTransactions(context, filter)),
		close: async (): Promise<void> => {
			closing ??= destroy(context);
			await closing;
		},
	};
}

async function destroy({ read, write }: Context): Promise<void> {
	await write.destroy();
	if (read !== write) await read.destroy();
}

function asStoreError(cause: unknown): CloseoutError {
	if (cause instanceof CloseoutError) return cause;
	const told = cause instanceof Error ? cause.message : String(cause);
	const message = `the database refused or did not answer (${told}); nothing was changed by this call`;
	return new CloseoutError("STORE", message, { cause });
}
