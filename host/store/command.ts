import type { DownBody } from "../../protocol/message.ts";
import type { Context } from "./database.ts";
import { unknownTerminal } from "./terminal.ts";

export type CommandBody = DownBody<"command">;

export interface CommandStatus extends CommandBody {
	readonly terminal: string;
	readonly createdS: number;
	/** Null until the terminal has answered. */
	readonly accepted: boolean | null;
	readonly detail: string;
}

/** Gives a command its host sequence and keeps it until it is answered. Throws `TERMINAL_UNKNOWN`. */
export async function addCommand(
	{ write, nowS }: Context,
	added: Omit<CommandBody, "hostSequence"> & { readonly terminal: string },
): Promise<CommandBody> {
	const { terminal, command, expiresS } = added;
	return write.transaction().execute(async (writing) => {
		const row = await writing
			.updateTable("terminal")
			.set((update) => ({ hostSequence: update("hostSequence", "+", 1) }))
			.where("terminal", "=", terminal)
			.returning("hostSequence")
			.executeTakeFirst();
		if (row === undefined) throw unknownTerminal(terminal);
		const { hostSequence } = row;
		await writing
			.insertInto("command")
			.values({
				terminal,
				hostSequence,
				command,
				argumentsJson: JSON.stringify(added.arguments),
				createdS: nowS(),
				expiresS,
				accepted: null,
				detail: "",
			})
			.execute();
		return { hostSequence, expiresS, command, arguments: added.arguments };
	});
}

/** Commands that `all` gives; the open ones are always complete, because terminals take them in order only. */
const COMMANDS_READ_MAX = 100;

/** Commands of a terminal, newest first; only the unanswered ones that have not expired when `open`. */
export async function listCommands(
	{ read, nowS }: Context,
	terminal: string,
	which: "open" | "all",
): Promise<readonly CommandStatus[]> {
	const query = read
		.selectFrom("command")
		.selectAll()
		.where("terminal", "=", terminal)
		.orderBy("hostSequence", "desc");
	const rows = await (which === "open"
		? query.where("accepted", "is", null).where("expiresS", ">", nowS())
		: query.limit(COMMANDS_READ_MAX)
	).execute();
	return rows.map(({ argumentsJson, accepted, command, ...row }) => ({
		...row,
		command: command as CommandBody["command"],
		arguments: JSON.parse(argumentsJson) as CommandBody["arguments"],
		accepted: accepted === null ? null : accepted !== 0,
	}));
}

/** Keeps the first answer to a command; a repeated one changes nothing. */
export async function answerCommand(
	{ write }: Context,
	answer: {
		readonly terminal: string;
		readonly hostSequence: number;
		readonly accepted: boolean;
		readonly detail: string;
	},
): Promise<boolean> {
	const { numUpdatedRows } = await write
		.updateTable("command")
		.set({ accepted: answer.accepted ? 1 : 0, detail: answer.detail })
		.where("terminal", "=", answer.terminal)
		.where("hostSequence", "=", answer.hostSequence)
		.where("accepted", "is", null)
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}
