import { encodeText } from "../emulator/engine/wire.ts";
import { type Outcome, runAll } from "./ava-shim.ts";

/**
 * Runs inside XS, after a test file: any command runs its tests. The worker takes the field `result` of what
 * the command returned when no promise is left to settle.
 */
export function serveTests(): void {
	Reflect.set(globalThis, "handleCommand", () => {
		const report: { result?: ArrayBufferLike } = {};
		const finish = (outcomes: readonly Outcome[]) => {
			report.result = encodeText(JSON.stringify(outcomes)).buffer;
		};
		runAll().then(finish, (error: unknown) => {
			const failure = error instanceof Error ? `${error}\n${error.stack}` : `${error}`;
			finish([{ title: "hooks of the file", failure, logs: [] }]);
		});
		return report;
	});
}
