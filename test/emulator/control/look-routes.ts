import type { Static } from "typebox";
import { range, since, terminalParams } from "./schema.ts";
import type { Routes } from "./server.ts";

type Id = Static<typeof terminalParams>;
type Since = Static<typeof since>;

/** Looks at and into a terminal. What is secret, the vault, has no route. */
export const lookRoutes: Routes = (app, { world }) => {
	const byId = { schema: { params: terminalParams } };
	app.get<{ Params: Id }>("/v1/terminals/:id/screen", byId, async ({ params }) => {
		const machine = world.machine(params.id);
		return { number: machine.front.screens.last, screen: machine.screen ?? null };
	});
	app.get<{ Params: Id; Querystring: Since }>(
		"/v1/terminals/:id/screens",
		{ schema: { params: terminalParams, querystring: since } },
		async ({ params, query }) =>
			world
				.machine(params.id)
				.front.screens.since(query.since ?? 0)
				.map(({ number, value }) => ({ number, screen: value })),
	);
	app.get<{ Params: Id; Querystring: Since }>(
		"/v1/terminals/:id/log",
		{ schema: { params: terminalParams, querystring: since } },
		async ({ params, query }) =>
			world
				.machine(params.id)
				.front.log.since(query.since ?? 0)
				.map(({ number, value }) => ({ number, ...value })),
	);
	for (const what of ["state", "status", "blockers", "release", "configuration"]) {
		app.get<{ Params: Id }>(`/v1/terminals/:id/${what}`, byId, async ({ params }) =>
			world.machine(params.id).query({ what }),
		);
	}
	app.get<{ Params: Id; Querystring: Static<typeof range> }>(
		"/v1/terminals/:id/records",
		{ schema: { params: terminalParams, querystring: range } },
		async ({ params, query }) => world.machine(params.id).query({ what: "records", ...query }),
	);
	app.get<{ Params: Id }>("/v1/terminals/:id/journal", byId, async ({ params }, reply) => {
		const { flash } = world.machine(params.id).parts;
		return reply
			.type("application/octet-stream")
			.header("content-disposition", `attachment; filename="${params.id}.img"`)
			.send(Buffer.from(flash.image));
	});
	app.get<{ Params: Id }>("/v1/terminals/:id/meters", byId, async ({ params }) =>
		world.machine(params.id).meter.report(),
	);
	app.post<{ Params: Id }>("/v1/terminals/:id/meters/heap", byId, async ({ params }) => {
		const size = await world.machine(params.id).measureHeap();
		return size ?? null;
	});
};
