import { styleText } from "node:util";
import { progress } from "@clack/prompts";
import { CloseoutError, errorTable } from "../../protocol/error.ts";
import { padText, textColumns } from "../../protocol/slip/width.ts";
import { type Language, languages } from "../report/text.ts";
import { type CommandText, commandText } from "./text.ts";

const EXIT_BUG = 70;

/** How far a long work is. */
export interface Progress {
	tell(done: number, text: string): void;
	end(text: string): void;
}

/** What a command sees of the world that it was called from. */
export class Shell {
	readonly language: Language;
	readonly text: CommandText;
	readonly environment: NodeJS.ProcessEnv;
	#exitCode = 0;

	constructor(language: Language, environment: NodeJS.ProcessEnv) {
		this.language = language;
		this.text = commandText(language);
		this.environment = environment;
	}

	get exitCode(): number {
		return this.#exitCode;
	}

	/** Ends the command with this status once everything is written. */
	endWith(exitCode: number): void {
		this.#exitCode = exitCode;
	}

	/** A line of the result. */
	line(text: string): void {
		process.stdout.write(`${text}\n`);
	}

	json(value: unknown): void {
		this.line(JSON.stringify(value));
	}

	/** A remark beside the result. */
	note(text: string): void {
		process.stderr.write(`${text}\n`);
	}

	good(text: string): string {
		return styleText("green", text, { stream: process.stdout });
	}

	bad(text: string): string {
		return styleText(["red", "bold"], text, { stream: process.stdout });
	}

	/** Rows under a head, in columns that fit Chinese too. */
	table(head: readonly string[], rows: readonly (readonly string[])[]): void {
		const all = [head, ...rows];
		const widths = head.map((_, column) =>
			Math.max(...all.map((cells) => textColumns(cells[column] ?? ""))),
		);
		for (const cells of all) {
			const padded = cells.map((cell, column) => padText(cell, widths[column] ?? 0));
			this.line(padded.join("  ").trimEnd());
		}
	}

	/** Shows on a terminal only; `total` 0 stands for not known. */
	progress(total: number): Progress {
		if (!process.stderr.isTTY) return { tell: () => undefined, end: () => undefined };
		const bar = progress({ max: Math.max(1, total), output: process.stderr });
		let before = 0;
		bar.start("");
		// The bar takes the keyboard and makes of Ctrl-C an end without a word and with status 0.
		if (process.stdin.isTTY) process.stdin.setRawMode(false);
		return {
			tell: (done, text) => {
				bar.advance(total === 0 ? 0 : done - before, text);
				before = done;
			},
			end: (text) => bar.stop(text),
		};
	}

	/** The one line that says what went wrong. */
	fail(error: unknown): void {
		const { errors } = this.text;
		const known: Readonly<Record<string, string>> = errors;
		if (error instanceof CloseoutError) {
			const { code, message } = error;
			this.note(oneLine(`closeout: ${known[code] ?? errors.OTHER}: ${message} [${code}]`));
			this.endWith(errorTable[code].exit);
			return;
		}
		const message = error instanceof Error ? error.message : String(error);
		this.note(oneLine(`closeout: ${errors.OTHER}: ${message} [ASSERTION]`));
		this.endWith(EXIT_BUG);
	}
}

function oneLine(text: string): string {
	return text.replaceAll(/\s*[\r\n]+\s*/g, " ");
}

/**
 * `--lang` before everything else, because help and errors are told in it; then the environment. Undefined for a
 * language that is not known.
 */
export function chooseLanguage(
	argv: readonly string[],
	environment: NodeJS.ProcessEnv,
): Language | undefined {
	const place = argv.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
	const word = argv[place];
	if (word !== undefined) {
		const asked = word.includes("=") ? word.slice("--lang=".length) : argv[place + 1];
		return languages.find((language) => language === asked);
	}
	const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "";
	return locale.startsWith("zh") ? "zh-CN" : "en";
}
