import { build, type Plugin } from "esbuild";
import { CloseoutError } from "../../../protocol/error.ts";

/** The language of the XS that @agoric/xsnap 0.15 carries (13.3). Newer library functions are missing in it too. */
const TARGET = "es2022";

export interface BundleOptions {
	readonly plugins?: readonly Plugin[];
}

const firmwareBundles = new Map<string, Promise<string>>();

/** The firmware with the core module that exports `boot`; bundled once in this process for each core module. */
export function bundleFirmware(core: URL): Promise<string> {
	const known = firmwareBundles.get(core.href);
	if (known !== undefined) return known;
	const entry = new URL("./firmware-entry.ts", import.meta.url);
	const source = bundleSource(
		`import { install } from ${JSON.stringify(entry.pathname)};
		import { boot } from ${JSON.stringify(core.pathname)};
		install(boot);`,
	);
	firmwareBundles.set(core.href, source);
	return source;
}

/**
 * One script for the engine from a few lines of JavaScript and everything they import (by absolute path):
 * strict, in a function of its own, not minified, with the names of the source.
 *
 * @throws CloseoutError ENGINE when an import cannot be bundled.
 */
export async function bundleSource(contents: string, options: BundleOptions = {}): Promise<string> {
	try {
		const result = await build({
			stdin: { contents, resolveDir: import.meta.dirname, sourcefile: "engine.js", loader: "js" },
			bundle: true,
			write: false,
			format: "iife",
			platform: "neutral",
			target: TARGET,
			charset: "utf8",
			logLevel: "silent",
			plugins: [...(options.plugins ?? [])],
			mainFields: ["module", "main"],
			banner: { js: '"use strict";' },
		});
		return result.outputFiles[0]?.text ?? "";
	} catch (error) {
		throw new CloseoutError("ENGINE", `cannot bundle for the XS engine: ${error}`, {
			cause: error,
		});
	}
}
