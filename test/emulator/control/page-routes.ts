import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { Routes } from "./server.ts";

const pageDirectory = fileURLToPath(new URL("../page/", import.meta.url));

/** The libraries of the page, as their packages ship them for browsers. */
const libraries: Readonly<Record<string, string>> = {
	"preact.js": "preact",
	"preact-hooks.js": "preact/hooks",
	"htm.js": "htm",
};

/** The page, and what its import map names. */
export const pageRoutes: Routes = (app) => {
	app.register(fastifyStatic, { root: pageDirectory, prefix: "/" });
	for (const [name, specifier] of Object.entries(libraries)) {
		app.get(`/library/${name}`, async (_request, reply) => {
			const source = await readFile(fileURLToPath(import.meta.resolve(specifier)));
			return reply.type("text/javascript; charset=utf-8").send(source);
		});
	}
};
