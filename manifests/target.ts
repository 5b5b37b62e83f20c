/** A kind of terminal that the firmware is built for; facts, not branches. */
export interface Target {
	readonly name: string;
	/** As `mcconfig -p` has it. */
	readonly platform: string;
	/** Below `manifests/`. */
	readonly manifest: string;
	/** Characters of the screen font beyond the catalogues'. */
	readonly font: "catalogue" | "gb2312";
	/** Below the folder of the platform's results. */
	readonly output: string;
	/** `mcconfig -t build` makes the program and starts nothing; other platforms have their own targets. */
	readonly isWhole: boolean;
	/** What must be installed beside the SDK. */
	readonly needs: readonly { readonly variable: string; readonly what: string }[];
}

export const targets: readonly Target[] = [
	{
		name: "simulator",
		platform: "lin",
		manifest: "simulator/manifest.json",
		font: "gb2312",
		output: "simulator/mc.so",
		isWhole: true,
		needs: [],
	},
	{
		name: "esp32",
		// The board of the SDK's list that comes nearest to a terminal: touch screen, PSRAM, battery.
		platform: "esp32/m5stack_core2",
		manifest: "esp32/manifest.json",
		font: "catalogue",
		output: "esp32",
		isWhole: true,
		needs: [{ variable: "IDF_PATH", what: "the ESP-IDF that the SDK asks for" }],
	},
];

/** Platforms of the SDK that the firmware is not built for, and why. */
export const refusedTargets: readonly { readonly name: string; readonly reason: string }[] = [
	{
		name: "pico",
		reason: "the SDK has no embedded:storage/flash for it, and the journal needs one",
	},
	{ name: "zephyr", reason: "no board with a touch screen and a flash partition is described yet" },
	{ name: "esp", reason: "it has neither the memory nor a flash partition for the journal" },
	{ name: "nrf52", reason: "the SDK has no network on it" },
];
