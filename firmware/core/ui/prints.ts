import type { Key, Screen } from "../port.ts";
import type { PrintDebt } from "../state/state.ts";
import { fill } from "../text/fill.ts";
import { type Move, plain, type View, type ViewContext } from "./view.ts";

const ROWS_MAX = 6;

/** What is owed to paper, oldest first. */
export class PrintsView implements View {
	render(context: ViewContext): Screen {
		const { core, text, language } = context;
		const { debts } = core.state;
		const rows = debts.slice(0, ROWS_MAX).map((debt) => plain(debtLine(context, debt)));
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		const lines = rows.length > 0 ? rows : [plain(text.prints.none)];
		return { name: "prints", title: text.prints.title, lines, softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		return key === "cancel" || key === "ok" ? "home" : "stay";
	}
}

function debtLine({ text }: ViewContext, { document, row }: PrintDebt): string {
	return fill(text.prints.row, { document: text.document[document], row: row + 1 });
}
