import { formatDateTime } from "../../../protocol/time.ts";
import type { Key, Screen } from "../port.ts";
import { fill } from "../text/fill.ts";
import { type Move, plain, type View, type ViewContext } from "./view.ts";

/** Link, clock, paper and journal at a glance, for staff on the telephone with the service desk. */
export class StatusView implements View {
	render({ core, text, language, standing }: ViewContext): Screen {
		const { terminal, epoch, online, pending, usedPercent, paper, printerOnline } = standing();
		const { wallS, zoneMinutes, boot } = core.stamp();
		const ready = printerOnline && paper !== "out";
		const lines = [
			fill(text.status.terminal, { terminal, epoch }),
			fill(text.status.link, { state: online ? text.status.up : text.status.down, pending }),
			fill(text.status.journal, { last: core.state.sequence, percent: usedPercent }),
			fill(text.status.printer, { state: ready ? text.status.paperOk : text.status.paperOut }),
			fill(text.status.clock, { time: formatDateTime(wallS, zoneMinutes) }),
			fill(text.status.boot, { boot }),
		].map(plain);
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "status", title: text.status.title, lines, softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		return key === "cancel" || key === "ok" ? "home" : "stay";
	}
}
