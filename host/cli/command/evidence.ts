import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { formatDateTime } from "../../../protocol/time.ts";
import { BUNDLE_BYTES_MAX, hostNoteKey } from "../../evidence/bundle.ts";
import { exportEvidence } from "../../evidence/export.ts";
import { type Finding, type Verified, verifyEvidence } from "../../evidence/verify.ts";
import { HOST_KEY_FILE, openHostKey } from "../../host-key.ts";
import { formatKey, parseAnyKey } from "../../import/head.ts";
import { fill } from "../../report/text.ts";
import { type DataOptions, mustBeFile, nowS, overData, withData, zoneMinutes } from "../data.ts";
import type { Shell } from "../shell.ts";

interface ExportOptions extends DataOptions {
	readonly out: string;
}

interface VerifyOptions {
	readonly key: readonly string[];
	readonly json?: true;
}

const EXIT_NOT_RIGHT = 1;

/** `closeout evidence`: one file that proves a case, and the check of it. */
export function evidenceCommand(shell: Shell): Command {
	const { text } = shell;
	const words = text.evidence;
	const make = new Command("export")
		.description(words.export)
		.argument("<case>", words.id)
		.option("--out <file>", words.out, "evidence.zip")
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout evidence export till-0001~20261120~326010000005~amount~acquirer --out claim.zip`,
		)
		.action((id: string, options: ExportOptions) => runExport(shell, id, options));
	const verify = new Command("verify")
		.description(words.verify)
		.argument("<file>", words.file)
		.option("--key <key>", words.key, (key: string, keys: string[]) => [...keys, key], [])
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout evidence verify claim.zip --key closeout-host/...`,
		)
		.action((file: string, options: VerifyOptions) => runVerify(shell, file, options));
	return new Command("evidence")
		.description(words.evidence)
		.addCommand(withData(make, shell))
		.addCommand(verify);
}

async function runExport(shell: Shell, id: string, options: ExportOptions): Promise<void> {
	const words = shell.text.evidence;
	const path = join(options.data, HOST_KEY_FILE);
	if ((await stat(path).catch(() => undefined)) === undefined)
		throw new CloseoutError("NOT_FOUND", fill(words.noKey, { path }));
	const hostKey = await openHostKey(options.data);
	const bytes = await overData(options, (store, source) =>
		exportEvidence({ store, source, id, hostKey, nowS }),
	);
	await writeFile(options.out, bytes);
	const key = formatKey(hostNoteKey(hostKey));
	if (options.json) return shell.json({ case: id, file: options.out, bytes: bytes.length, key });
	shell.line(shell.good(fill(words.written, { file: options.out, id })));
	shell.note(fill(words.hostKey, { key }));
}

async function runVerify(shell: Shell, file: string, options: VerifyOptions): Promise<void> {
	await mustBeFile(file);
	const { size } = await stat(file);
	if (size > BUNDLE_BYTES_MAX) {
		const message = `${file}: ${size} bytes; evidence of a case has at most ${BUNDLE_BYTES_MAX}`;
		throw new CloseoutError("LIMIT", message);
	}
	const keys = options.key.map(parseAnyKey);
	const verified = verifyEvidence(new Uint8Array(await readFile(file)), keys);
	if (!verified.isRight) shell.endWith(EXIT_NOT_RIGHT);
	if (options.json) {
		const { isRight: right, isKeyGiven: keyGiven, ...rest } = verified;
		return shell.json({ ...rest, right, keyGiven });
	}
	tell(shell, verified);
}

function tell(shell: Shell, verified: Verified): void {
	const words = shell.text.evidence;
	const { isRight, case: id, createdS, hostKey, isKeyGiven, findings } = verified;
	if (id !== "") {
		shell.line(fill(words.case, { id, at: formatDateTime(createdS, zoneMinutes()) }));
		shell.line(fill(isKeyGiven ? words.givenKey : words.ownKey, { key: hostKey }));
	}
	for (const finding of findings) shell.line(lineOf(shell, finding));
	shell.line(isRight ? shell.good(words.right) : shell.bad(words.wrong));
}

function lineOf(shell: Shell, { type, part, sequence }: Finding): string {
	const told = fill(shell.text.evidence.findings[type], { part, sequence });
	if (type === "good") return `${shell.good("✓")} ${told}`;
	return type === "held" ? `! ${told}` : `${shell.bad("✕")} ${told}`;
}
