import { CloseoutError } from "../../protocol/error.ts";
import { checkId } from "../../protocol/id.ts";
import type { Context, Database } from "./database.ts";

/** A terminal as pages and commands show it, with the life of its journal that is current. */
export interface TerminalStatus {
	readonly terminal: string;
	readonly tenant: string;
	readonly name: string;
	/** Homie `$state`, and since when; `init` before the first one. */
	readonly state: string;
	readonly stateS: number;
	readonly firmware: string;
	/** Last authentic message, seconds since 1970; 0 for none. */
	readonly seenS: number;
	/** 0 before the first enrolment. */
	readonly epoch: number;
	readonly watermark: number;
	/** Highest sequence the terminal ever claimed; what is above the watermark is still to come. */
	readonly claimed: number;
	readonly frozen: boolean;
}

/** Throws `SCHEMA` for an identifier that cannot stand in a topic. Keeps the name of one that is there. */
export async function addTerminal(
	{ write }: Context,
	added: { readonly tenant: string; readonly terminal: string; readonly name?: string },
): Promise<void> {
	const tenant = checkId("tenant", added.tenant);
	const terminal = checkId("terminal", added.terminal);
	await write.transaction().execute(async (writing) => {
		await writing
			.insertInto("tenant")
			.values({ tenant, name: tenant })
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		await writing
			.insertInto("terminal")
			.values({
				terminal,
				tenant,
				name: added.name ?? terminal,
				state: "init",
				stateS: 0,
				firmware: "",
				seenS: 0,
				hostSequence: 0,
				epoch: 0,
			})
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		const owner = await writing
			.selectFrom("terminal")
			.select("tenant")
			.where("terminal", "=", terminal)
			.executeTakeFirst();
		if (owner?.tenant === tenant) return;
		throw new CloseoutError(
			"REFUSED",
			`terminal ${terminal} belongs to tenant ${owner?.tenant}; give the new one another identifier`,
		);
	});
}

/** All terminals, or those of one tenant, by name of the terminal. */
export async function listTerminals(
	{ read }: Context,
	tenant?: string,
): Promise<readonly TerminalStatus[]> {
	const query = statusQuery(read).orderBy("terminal.terminal");
	const rows = await (tenant === undefined
		? query
		: query.where("terminal.tenant", "=", tenant)
	).execute();
	return rows.map(toStatus);
}

/** Throws `TERMINAL_UNKNOWN`. */
export async function getTerminal({ read }: Context, terminal: string): Promise<TerminalStatus> {
	const row = await statusQuery(read).where("terminal.terminal", "=", terminal).executeTakeFirst();
	if (row === undefined) throw unknownTerminal(terminal);
	return toStatus(row);
}

export function unknownTerminal(terminal: string): CloseoutError {
	return new CloseoutError(
		"TERMINAL_UNKNOWN",
		`terminal ${terminal} is not known here; check the identifier or add the terminal first`,
	);
}

function statusQuery(read: Database) {
	return read
		.selectFrom("terminal")
		.leftJoin("stream", (join) =>
			join
				.onRef("stream.terminal", "=", "terminal.terminal")
				.onRef("stream.epoch", "=", "terminal.epoch"),
		)
		.select([
			"terminal.terminal",
			"terminal.tenant",
			"terminal.name",
			"terminal.state",
			"terminal.stateS",
			"terminal.firmware",
			"terminal.seenS",
			"terminal.epoch",
			"stream.watermark",
			"stream.claimed",
			"stream.frozen",
		]);
}

type StatusRow = Awaited<ReturnType<ReturnType<typeof statusQuery>["execute"]>>[number];

function toStatus({ watermark, claimed, frozen, ...row }: StatusRow): TerminalStatus {
	return {
		...row,
		watermark: watermark ?? 0,
		claimed: claimed ?? 0,
		frozen: (frozen ?? 0) !== 0,
	};
}

/** Follows the retained `$state` of a terminal. False when the terminal is not one of this tenant's. */
export async function setState(
	{ write, nowS }: Context,
	told: { readonly tenant: string; readonly terminal: string; readonly state: string },
): Promise<boolean> {
	const { numUpdatedRows } = await write
		.updateTable("terminal")
		.set({ state: told.state, stateS: nowS() })
		.where("terminal", "=", told.terminal)
		.where("tenant", "=", told.tenant)
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}
