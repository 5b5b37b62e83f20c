import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyPluginAsync } from "fastify";

const webFolder = fileURLToPath(new URL("../web/", import.meta.url));

/** Modules that the pages import by name, served as their packages hold them. */
const libraries = {
	"preact.mjs": "preact",
	"hooks.mjs": "preact/hooks",
	"htm.mjs": "htm",
} as const;

/** The pages: files of `host/web` and three modules from `node_modules`, without a build. */
export const pageRoutes: FastifyPluginAsync = async (server) => {
	const index = await readFile(`${webFolder}index.html`, "utf8");
	const policy = contentPolicy(index);
	await server.register(fastifyStatic, {
		root: webFolder,
		index: false,
		cacheControl: false,
		setHeaders: (reply) => reply.header("cache-control", "no-cache"),
	});
	server.get("/", (_request, reply) =>
		reply
			.header("content-security-policy", policy)
			.header("cache-control", "no-cache")
			.type("text/html; charset=utf-8")
			.send(index),
	);
	for (const [name, specifier] of Object.entries(libraries)) {
		const path = fileURLToPath(import.meta.resolve(specifier));
		server.get(`/lib/${name}`, (_request, reply) => reply.sendFile(basename(path), dirname(path)));
	}
};

/** Only scripts of this host run; the one inline script is the map of module names. */
function contentPolicy(index: string): string {
	const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(index)?.[1] ?? "";
	const hash = createHash("sha256").update(map).digest("base64");
	return [
		"default-src 'self'",
		`script-src 'self' 'sha256-${hash}'`,
		"img-src 'self' data:",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join("; ");
}
