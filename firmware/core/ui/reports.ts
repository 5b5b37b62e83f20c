import type { Key, Screen } from "../port.ts";
import { MessageView } from "./message.ts";
import { type Move, operatorOf, plain, type View, type ViewContext } from "./view.ts";

/** What can be put on paper between closes. */
export class ReportsView implements View {
	render({ text, language }: ViewContext): Screen {
		const { title, interim } = text.reports;
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "reports", title, lines: [plain(interim)], softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key !== "1") return "stay";
		context.commands.reportInterim(operatorOf(context));
		return printing(context);
	}
}

/** Says that the paper is owed: it comes when the printer is free. */
function printing({ text }: ViewContext): View {
	return new MessageView("report-printing", text.reports.title, text.reports.printing);
}
