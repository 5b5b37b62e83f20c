import { isHeldByTips } from "../day/blocker.ts";
import type { Key, Screen } from "../port.ts";
import { CloseView } from "./close.ts";
import { MessageView } from "./message.ts";
import { OpenShiftView } from "./open-shift.ts";
import { PrintsView } from "./prints.ts";
import { ReprintView } from "./reprint.ts";
import { ServiceCodeView, ServiceMenuView } from "./service.ts";
import { StatusView } from "./status.ts";
import { SupplementView } from "./supplement.ts";
import { TipsView } from "./tips.ts";
import { type Move, plain, type View, type ViewContext } from "./view.ts";

/** Everything the staff can ask for, each behind one digit. */
export class MenuView implements View {
	render({ text, language }: ViewContext): Screen {
		const { title, ...entries } = text.menu;
		return {
			name: "menu",
			title,
			lines: Object.values(entries).map(plain),
			softKeys: [{ key: "cancel", label: text.keys.cancel }],
			language,
		};
	}

	press(context: ViewContext, key: Key): Move {
		switch (key) {
			case "1":
				return new OpenShiftView();
			case "2":
				return settle(context);
			case "3":
				return new CloseView("shift");
			case "4":
				return new CloseView("day");
			case "5":
				return new ReprintView();
			case "6":
				return new PrintsView();
			case "7":
				return new StatusView();
			case "8":
				return context.service.session.isOpen ? new ServiceMenuView() : new ServiceCodeView();
			case "9":
				return new SupplementView();
			case "cancel":
			case "menu":
				return "home";
			default:
				return "stay";
		}
	}
}

function settle(context: ViewContext): Move {
	if (isHeldByTips(context.core.state)) return new TipsView();
	if (context.commands.settle("operator")) return "home";
	return new MessageView(
		"settled-nothing",
		context.text.settlement.title,
		context.text.settlement.nothing,
	);
}
