/** A café's application with Closeout in it: its own buttons above, the terminal's screens below. */
import config from "mc/config";
import { Application, Behavior, Container, Label, type Port, Skin, Style } from "piu/MC";
import { startCloseout } from "../addon/start.ts";
import { DataDirectory } from "../device/data-directory.ts";
import { environment } from "../device/native.ts";
import { PiuScreen } from "../device/piu-screen.ts";
import { Cafe } from "./cafe.ts";
import { ToyAcquirer } from "./toy-acquirer.ts";

const BUTTON = { top: 0, height: 32 };
const LINE_HEIGHT = 20;
const PRICE_MINOR = 1_280;

export default function main(): void {
	const directory = new DataDirectory(environment("CLOSEOUT_DATA") ?? String(config.data));
	const settings = directory.settings();
	const line = new Label(null, { left: 0, right: 0, top: 32, height: LINE_HEIGHT });
	const acquirer = new ToyAcquirer();
	const button = (left: number, width: number, label: string, act: () => Promise<boolean>) => {
		class Press extends Behavior {
			onTouchEnded(): void {
				act().catch((error: unknown) => {
					line.string = `! ${String(error)}`;
				});
			}
		}
		const skin = new Skin({ fill: "#dfe4e8" });
		const place = { left, width, ...BUTTON, skin, active: true, Behavior: Press };
		return new Label(null, { ...place, string: label });
	};
	const below = { left: 0, right: 0, top: BUTTON.height + LINE_HEIGHT, bottom: 0 };
	const place = (screens: Port) => {
		new Application(null, {
			displayListLength: 8_192,
			commandListLength: 8_192,
			touchCount: 1,
			skin: new Skin({ fill: "white" }),
			style: new Style({ font: "Closeout-16", color: "black" }),
			contents: [
				button(0, 78, "卖 12.80", () => cafe.sell(PRICE_MINOR)),
				button(81, 78, "结算", () => cafe.settle()),
				button(162, 78, "交班", () => cafe.closeShift()),
				line,
				new Container(null, { ...below, contents: [screens] }),
			],
		});
	};
	const addOn = startCloseout({
		settings,
		readFile: (name) => directory.readFile(name),
		journal: directory.journal(settings),
		vault: directory.vault(),
		acquirer,
		screen: (wake) => new PiuScreen({ wake, place }),
	});
	const show = (text: string) => {
		line.string = text;
	};
	const cafe = new Cafe({ addOn, acquirer, operator: "01", show });
}
