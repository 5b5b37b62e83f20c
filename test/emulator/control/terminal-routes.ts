import type { Static } from "typebox";
import { configure, defaultConfiguration } from "../../../protocol/configuration.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import type { Machine } from "../machine.ts";
import { enrol } from "./actions.ts";
import { addBody, enrolBody, keysBody, terminalParams } from "./schema.ts";
import type { ControlOptions, Routes } from "./server.ts";

type Id = Static<typeof terminalParams>;

/** Terminals come, are enrolled, get their keys pressed and go. */
export const terminalRoutes: Routes = (app, options) => {
	const { world, engine, firmware, dashboardUrl } = options;
	app.get("/v1", async () => ({
		name: "closeout emulator",
		version: 1,
		engine,
		firmware,
		dashboardUrl,
		terminals: world.machines.map(({ settings }) => settings.id),
	}));
	app.get("/v1/terminals", async () => world.machines.map(summary));
	app.post<{ Body: Static<typeof addBody> }>(
		"/v1/terminals",
		{ schema: { body: addBody } },
		async ({ body }, reply) => {
			checkConfiguration(body.configuration ?? {});
			const machine = await world.add({ ...defaultsOf(options), ...body });
			return reply.status(201).send(summary(machine));
		},
	);
	app.get<{ Params: Id }>(
		"/v1/terminals/:id",
		{ schema: { params: terminalParams } },
		async ({ params }) => summary(world.machine(params.id)),
	);
	app.delete<{ Params: Id }>(
		"/v1/terminals/:id",
		{ schema: { params: terminalParams } },
		async ({ params }, reply) => {
			await world.remove(params.id);
			return reply.status(204).send();
		},
	);
	app.post<{ Params: Id; Body: Static<typeof enrolBody> }>(
		"/v1/terminals/:id/enrol",
		{ schema: { params: terminalParams, body: enrolBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			await enrol(world, machine, body.code ?? (await codeFor(machine, options)));
			return summary(machine);
		},
	);
	app.post<{ Params: Id; Body: Static<typeof keysBody> }>(
		"/v1/terminals/:id/keys",
		{ schema: { params: terminalParams, body: keysBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			await world.act(() => machine.press(body.keys));
			return { number: machine.front.screens.last, screen: machine.screen ?? null };
		},
	);
};

async function codeFor({ settings }: Machine, { makeCode }: ControlOptions): Promise<string> {
	if (makeCode !== undefined) return makeCode(settings.id, settings.tenant);
	throw new CloseoutError(
		"USAGE",
		'no host runs beside this emulator; give the code that yours has shown as "code"',
	);
}

/** Throws `USAGE` naming the setting, before there is a terminal that could not start with it. */
function checkConfiguration(settings: Readonly<Record<string, string | number | boolean>>): void {
	const changes = Object.entries(settings).map(([name, value]) => ({ name, value }));
	configure(defaultConfiguration(), changes);
}

function defaultsOf({ tenant }: ControlOptions) {
	return { tenant, paperColumns: 32, zoneMinutes: 480, language: "zh-CN" } as const;
}

/** What is known of a terminal without asking its core. */
export function summary({ settings, powered, parts, front }: Machine) {
	const { link, printer, clock, cable } = parts;
	return {
		...settings,
		powered,
		network: link.network,
		link: link.status(),
		printer: printer.status(),
		service: { address: cable.address, state: cable.status(), ...cable.fault },
		clock: {
			...clock.now(),
			timeZone: clock.timeZone,
			offsetMs: clock.offsetMs,
			monotonicMs: clock.monotonicMs(),
		},
		screens: front.screens.last,
		paperEntries: printer.length,
	};
}
