import { formatDate } from "../../protocol/time.ts";
import type { DayResult } from "./day.ts";

/** A day for people to read: what happened, and a tick or a cross for each promise. */
export function describeDay(result: DayResult): string {
	const { list, settlement, host, meters, wire, differences } = result;
	const lines = [
		`营业日 / business date ${formatDate(result.businessDate)}, seed ${result.seed}, engine ${result.engine}`,
		`  ${result.sales} sales, ${result.refunds} refunds, ${result.voids} voids; ${result.records} records`,
		`  close refused because of: ${result.blockersShown.join(", ")}`,
		`  settlement: ${settlement.way}; ${settlement.verdicts.map(({ group, verdict }) => `${group} ${verdict}`).join(", ")}; ${settlement.uploaded} details uploaded`,
		`  list: ${list.rows} rows on ${list.pages} pages, resumed at row ${list.resumedAtRow ?? "-"}`,
		`  host: record ${host.watermark}, ${wire.bytesPerRecord} bytes a record on the wire`,
		...differences.map(
			({ reason, reference, atStakeMinor }) =>
				`  difference: ${reason}, reference ${reference}, ${atStakeMinor} minor units at stake`,
		),
		...(meters.computronsPerSale === null
			? []
			: [
					`  ${meters.computronsPerSale} computrons a sale, ${meters.heapBytes ?? "?"} bytes of heap`,
				]),
		"",
		...result.promises.flatMap(({ name, chinese, held, against }) => [
			`${held ? "✔" : "✘"} ${chinese} / ${name}`,
			...against.map((text) => `    ${text}`),
		]),
		"",
	];
	return lines.join("\n");
}
