import type { Static } from "typebox";
import { CloseoutError } from "../../../protocol/error.ts";
import type { Network } from "../link/mqtt-link.ts";
import {
	cutBody,
	lieBody,
	linkBody,
	ownClockBody,
	powerBody,
	printerBody,
	serviceBody,
	terminalParams,
} from "./schema.ts";
import type { Routes } from "./server.ts";
import { summary } from "./terminal-routes.ts";

const IMAGE_BYTES_MAX = 67_108_864;

type Id = Static<typeof terminalParams>;
type Printer = Static<typeof printerBody>;
type Clock = Static<typeof ownClockBody>;

/** Plug, printer, network and clock of one terminal. Each answers with the terminal as it is then. */
export const deviceRoutes: Routes = (app, { world }) => {
	app.put<{ Params: Id; Body: Static<typeof powerBody> }>(
		"/v1/terminals/:id/power",
		{ schema: { params: terminalParams, body: powerBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			if (body.on) await world.act(() => machine.powerOn());
			else machine.powerOff();
			return summary(machine);
		},
	);
	app.post<{ Params: Id; Body: Static<typeof cutBody> }>(
		"/v1/terminals/:id/power/cut",
		{ schema: { params: terminalParams, body: cutBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			machine.requirePower();
			machine.cutAfter(body.afterBytes);
			return summary(machine);
		},
	);
	app.post<{ Params: Id; Body: Static<typeof lieBody> }>(
		"/v1/terminals/:id/storage/lie",
		{ schema: { params: terminalParams, body: lieBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			machine.parts.flash.lie({ afterWrites: 0, times: 1, ...body });
			return summary(machine);
		},
	);
	app.put<{ Params: Id; Body: Buffer }>(
		"/v1/terminals/:id/journal",
		{ schema: { params: terminalParams }, bodyLimit: IMAGE_BYTES_MAX },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			if (machine.powered) {
				throw new CloseoutError(
					"REFUSED",
					`terminal ${params.id} is on; switch it off with PUT power, then write its image`,
				);
			}
			machine.parts.flash.replaceImage(body);
			return summary(machine);
		},
	);
	app.put<{ Params: Id; Body: Printer }>(
		"/v1/terminals/:id/printer",
		{ schema: { params: terminalParams, body: printerBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			const { printer } = machine.parts;
			await world.act(() => {
				if (body.paper === "in") printer.paperIn();
				if (body.paper === "out") printer.paperOut(body.afterLines ?? 0);
				if (body.online !== undefined) printer.setOnline(body.online);
				if (body.canSay !== undefined) printer.setCanSay(body.canSay);
				machine.poke();
			});
			return summary(machine);
		},
	);
	app.put<{ Params: Id; Body: Static<typeof linkBody> }>(
		"/v1/terminals/:id/link",
		{ schema: { params: terminalParams, body: linkBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			await world.act(() => machine.setNetwork(networkOf(body)));
			return summary(machine);
		},
	);
	app.post<{ Params: Id }>(
		"/v1/terminals/:id/link/quiet",
		{ schema: { params: terminalParams } },
		async ({ params }) => {
			const machine = world.machine(params.id);
			await world.act(() => machine.catchUp());
			return summary(machine);
		},
	);
	app.put<{ Params: Id; Body: Static<typeof serviceBody> }>(
		"/v1/terminals/:id/service",
		{ schema: { params: terminalParams, body: serviceBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			const { cable } = machine.parts;
			await world.act(() => {
				cable.fault = { ...cable.fault, ...body };
			});
			return summary(machine);
		},
	);
	app.put<{ Params: Id; Body: Clock }>(
		"/v1/terminals/:id/clock",
		{ schema: { params: terminalParams, body: ownClockBody } },
		async ({ params, body }) => {
			const machine = world.machine(params.id);
			const { timeZone } = body;
			await world.act(() =>
				timeZone === undefined
					? machine.setClock(wallOf(body, world.timeline.wallMs))
					: machine.setTimeZone(timeZone),
			);
			return summary(machine);
		},
	);
};

const LOSS_EVERY = 5;

function networkOf({ network, every, seed }: Static<typeof linkBody>): Network {
	if (network === "lossy") return { state: network, every: every ?? LOSS_EVERY, seed: seed ?? "" };
	if (every === undefined && seed === undefined) return { state: network };
	throw new CloseoutError("USAGE", '"every" and "seed" belong to a network that is "lossy"');
}

function wallOf({ wallMs, offsetMs }: Clock, trueMs: number): number {
	return wallMs ?? trueMs + (offsetMs ?? 0);
}
