import { formatDateTime } from "../../../protocol/time.ts";
import type { Key, Screen } from "../port.ts";
import type { State } from "../state/state.ts";
import { fill } from "../text/fill.ts";
import type { ScreenText } from "../text/screen-zh-cn.ts";
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
			checkLine(core.state, text, zoneMinutes),
		].map(plain);
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "status", title: text.status.title, lines, softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		return key === "cancel" || key === "ok" ? "home" : "stay";
	}
}

function checkLine({ check }: State, { status }: ScreenText, zoneMinutes: number): string {
	if (check === null) return status.unchecked;
	const { wallS, findings } = check;
	return fill(status.check, { time: formatDateTime(wallS, zoneMinutes).slice(0, 16), findings });
}
