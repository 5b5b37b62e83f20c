import type { Cells, Columns } from "./cells.ts";

/** Columns of one file as a mapping names them: with alternatives and with `*`. */
export class MappedColumns {
	readonly columns: Columns;
	readonly #names = new Map<string, readonly string[]>();

	constructor(columns: Columns) {
		this.columns = columns;
	}

	/** Names in the file that the mapping's name may mean, most wanted first. */
	resolve(name: string): readonly string[] {
		const known = this.#names.get(name);
		if (known !== undefined) return known;
		const found = name.split("|").flatMap((one) => this.#resolveOne(one));
		this.#names.set(name, found);
		return found;
	}

	#resolveOne(name: string): string[] {
		if (this.columns.has(name)) return [name];
		if (!name.includes("*")) return [];
		const pattern = starPattern(name);
		return this.columns.names.filter((one) => pattern.test(one));
	}

	/** What `*` of the name stands for in this file. */
	starOf(name: string): string | undefined {
		for (const one of name.split("|").filter((part) => part.includes("*"))) {
			const pattern = starPattern(one);
			for (const found of this.columns.names) {
				const star = pattern.exec(found)?.[1];
				if (star !== undefined) return star;
			}
		}
		return undefined;
	}

	/** Those of the mapping's names that mean no column of the file. */
	missing(names: readonly string[]): string[] {
		return names.filter((name) => this.resolve(name).length === 0);
	}

	text(cells: Cells, name: string | undefined): string {
		return name === undefined ? "" : cells.text(...this.resolve(name));
	}
}

/** A name with one `*` as a pattern for the whole text; what it stands for is group 1. */
export function starPattern(name: string): RegExp {
	const [before = "", ...after] = name
		.split("*")
		.map((part) => part.trim().replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
	return after.length === 0
		? new RegExp(`^\\s*${before}\\s*$`, "i")
		: new RegExp(`^\\s*${before}\\s*(.*?)\\s*${after.join("")}\\s*$`, "i");
}
