import { mkdir } from "node:fs/promises";
import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { isId } from "../../../protocol/id.ts";
import { formatDateTime } from "../../../protocol/time.ts";
import { TENANT_DEFAULT } from "../../api/store-source.ts";
import { createEnrolment } from "../../ingest/enrolment-code.ts";
import { fill } from "../../report/text.ts";
import { openStore, type Store } from "../../store/store.ts";
import { type DataOptions, locationOf, nowS, withData, zoneMinutes } from "../data.ts";
import type { Shell } from "../shell.ts";

interface EnrolOptions extends DataOptions {
	readonly name?: string;
}

export function enrolCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("enrol")
		.description(text.commands.enrol)
		.argument("<terminal>", text.arguments.terminal)
		.option("--name <name>", text.flags.name)
		.addHelpText("after", `\n${text.example}\n  closeout enrol till-0001 --name "Counter 1"`)
		.action(async (terminal: string, options: EnrolOptions) => {
			for (const id of [terminal, options.tenant ?? TENANT_DEFAULT]) mustBeId(id);
			if (options.database === undefined) await mkdir(options.data, { recursive: true });
			const store = await openStore({ location: locationOf(options), nowS });
			try {
				await enrol(shell, store, terminal, options);
			} finally {
				await store.close();
			}
		});
	return withData(command, shell);
}

function mustBeId(text: string): void {
	if (isId(text)) return;
	const message = `"${text}" cannot be an identifier; take 4 to 32 of a-z, 0-9 and -`;
	throw new CloseoutError("USAGE", message);
}

async function enrol(
	shell: Shell,
	store: Store,
	terminal: string,
	{ tenant, name, json }: EnrolOptions,
): Promise<void> {
	const known = (await store.listTerminals()).find((one) => one.terminal === terminal);
	await store.addTerminal({
		tenant: tenant ?? known?.tenant ?? TENANT_DEFAULT,
		terminal,
		...(name === undefined ? {} : { name }),
	});
	const { code, expiresS } = await createEnrolment(store, terminal, { nowS: nowS() });
	if (json) return shell.json({ terminal, code, expiresS });
	const until = formatDateTime(expiresS, zoneMinutes());
	shell.note(fill(shell.text.enrolled, { terminal, until }));
	shell.line(code.replaceAll(/(\d{4})(?=\d)/g, "$1 "));
}
