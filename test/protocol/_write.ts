import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { CloseoutError } from "../../protocol/error.ts";
import { changedVectors, descriptions, vectorFiles, vectorText } from "./_generated.ts";
import { writeTables } from "./_tables.ts";

/**
 * `npm run protocol:write` writes the descriptions, the tables of the README and new golden vectors. A vector
 * that was there before may not change: other people's implementations are held by it. `-- --change` allows it
 * while no version with it has been released.
 */
const folder = new URL("../../protocol/", import.meta.url);
const mayChange = process.argv.includes("--change");

for (const [name, text] of Object.entries(descriptions())) write(name, text);
const readme = new URL("README.md", folder);
write("README.md", writeTables(readFileSync(readme, "utf8")));

for (const [name, vectors] of Object.entries(vectorFiles)) {
	const file = new URL(`vectors/${name}`, folder);
	if (existsSync(file) && !mayChange) {
		const changed = changedVectors(JSON.parse(readFileSync(file, "utf8")), vectors);
		if (changed.length > 0) {
			const list = changed.join("; ");
			throw new CloseoutError(
				"REFUSED",
				`vectors/${name} would change (${list}); give --change if it was never released`,
			);
		}
	}
	write(`vectors/${name}`, vectorText(vectors));
}

function write(name: string, text: string): void {
	writeFileSync(new URL(name, folder), text);
	process.stdout.write(`protocol/${name}\n`);
}
