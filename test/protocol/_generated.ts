import { describeInAsyncApi } from "./_asyncapi.ts";
import { describeInCddl } from "./_cddl.ts";
import { cborVectors } from "./_vectors-cbor.ts";
import { chainVectors } from "./_vectors-chain.ts";
import { messageVectors } from "./_vectors-messages.ts";
import { paymentAppVectors } from "./_vectors-payment-app.ts";
import { pullVectors, serviceVectors } from "./_vectors-pull.ts";
import { recordVectors } from "./_vectors-records.ts";
import {
	cardGuardVectors,
	keyVectors,
	moneyVectors,
	timeVectors,
	topicVectors,
} from "./_vectors-values.ts";

/** Files of `protocol/` that are written anew whenever the code changes. */
export function descriptions(): Readonly<Record<string, string>> {
	return {
		"protocol.cddl": describeInCddl(),
		"asyncapi.json": `${JSON.stringify(describeInAsyncApi(), undefined, "\t")}\n`,
	};
}

/** Golden vectors by file name; what is written once stays as it is. */
export const vectorFiles: Readonly<Record<string, object>> = {
	"card-guard.json": cardGuardVectors,
	"cbor.json": cborVectors,
	"chain.json": chainVectors,
	"keys.json": keyVectors,
	"messages.json": messageVectors,
	"money.json": moneyVectors,
	"payment-app.json": paymentAppVectors,
	"pull.json": pullVectors,
	"records.json": recordVectors,
	"service.json": serviceVectors,
	"time.json": timeVectors,
	"topics.json": topicVectors,
};

/** One vector a line, so that a difference shows which one it is. */
export function vectorText(file: object): string {
	const parts = Object.entries(file).map(([section, value]) => {
		if (!Array.isArray(value)) return `\t${JSON.stringify(section)}: ${JSON.stringify(value)}`;
		const lines = value.map((vector) => `\t\t${JSON.stringify(vector)}`);
		return `\t${JSON.stringify(section)}: [\n${lines.join(",\n")}\n\t]`;
	});
	return `{\n${parts.join(",\n")}\n}\n`;
}

/** Vectors of the old file, as `section: name`, that the new one has changed or lost. */
export function changedVectors(before: object, after: object): readonly string[] {
	const now = new Map(entriesOf(after));
	return entriesOf(before)
		.filter(([key, text]) => now.get(key) !== text)
		.map(([key]) => key);
}

function entriesOf(file: object): readonly (readonly [key: string, text: string])[] {
	return Object.entries(file).flatMap(([section, value]) => {
		if (!Array.isArray(value)) return [];
		return value.map((vector: { readonly name: string }): readonly [string, string] => [
			`${section}: ${vector.name}`,
			JSON.stringify(vector),
		]);
	});
}
