import type { SlipBlock, SlipItem } from "../../../protocol/slip/slip.ts";
import type { Display } from "../port.ts";
import type { PrintDocument } from "../print/document.ts";
import type { PaperText } from "../text/paper-zh-cn.ts";
import { screenText } from "../ui/view.ts";

/** A display on which every screen says, first and in its title, that nothing is real. */
export function markedDisplay(display: Display): Display {
	return {
		write: (screen) => {
			const { mark, banner } = screenText(screen.language).training;
			const lines = [{ text: banner, style: "alert" } as const, ...screen.lines];
			display.write({ ...screen, title: `${mark} ${screen.title}`, lines });
		},
	};
}

/**
 * A document that says at its head, above each page and before each cut that nothing on it is real, and that has no
 * code which anybody could take for one.
 */
export function* markedDocument(document: PrintDocument, text: PaperText): PrintDocument {
	let isFirst = true;
	for (const step of document) {
		if (step === undefined || step.block instanceof Uint8Array) {
			yield step;
			continue;
		}
		const { row } = step;
		yield { row, block: markedBlock(step.block, text, isFirst), pageEnd: step.pageEnd === true };
		isFirst = false;
	}
}

function markedBlock(block: SlipBlock, text: PaperText, isFirst: boolean): SlipBlock {
	const mark: SlipItem = { kind: "mark", text: text.training };
	const hints = [text.list.check, text.status.scan];
	const items = block
		.filter((item) => item.kind !== "qr" && !(item.kind === "text" && hints.includes(item.text)))
		.flatMap((item): SlipItem[] => {
			return item.kind === "cut" || item.kind === "heading" ? [mark, item] : [item];
		});
	return isFirst ? [mark, ...items] : items;
}
