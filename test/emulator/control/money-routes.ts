import type { Static } from "typebox";
import { CloseoutError } from "../../../protocol/error.ts";
import { clearingFile } from "../bank.ts";
import type { World } from "../world.ts";
import { faultBody, fileQuery, planBody } from "./schema.ts";
import type { Routes } from "./server.ts";

const CURRENCY = "CNY";

/** The acquirer and the bank: how they behave, what they have in their books, and the files they send. */
export const moneyRoutes: Routes = (app, { world }) => {
	app.get("/v1/acquirer/plans", async () => world.acquirer.plans);
	app.post<{ Body: Static<typeof planBody> }>(
		"/v1/acquirer/plans",
		{ schema: { body: planBody } },
		async ({ body }, reply) => {
			const { operation, behaviour, times = 1, delayMs = 0, terminal } = body;
			world.acquirer.plan(operation, behaviour, times, delayMs, terminal);
			return reply.status(201).send(world.acquirer.plans);
		},
	);
	app.delete("/v1/acquirer/plans", async (_request, reply) => {
		world.acquirer.forgetPlans();
		return reply.status(204).send();
	});
	app.get("/v1/acquirer/bookings", async () => world.acquirer.books.bookings);
	app.get("/v1/acquirer/settlements", async () => world.acquirer.books.settlements);
	app.get<{ Querystring: Static<typeof fileQuery> }>(
		"/v1/acquirer/file",
		{ schema: { querystring: fileQuery } },
		async ({ query }, reply) => {
			const { date, currency = CURRENCY } = query;
			return reply
				.type("text/csv; charset=utf-8")
				.header("content-disposition", `attachment; filename="acquirer-${date ?? "all"}.csv"`)
				.send(clearingFile(world.acquirer, { ...query, currency }));
		},
	);
	app.get("/v1/bank/faults", async () => world.bank.faults);
	app.post<{ Body: Static<typeof faultBody> }>(
		"/v1/bank/faults",
		{ schema: { body: faultBody } },
		async ({ body }, reply) => reply.status(201).send(await world.act(() => fail(world, body))),
	);
	app.get<{ Querystring: Static<typeof fileQuery> }>(
		"/v1/bank/entries",
		{ schema: { querystring: fileQuery } },
		async ({ query }) => world.bank.entries({ currency: CURRENCY, ...query }),
	);
	app.get<{ Querystring: Static<typeof fileQuery> }>(
		"/v1/bank/statement",
		{ schema: { querystring: fileQuery } },
		async ({ query }, reply) => {
			const options = { currency: CURRENCY, ...query };
			return reply
				.type("application/xml; charset=utf-8")
				.header("content-disposition", `attachment; filename="camt053-${query.date ?? "all"}.xml"`)
				.send(world.bank.statement(options, world.timeline.wallMs));
		},
	);
};

function fail({ bank }: World, { fault, trace, terminal, amountMinor }: Static<typeof faultBody>) {
	if (fault === "forget") return bank.forget(trace, terminal);
	if (fault === "double") return bank.double(trace, terminal);
	if (amountMinor !== undefined) return bank.change(trace, amountMinor, terminal);
	throw new CloseoutError(
		"USAGE",
		'a changed credit needs "amountMinor", the amount booked instead',
	);
}
