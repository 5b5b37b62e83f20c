import type { FastifyPluginAsync } from "fastify";
import { Gauge, Registry } from "prom-client";
import { openStates } from "../core/case.ts";
import { severities } from "../core/watch.ts";
import type { ApiOptions } from "./options.ts";
import type { Source } from "./source.ts";
import type { TerminalView } from "./view.ts";

/** `/metrics` for Prometheus, and `/health`: 200 while the database answers. Asked with the token where there is one. */
export const metricRoutes: FastifyPluginAsync<ApiOptions> = async (server, { source }) => {
	const registry = new Registry();
	const gauges = makeGauges(registry);
	server.get("/metrics", async (_request, reply) => {
		await fill(gauges, source);
		return reply.type(registry.contentType).send(await registry.metrics());
	});
	server.get("/health", async () => {
		const terminals = await source.terminals();
		return { status: "ok", terminals: terminals.length };
	});
};

function makeGauges(registry: Registry) {
	const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
		new Gauge({
			name: `closeout_${name}`,
			help,
			labelNames: [...labelNames],
			registers: [registry],
		});
	return {
		online: gauge("terminal_online", "1 while the terminal is in contact", ["terminal"]),
		seen: gauge("terminal_seen_timestamp_seconds", "Last authentic message", ["terminal"]),
		behind: gauge("terminal_records_behind", "Records that the host does not hold", ["terminal"]),
		complete: gauge("terminal_day_complete", "1 when nothing is missing today", ["terminal"]),
		prints: gauge("terminal_prints_owed", "Prints that are owed", ["terminal"]),
		unsettledCount: gauge("terminal_unsettled", "Transactions not settled", ["terminal"]),
		unsettled: gauge("terminal_unsettled_minor", "Money not settled, in minor units", [
			"terminal",
			"currency",
		]),
		since: gauge("terminal_unsettled_since_timestamp_seconds", "The oldest of them", ["terminal"]),
		cases: gauge("cases_open", "Cases that have not ended", ["state", "reason"]),
		atStake: gauge("cases_at_stake_minor", "Money of open cases, in minor units", ["currency"]),
		alerts: gauge("alerts_open", "Alerts that are open", ["severity", "acknowledged"]),
	};
}

type Gauges = ReturnType<typeof makeGauges>;

/** All at once for each question, so that what is gone is not told any longer. */
async function fill(gauges: Gauges, source: Source): Promise<void> {
	const terminals = await source.terminals();
	const cases = await source.cases.list({ state: "open", limit: Number.MAX_SAFE_INTEGER });
	const alerts = await source.alerts();
	for (const gauge of Object.values(gauges)) gauge.reset();
	for (const terminal of terminals) fillTerminal(gauges, terminal);
	for (const state of openStates) {
		const own = cases.filter((one) => one.state === state);
		for (const { reason } of own) gauges.cases.inc({ state, reason });
	}
	for (const { currency, atStakeMinor } of cases) gauges.atStake.inc({ currency }, atStakeMinor);
	for (const severity of severities) {
		for (const acknowledged of ["true", "false"]) {
			const isTaken = acknowledged === "true";
			const own = alerts.filter(
				(one) => one.severity === severity && (one.acknowledgedS !== null) === isTaken,
			);
			gauges.alerts.set({ severity, acknowledged }, own.length);
		}
	}
}

function fillTerminal(gauges: Gauges, view: TerminalView): void {
	const { terminal, contact, seenS, behind, complete, printsOwed, unsettledCount } = view;
	gauges.online.set({ terminal }, contact === "online" ? 1 : 0);
	if (seenS !== null) gauges.seen.set({ terminal }, seenS);
	gauges.behind.set({ terminal }, behind);
	gauges.complete.set({ terminal }, complete ? 1 : 0);
	gauges.prints.set({ terminal }, printsOwed);
	gauges.unsettledCount.set({ terminal }, unsettledCount);
	for (const { minor, currency } of view.unsettled)
		gauges.unsettled.set({ terminal, currency }, minor);
	if (view.unsettledSinceS !== null) gauges.since.set({ terminal }, view.unsettledSinceS);
}
