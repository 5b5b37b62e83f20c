import { makeContext } from "./ava-shim-context.ts";

/**
 * What stands for AVA when a test file is bundled for XS: tests register themselves, and the parent asks for
 * the names and runs them one by one.
 */
type Body = (t: unknown, ...values: unknown[]) => unknown;

interface Registered {
	readonly title: string;
	readonly body: Body;
	readonly values: readonly unknown[];
}

export interface Outcome {
	readonly title: string;
	/** What failed, with its stack; `undefined` for a test that passed. */
	readonly failure: string | undefined;
	readonly logs: readonly string[];
}

const tests: Registered[] = [];
const hooks: Record<"before" | "after" | "beforeEach" | "afterEach", Body[]> = {
	before: [],
	after: [],
	beforeEach: [],
	afterEach: [],
};

function register(title: string, body: Body, ...values: unknown[]): void {
	tests.push({ title, body, values });
}

/** A hook may have a title, which is of no use here. */
function hook(name: keyof typeof hooks): (first: string | Body, second?: Body) => void {
	return (first, second) => {
		const body = typeof first === "function" ? first : second;
		if (body !== undefined) hooks[name].push(body);
	};
}

const ignore = (): void => {};

const test = Object.assign(register, {
	serial: register,
	skip: ignore,
	todo: ignore,
	before: hook("before"),
	after: Object.assign(hook("after"), { always: hook("after") }),
	beforeEach: hook("beforeEach"),
	afterEach: Object.assign(hook("afterEach"), { always: hook("afterEach") }),
});

export default test;

/** Runs every test of the file, one after another, and tells how each one ended. */
export async function runAll(): Promise<Outcome[]> {
	const shared = makeContext("hooks");
	for (const body of hooks.before) await body(shared.t);
	const outcomes: Outcome[] = [];
	for (const registered of tests) outcomes.push(await runOne(registered, shared.t.context));
	for (const body of hooks.after) await body(shared.t);
	await shared.tearDown();
	return outcomes;
}

async function runOne({ title, body, values }: Registered, context: object): Promise<Outcome> {
	const { t, logs, tearDown, counted } = makeContext(title);
	Object.assign(t.context, context);
	let failure: string | undefined;
	const attempt = async (action: () => unknown) => {
		try {
			await action();
		} catch (error) {
			failure ??= error instanceof Error ? `${error}\n${error.stack}` : `${error}`;
		}
	};
	await attempt(async () => {
		for (const before of hooks.beforeEach) await before(t);
		await body(t, ...values);
		if (counted() === 0) throw new RangeError("the test asserted nothing");
	});
	for (const after of hooks.afterEach) await attempt(() => after(t));
	await attempt(tearDown);
	return { title, failure, logs };
}
