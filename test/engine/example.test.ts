import { fileURLToPath } from "node:url";
import { runInXs } from "./run-in-xs.ts";
import { xsTest } from "./xs-test.ts";

/** The part of the package that makes QR codes; the whole of it also writes pictures, with Node's own modules. */
const qrcode = fileURLToPath(import.meta.resolve("qrcode")).replace(
	/lib\/index\.js$/,
	"lib/core/qrcode.js",
);

xsTest("the example application lives its day inside XS", async (t) => {
	for (const name of ["example", "add-on"]) {
		const file = new URL(`../firmware/addon/${name}.test.ts`, import.meta.url);
		const result = await runInXs(file, { standInsToo: new Map([["qrcode", qrcode]]) });
		t.is(result.excluded, undefined);
		if (result.excluded !== undefined) continue;
		t.true(result.outcomes.length > 1);
		for (const { title, failure } of result.outcomes) t.is(failure, undefined, title);
	}
});
