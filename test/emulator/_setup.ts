import type { ExecutionContext } from "ava";
import type { MachineSettings } from "./machine.ts";
import { World, type WorldOptions } from "./world.ts";

export const tinyCore = new URL("./_tiny-core.ts", import.meta.url);
/** 2026-03-02T09:00:00+08:00 */
export const MORNING_MS = Date.UTC(2026, 2, 2, 1);

export function settings(changes: Partial<MachineSettings> = {}): MachineSettings {
	return {
		id: "till-0001",
		tenant: "demo",
		seed: "one",
		paperColumns: 32,
		zoneMinutes: 480,
		language: "zh-CN",
		journalBytes: 65_536,
		...changes,
	};
}

export function makeWorld(t: ExecutionContext, changes: Partial<WorldOptions> = {}): World {
	const world = new World({
		engine: "node",
		core: tinyCore,
		firmware: "closeout test",
		wallMs: MORNING_MS,
		...changes,
	});
	t.teardown(() => world.close());
	return world;
}
