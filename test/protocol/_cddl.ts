import { identifier } from "../../protocol/id.ts";
import * as messages from "../../protocol/message.ts";
import { downMessages, upMessages, wireRecord } from "../../protocol/message.ts";
import {
	appMessages,
	coreMessages,
	finishWay,
	PAYMENT_APP_VERSION,
	toldThing,
} from "../../protocol/payment-app.ts";
import { PULL_VERSION, pullRefusal, readerMessages, sourceMessages } from "../../protocol/pull.ts";
import * as records from "../../protocol/record.ts";
import { type ChoiceSchema, kebab, type Schema, type TupleSchema } from "../../protocol/schema.ts";
import { WIRE_VERSION } from "../../protocol/topic.ts";

/** The closed sets of names, by the name that the description gives them. */
export const choices: Readonly<Record<string, ChoiceSchema<string>>> = {
	transactionType: records.transactionType,
	paymentMethod: records.paymentMethod,
	outcome: records.outcome,
	outcomeSource: records.outcomeSource,
	schemeGroup: records.schemeGroup,
	verdict: records.verdict,
	blockerType: records.blockerType,
	role: records.role,
	documentType: records.documentType,
	printState: records.printState,
	reminderType: records.reminderType,
	reminderAction: records.reminderAction,
	trigger: records.trigger,
	reversalResult: records.reversalResult,
	clockSource: records.clockSource,
	storageFault: records.storageFault,
	supplementOrigin: records.supplementOrigin,
	duplicateChoice: records.duplicateChoice,
	approvalWay: records.approvalWay,
	serviceAction: records.serviceAction,
	releasePurpose: records.releasePurpose,
	releaseReason: records.releaseReason,
	toldThing,
	finishWay,
	pullRefusal,
	pullWay: records.pullWay,
	commandType: messages.commandType,
};

const shapes: Readonly<Record<string, { readonly cddl: string }>> = {
	currency: records.currency,
	lastFour: records.lastFour,
	scalar: records.scalar,
	identifier,
};

const shared: Readonly<Record<string, Pick<TupleSchema<unknown>, "cddl" | "fields">>> = {
	groupTotals: records.groupTotals,
	exception: records.exception,
	wireRecord,
};

interface Numbered {
	readonly number: number;
	readonly body: {
		readonly fields: readonly (readonly [name: string, schema: Schema<unknown>])[];
	};
}

/** Puts the names of the shared rules in the place of their text; a longer text may hold a shorter one. */
function named(cddl: string): string {
	const rules = Object.entries({ ...choices, ...shapes, ...shared }).map(
		([name, schema]) => [kebab(name), schema.cddl] as const,
	);
	rules.sort(([, left], [, right]) => right.length - left.length);
	let text = cddl;
	for (const [name, rule] of rules) text = text.replaceAll(rule, name);
	return text;
}

function array(rule: string, head: readonly string[], fields: Numbered["body"]["fields"]): string {
	const own = fields.map(([name, { cddl }]) => `${kebab(name)}: ${named(cddl)}`);
	const lines = [...head, ...own].map((line) => `  ${line},`);
	return `${rule} = [\n${lines.join("\n")}\n]\n`;
}

function choiceRule(name: string, { names, numbers }: ChoiceSchema<string>): string {
	const lines = names.map((each, index) => {
		const slash = index < names.length - 1 ? " /" : "  ";
		return `  ${numbers[each]}${slash} ; ${kebab(each)}`;
	});
	return `${kebab(name)} =\n${lines.join("\n")}\n`;
}

function alternatives(rule: string, names: readonly string[]): string {
	return `${rule} =\n  ${names.join(" /\n  ")}\n`;
}

function recordRules(): string[] {
	const kinds = Object.entries<Numbered>(records.recordKinds);
	const rule = (name: string) => `${kebab(name)}-record`;
	return [
		alternatives(
			"record-payload",
			kinds.map(([name]) => rule(name)),
		),
		`stamp = (\n${records.stamp.fields.map(([name, { cddl }]) => `  ${kebab(name)}: ${cddl},`).join("\n")}\n)\n`,
		...kinds.map(
			([name, { number, body }]) =>
				`; Kind ${number}.\n${array(rule(name), ["stamp"], body.fields)}`,
		),
	];
}

function messageRules(group: string, table: Readonly<Record<string, Numbered>>): string[] {
	const entries = Object.entries(table);
	const rule = (name: string) => `${kebab(name)}-message`;
	return [
		alternatives(
			group,
			entries.map(([name]) => rule(name)),
		),
		...entries.map(([name, { number, body }]) => {
			const head = [
				`version: ${WIRE_VERSION}`,
				`type: ${number}`,
				"terminal: identifier",
				"epoch: 0..4294967295",
			];
			return array(rule(name), head, body.fields);
		}),
	];
}

function plainRules(
	group: string,
	prefix: string,
	version: number,
	table: Readonly<Record<string, Numbered>>,
) {
	const entries = Object.entries(table);
	return [
		alternatives(
			group,
			entries.map(([name]) => `${prefix}-${kebab(name)}`),
		),
		...entries.map(([name, { number, body }]) =>
			array(`${prefix}-${kebab(name)}`, [`version: ${version}`, `type: ${number}`], body.fields),
		),
	];
}

/** The whole of `protocol/protocol.cddl` (RFC 8610), from the schemas. */
export function describeInCddl(): string {
	return [
		"; Written from the schemas of this folder by `npm run protocol:write`; see README.md for the meaning.\n; All items are canonical CBOR as README.md, section 3, says.\n",
		"; ---- Messages between terminal and host: topics up and down ----\n",
		"message = [\n  inner: bstr .cbor (up-message / down-message),\n  mac: bstr .size 32,\n]\n",
		...messageRules("up-message", upMessages),
		...messageRules("down-message", downMessages),
		array("wire-record", [], wireRecord.fields),
		"; ---- Payloads of records, by the kind that stands beside them ----\n",
		...recordRules(),
		"; ---- Messages between payment application and terminal ----\n",
		...plainRules("app-message", "app", PAYMENT_APP_VERSION, appMessages),
		...plainRules("core-message", "core", PAYMENT_APP_VERSION, coreMessages),
		"; ---- Messages of a pull: over a cable, in `pulled`, in a piece file ----\n",
		...plainRules("pull-reader-message", "pull-reader", PULL_VERSION, readerMessages),
		...plainRules("pull-source-message", "pull-source", PULL_VERSION, sourceMessages),
		"; ---- Shared rules ----\n",
		...Object.entries(shared)
			.filter(([name]) => name !== "wireRecord")
			.map(([name, { fields }]) => array(kebab(name), [], fields)),
		...Object.entries(choices).map(([name, choice]) => choiceRule(name, choice)),
		...Object.entries(shapes).map(([name, { cddl }]) => `${kebab(name)} = ${cddl}\n`),
	].join("\n");
}
