import type { Key, Screen, ScreenLine } from "../port.ts";
import { reprint } from "./copy.ts";
import { SearchView } from "./search.ts";
import { input, type Move, marked, plain, typed, type View, type ViewContext } from "./view.ts";

const TRACE_DIGITS_MAX = 6;

/** Reprints the last slip, settlement slip or list, or any slip by its trace number. */
export class ReprintView implements View {
	render({ text, language }: ViewContext): Screen {
		const { last, settlement, list, byTrace, search } = text.reprint;
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		const lines = [last, settlement, list, byTrace, search].map(plain);
		return { name: "reprint", title: text.reprint.title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "home";
		if (key === "4") return new TraceView();
		if (key === "5") return new SearchView();
		const settlement = context.core.state.settlements.at(-1)?.settlement;
		if (key === "1") return reprint(context, "slip", lastTransaction(context));
		if (key === "2") return reprint(context, "settlementSlip", settlement);
		if (key === "3") return reprint(context, "dailyList", settlement);
		return "stay";
	}
}

class TraceView implements View {
	#digits = "";
	#missing = false;

	render({ text, language }: ViewContext): Screen {
		const lines: ScreenLine[] = [plain(text.reprint.prompt), input(this.#digits || "_")];
		if (this.#missing) lines.push(marked(text.reprint.notFound));
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			{ key: "cancel", label: text.keys.cancel },
		];
		return { name: "reprint-trace", title: text.reprint.title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key === "ok" && this.#digits !== "") {
			const transaction = context.findTrace(Number(this.#digits));
			if (transaction !== undefined) return reprint(context, "slip", transaction);
			this.#missing = true;
			return "stay";
		}
		this.#missing = false;
		this.#digits = typed(this.#digits, key, TRACE_DIGITS_MAX) ?? this.#digits;
		return "stay";
	}
}

/** The newest transaction that was approved; the journal is walked back from its head. */
function lastTransaction({ core }: ViewContext): number | undefined {
	for (let sequence = core.state.sequence; sequence > 0; sequence--) {
		const record = core.recordAt(sequence);
		if (record === undefined) return undefined;
		if (record.kind === "outcome" && record.body.outcome === "approved")
			return record.body.transaction;
	}
	return undefined;
}
