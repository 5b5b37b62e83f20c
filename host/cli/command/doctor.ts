import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { type DataOptions, locationOf, withData } from "../data.ts";
import { type Check, examine } from "../doctor.ts";
import type { Shell } from "../shell.ts";

interface DoctorOptions extends DataOptions {
	readonly broker: string;
}

const BROKER_DEFAULT = "mqtt://127.0.0.1:1884";
/** The answer is no: something does not work. */
const EXIT_FAILED = 1;

export function doctorCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("doctor")
		.description(text.commands.doctor)
		.option("--broker <url>", text.flags.doctorBroker, BROKER_DEFAULT)
		.addHelpText("after", `\n${text.example}\n  closeout doctor --data /var/lib/closeout`)
		.action((options: DoctorOptions) => run(shell, options));
	return withData(command, shell);
}

async function run(shell: Shell, options: DoctorOptions): Promise<void> {
	const { data, broker, json } = options;
	if (!URL.canParse(broker) || !/^mqtts?:$/.test(new URL(broker).protocol)) {
		throw new CloseoutError("USAGE", `"${broker}" is not an address such as mqtt://127.0.0.1:1884`);
	}
	const checks = examine({
		data,
		location: locationOf(options),
		brokerUrl: broker,
		nodeVersion: process.version,
		nowMs: Date.now(),
	});
	let failed = false;
	for await (const check of checks) {
		failed ||= check.level === "fail";
		if (json) shell.json({ ...check, next: check.next ?? null });
		else show(shell, check);
	}
	if (failed) shell.endWith(EXIT_FAILED);
}

function show(shell: Shell, { name, level, said, next }: Check): void {
	const { doctor } = shell.text;
	const mark = { ok: shell.good("✓"), warn: "!", fail: shell.bad("✕") }[level];
	shell.line(`${mark} ${doctor.level[level]}  ${doctor.name[name]}: ${said}`);
	if (next !== undefined) shell.line(`    → ${next}`);
}
