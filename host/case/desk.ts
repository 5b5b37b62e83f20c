import { toHex } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { holdsCardNumber } from "../core/card.ts";
import type { MovedState } from "../core/case.ts";
import type { DeadlineRule, DeadlineTable } from "../core/deadline.ts";
import { sha256 } from "../digest.ts";
import type { Case } from "../store/case.ts";
import type { CaseAttachment, CaseFilter, WholeCase } from "../store/case-reading.ts";
import type { Store } from "../store/store.ts";

/** Longest name of a person. */
export const PERSON_MAX = 64;
/** Longest reason or comment. */
export const CASE_TEXT_MAX = 2_000;
/** Largest file that is put to a case. */
export const ATTACHMENT_BYTES_MAX = 5 * 1024 * 1024;
const FILE_NAME_MAX = 120;

/** Which case, who does something with it, and why. */
export interface Deed {
	readonly id: string;
	readonly by: string;
	readonly text: string;
}

export interface CaseDeskOptions {
	readonly store: Store;
	/** Whose cases. */
	readonly tenant: () => Promise<string>;
	readonly deadlines: () => Promise<DeadlineTable>;
}

/** A whole case with the line of the table that its deadline is by; null where the table has it no more. */
export type ShownCase = WholeCase & { readonly rule: DeadlineRule | null };

/**
 * What people do with cases. Every deed is kept with who and why; names, texts and files are looked over for card
 * numbers first (`CARD_DATA`). All reject with `NOT_FOUND` for a case that is not there, and change nothing then.
 */
export class CaseDesk {
	readonly #options: CaseDeskOptions;

	constructor(options: CaseDeskOptions) {
		this.#options = options;
	}

	async list(filter: Omit<CaseFilter, "tenant">): Promise<readonly Case[]> {
		const { store, tenant } = this.#options;
		return store.listCases({ tenant: await tenant(), ...filter });
	}

	async get(id: string): Promise<ShownCase> {
		const { store, tenant, deadlines } = this.#options;
		const whole = await store.getCase({ tenant: await tenant(), id });
		const table = await deadlines();
		const rule = table.deadlines.find(({ name }) => name === whole.deadline?.rule) ?? null;
		return { ...whole, rule };
	}

	/** Throws `REFUSED` for a move that the state of the case does not allow. */
	async move({ state, ...deed }: Deed & { readonly state: MovedState }): Promise<ShownCase> {
		const checked = await this.#check(deed, "why");
		await this.#options.store.moveCase({ ...checked, state });
		return this.get(deed.id);
	}

	/** Gives the case to a person, or with "" back to nobody. */
	async assign({ assignee, ...deed }: Deed & { readonly assignee: string }): Promise<ShownCase> {
		const checked = await this.#check(deed);
		checkText("the name of the person", assignee, 0, PERSON_MAX);
		await this.#options.store.assignCase({ ...checked, assignee: assignee.trim() });
		return this.get(deed.id);
	}

	async comment(deed: Deed): Promise<ShownCase> {
		await this.#options.store.commentCase(await this.#check(deed, "the comment"));
		return this.get(deed.id);
	}

	/** Throws `LIMIT` for a file that is too large, and `REFUSED` for one that is there already. */
	async attach(
		file: Deed & { readonly name: string; readonly bytes: Uint8Array },
	): Promise<ShownCase> {
		const { bytes, ...deed } = file;
		const checked = await this.#check(deed);
		const name = file.name.split(/[/\\]/).at(-1) ?? "";
		checkText("the name of the file", name, 1, FILE_NAME_MAX);
		if (bytes.length === 0) throw new CloseoutError("USAGE", `${name}: the file is empty`);
		if (bytes.length > ATTACHMENT_BYTES_MAX) {
			const message = `${name}: ${bytes.length} bytes; a file of a case has at most ${ATTACHMENT_BYTES_MAX}`;
			throw new CloseoutError("LIMIT", message);
		}
		refuseCards(`the file ${name}`, isText(bytes) ? [bytes] : []);
		const digest = toHex(sha256(bytes));
		await this.#options.store.attachToCase({ ...checked, name, bytes, digest });
		return this.get(deed.id);
	}

	async attachment(
		id: string,
		number: number,
	): Promise<CaseAttachment & { readonly bytes: Uint8Array }> {
		const { store, tenant } = this.#options;
		return store.readAttachment({ tenant: await tenant(), id, number });
	}

	/** `needed` names the text where it must not be empty. */
	async #check({ id, by, text }: Deed, needed?: string) {
		checkText("the name of who does it", by, 1, PERSON_MAX);
		checkText(needed ?? "the text", text, needed === undefined ? 0 : 1, CASE_TEXT_MAX);
		return { tenant: await this.#options.tenant(), id, by: by.trim(), text: text.trim() };
	}
}

function checkText(what: string, text: string, min: number, max: number): void {
	const { length } = text.trim();
	if (length < min) throw new CloseoutError("USAGE", `${what} is missing; give it`);
	if (length > max)
		throw new CloseoutError("USAGE", `${what} has ${length} characters; ${max} at most`);
	refuseCards(what, [text]);
}

function refuseCards(what: string, values: readonly (string | Uint8Array)[]): void {
	if (!values.some((value) => holdsCardNumber(value))) return;
	throw new CloseoutError("CARD_DATA", `${what} holds a card number; give it without`);
}

/** A picture or a PDF has digits by chance and is not looked over; pictures and archives hold a zero byte. */
function isText(bytes: Uint8Array): boolean {
	const start = new TextDecoder("latin1").decode(bytes.subarray(0, 5));
	return start !== "%PDF-" && !bytes.includes(0);
}
