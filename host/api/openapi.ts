import type { FastifyInstance, FastifySchema } from "fastify";

declare module "fastify" {
	interface FastifySchema {
		/** What a route is for, in the OpenAPI description. */
		summary?: string;
	}
}

interface Described {
	readonly method: string;
	readonly url: string;
	readonly schema: FastifySchema;
}

/**
 * Collects the schemas of the routes that are registered from now on; the returned function serves them as an
 * OpenAPI 3.1 description, whose schemas are the JSON Schemas that requests are checked with.
 */
export function describeRoutes(server: FastifyInstance): () => void {
	const routes: Described[] = [];
	server.addHook("onRoute", ({ method, url, schema }) => {
		if (schema === undefined || !url.startsWith("/api/")) return;
		for (const one of [method].flat()) {
			if (one !== "HEAD") routes.push({ method: one.toLowerCase(), url, schema });
		}
	});
	return () => {
		const description = {
			openapi: "3.1.0",
			info: { title: "Closeout host", version: "1" },
			paths: pathsOf(routes),
		};
		server.get("/api/openapi.json", async () => description);
	};
}

function pathsOf(routes: readonly Described[]): Record<string, Record<string, unknown>> {
	const paths: Record<string, Record<string, unknown>> = {};
	for (const { method, url, schema } of routes) {
		const path = url.replaceAll(/:(\w+)/g, "{$1}");
		const operations = paths[path] ?? {};
		operations[method] = operationOf(schema);
		paths[path] = operations;
	}
	return paths;
}

function operationOf(schema: Described["schema"]): Record<string, unknown> {
	const responses: Record<string, unknown> = {};
	for (const [status, content] of Object.entries(propertiesOf(schema.response))) {
		responses[status] = { description: "", content: { "application/json": { schema: content } } };
	}
	return {
		summary: schema.summary ?? "",
		parameters: [
			...parametersOf(schema.params, "path"),
			...parametersOf(schema.querystring, "query"),
		],
		...(schema.body === undefined
			? {}
			: { requestBody: { content: { "application/json": { schema: schema.body } } } }),
		responses: Object.keys(responses).length > 0 ? responses : { 200: { description: "" } },
	};
}

function parametersOf(schema: unknown, place: "path" | "query"): unknown[] {
	const { properties, required } = propertiesOf(schema);
	const needed: readonly unknown[] = Array.isArray(required) ? required : [];
	return Object.entries(propertiesOf(properties)).map(([name, content]) => ({
		name,
		in: place,
		required: place === "path" || needed.includes(name),
		schema: content,
	}));
}

function propertiesOf(value: unknown): Record<string, unknown> {
	return typeof value === "object" && value !== null ? { ...value } : {};
}
