import type { Static } from "typebox";
import { CloseoutError } from "../../../protocol/error.ts";
import type { SaleStatus } from "../payment/sale.ts";
import { busyMorning, isConcluded, pay } from "./actions.ts";
import { busyBody, paymentBody, paymentParams, terminalParams } from "./schema.ts";
import type { Routes } from "./server.ts";

type Id = Static<typeof terminalParams>;

/** Customers pay. */
export const paymentRoutes: Routes = (app, { world }) => {
	app.post<{ Params: Id; Body: Static<typeof paymentBody> }>(
		"/v1/terminals/:id/payments",
		{ schema: { params: terminalParams, body: paymentBody } },
		async ({ params, body }, reply) => {
			const status = await pay(world, world.machine(params.id), body);
			return reply.status(201).send(standing(status));
		},
	);
	app.get<{ Params: Id }>(
		"/v1/terminals/:id/payments",
		{ schema: { params: terminalParams } },
		async ({ params }) => world.machine(params.id).payments.map(standing),
	);
	app.get<{ Params: Static<typeof paymentParams> }>(
		"/v1/terminals/:id/payments/:request",
		{ schema: { params: paymentParams } },
		async ({ params }) => {
			const { payments } = world.machine(params.id);
			const found = payments.find(({ request }) => request === params.request);
			if (found !== undefined) return standing(found);
			throw new CloseoutError(
				"NOT_FOUND",
				`terminal ${params.id} has had no payment ${params.request} since the emulator began`,
			);
		},
	);
	app.post<{ Params: Id; Body: Static<typeof busyBody> }>(
		"/v1/terminals/:id/busy-morning",
		{ schema: { params: terminalParams, body: busyBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			const seed = body.seed ?? String(machine.parts.paymentApp.trace);
			const tally = await busyMorning(world, machine, body.count, seed);
			world.tellClock();
			return tally;
		},
	);
};

function standing(status: SaleStatus) {
	return { ...status, concluded: isConcluded(status) };
}
