import type { Static } from "typebox";
import { CloseoutError } from "../../../protocol/error.ts";
import { minuteOfDay } from "../../../protocol/time.ts";
import type { World } from "../world.ts";
import { advanceBody, modeBody } from "./schema.ts";
import type { Routes } from "./server.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const ZONE_MINUTES = 480;

/** The time of the world. */
export const timeRoutes: Routes = (app, { world }) => {
	app.get("/v1/clock", async () => timeOf(world));
	app.put<{ Body: Static<typeof modeBody> }>(
		"/v1/clock",
		{ schema: { body: modeBody } },
		async ({ body }) => {
			world.setMode(body.mode, body.speed ?? 1);
			return timeOf(world);
		},
	);
	app.post<{ Body: Static<typeof advanceBody> }>(
		"/v1/clock/advance",
		{ schema: { body: advanceBody } },
		async ({ body }) => {
			await world.advance(durationOf(body, world.timeline.wallMs));
			return timeOf(world);
		},
	);
};

function timeOf({ timeline, mode, speed }: World) {
	const { wallMs, nowMs } = timeline;
	return { wallMs, nowMs, mode, speed };
}

/** Milliseconds to move; to the next time that a clock of the zone shows what was asked for. */
function durationOf({ ms, to, zoneMinutes }: Static<typeof advanceBody>, wallMs: number): number {
	if (ms !== undefined && to === undefined) return ms;
	if (ms !== undefined || to === undefined) {
		throw new CloseoutError("USAGE", 'give either "ms": 600000 or "to": "22:00"');
	}
	const [hour = 0, minute = 0] = to.split(":").map(Number);
	const now = minuteOfDay(Math.floor(wallMs / 1000), zoneMinutes ?? ZONE_MINUTES);
	const minutes = (hour * 60 + minute - now + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
	return minutes * MINUTE_MS - (wallMs % MINUTE_MS);
}
