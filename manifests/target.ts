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
];
