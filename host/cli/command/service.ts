import { Command, Option } from "commander";
import { releasePurpose } from "../../../protocol/record.ts";
import type { Infer } from "../../../protocol/schema.ts";
import { formatDateTime } from "../../../protocol/time.ts";
import { postToHost } from "../../pull/host.ts";
import { fill } from "../../report/text.ts";
import type { ReleaseResult } from "../../service/release.ts";
import { answerChallenge } from "../../service/response.ts";
import type { ResponsePurpose } from "../../store/service.ts";
import { type DataOptions, overData, withData, zoneMinutes } from "../data.ts";
import type { Shell } from "../shell.ts";

interface ResponseOptions extends DataOptions {
	readonly terminal: string;
	readonly challenge: string;
	readonly by: string;
	readonly purpose?: ResponsePurpose;
}

interface ReleaseOptions {
	readonly terminal: string;
	readonly purpose: Infer<typeof releasePurpose>;
	readonly host: string;
	readonly token?: string;
	readonly json?: true;
}

const PORT_DEFAULT = "8080";

interface ListOptions extends DataOptions {
	readonly terminal?: string;
}

/** What the service desk does for a technician who stands at a terminal. */
export function serviceCommand(shell: Shell): Command {
	const { text } = shell;
	const response = new Command("response")
		.description(text.commands.response)
		.requiredOption("--terminal <terminal>", text.arguments.terminal)
		.requiredOption("--challenge <digits>", text.flags.challenge)
		.requiredOption("--by <name>", text.flags.by)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout service response --terminal till-0001 --challenge "0471 1234" --by "Li Wei"`,
		)
		.action((options: ResponseOptions) => respond(shell, options));
	const code = new Command("code")
		.description(text.commands.reprintCode)
		.requiredOption("--terminal <terminal>", text.arguments.terminal)
		.requiredOption("--challenge <digits>", text.flags.challenge)
		.requiredOption("--by <name>", text.flags.approvedBy)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout service code --terminal till-0001 --challenge "0471 1234" --by "Li Wei"`,
		)
		.action((options: ResponseOptions) => respond(shell, { ...options, purpose: "reprint" }));
	const list = new Command("list")
		.description(text.commands.responses)
		.option("--terminal <terminal>", text.flags.onlyTerminal)
		.addHelpText("after", `\n${text.example}\n  closeout service list --terminal till-0001`)
		.action((options: ListOptions) => listAll(shell, options));
	const host = `http://127.0.0.1:${shell.environment.CLOSEOUT_PORT || PORT_DEFAULT}`;
	const release = new Command("release")
		.description(text.commands.release)
		.requiredOption("--terminal <terminal>", text.arguments.terminal)
		.addOption(
			new Option("--purpose <purpose>", text.flags.purpose)
				.choices(releasePurpose.names)
				.makeOptionMandatory(),
		)
		.option("--host <url>", text.flags.host, host)
		.option("--token <token>", text.flags.token)
		.option("--json", text.options.json)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout service release --terminal till-0001 --purpose update`,
		)
		.action((options: ReleaseOptions) => askRelease(shell, options));
	return new Command("service")
		.description(text.commands.service)
		.addCommand(withData(response, shell))
		.addCommand(withData(code, shell))
		.addCommand(withData(list, shell))
		.addCommand(release);
}

/** Ends with 1 when the terminal does not let it happen. */
async function askRelease(shell: Shell, options: ReleaseOptions): Promise<void> {
	const { terminal, purpose } = options;
	const path = `/api/terminals/${encodeURIComponent(terminal)}/release`;
	const reply = await postToHost(options, path, { purpose });
	const answer = (await reply.json()) as ReleaseResult;
	shell.endWith(answer.accepted ? 0 : 1);
	if (options.json) return shell.json(answer);
	const { released, notReleased, releaseReason } = shell.text;
	shell.line(fill(answer.accepted ? released : notReleased, { terminal, purpose }));
	const words: Readonly<Record<string, string>> = releaseReason;
	for (const reason of answer.reasons) shell.line(`  ${words[reason] ?? reason}`);
}

async function respond(shell: Shell, options: ResponseOptions): Promise<void> {
	const answer = await overData(options, (store) => answerChallenge(store, options));
	if (options.json) return shell.json(answer);
	const { terminal, by, response, purpose } = answer;
	const told = purpose === "menu" ? shell.text.responded : shell.text.coded;
	shell.note(fill(told, { terminal, by }));
	shell.line(grouped(response));
}

async function listAll(shell: Shell, { terminal, ...options }: ListOptions): Promise<void> {
	const filter = terminal === undefined ? {} : { terminal };
	const given = await overData(options, (store) => store.listServiceResponses(filter));
	if (options.json) {
		for (const one of given) shell.json(one);
		return;
	}
	if (given.length === 0) return shell.note(shell.text.noResponses);
	const rows = given.map((one) => [
		formatDateTime(one.atS, zoneMinutes()),
		one.terminal,
		String(one.epoch),
		one.purpose,
		grouped(one.challenge),
		one.by,
	]);
	shell.table(shell.text.responses, rows);
}

/** `0471 1234`, as people read it out. */
function grouped(digits: string): string {
	return digits.replace(/(\d{4})(?=\d)/g, "$1 ");
}
