import { blocker } from "../day/blocker.ts";
import { intentOf } from "../day/ledger.ts";
import type { Key, Screen } from "../port.ts";
import { fill } from "../text/fill.ts";
import { managerView } from "./manager.ts";
import { type Move, money, named, operatorOf, plain, type View, type ViewContext } from "./view.ts";

/** The sales that wait for a tip, one after another. */
export class TipsView implements View {
	#index = 0;

	render(context: ViewContext): Screen {
		const { text, language } = context;
		const { tips: words, keys } = text;
		const sale = this.#sale(context);
		const lines = [plain(fill(words.count, { count: context.core.state.tips.length }))];
		if (sale !== undefined) {
			const intent = intentOf(context.core, sale);
			const amount = money(context, intent?.amountMinor ?? 0);
			lines.push(plain(fill(words.what, { trace: named(intent?.trace ?? null, sale), amount })));
			lines.push(...[words.none, words.later, words.leave, words.hint].map(plain));
		}
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: keys.cancel }];
		return { name: "tips", title: words.title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		const sale = this.#sale(context);
		if (key === "cancel" || sale === undefined) return "back";
		if (key === "1") {
			context.commands.declareNoTip(sale, operatorOf(context));
			return context.core.state.tips.length === 0 ? "back" : "stay";
		}
		if (key === "2") this.#index += 1;
		if (key !== "3") return "stay";
		return managerView({
			screen: "override-reason",
			reasons: ({ reason }) => reason,
			onApproved: (inside, by, reason) => {
				const { length } = inside.core.state.tips;
				inside.commands.override(blocker("openTip", null, length, 0), by, reason);
				inside.commands.settle("operator");
				return "home";
			},
		});
	}

	#sale({ core }: ViewContext): number | undefined {
		const { tips } = core.state;
		return tips[this.#index % Math.max(1, tips.length)];
	}
}
